# ruff: noqa: E501 -- mails are written as they are sent
"""The new part of a reply, in the languages and habits of mail programs."""

from __future__ import annotations

import pytest

from firstline.channels.email.engine.attributions import is_mobile_signature
from firstline.channels.email.engine.parse import parse
from firstline.channels.email.engine.reply import REPLY_MARKER, reply_text

ATTRIBUTIONS = [
    "On Mon, Feb 1, 2016 at 6:32 PM, Ada Lovelace <ada@example.org> wrote:",
    "On 9 Jan 2014, at 2:47, Ada Lovelace wrote:",
    "On Thu, Jun 20, 2013 at 4:18 PM, Ada via Firstline <\nhelp@example.org> wrote:",
    "Le 4 janv. 2016 à 19:03, Ada Lovelace <ada@example.org> a écrit :",
    "Le lun. 3 nov. 2025 à 10:15, Ada Lovelace <ada@example.org>\na écrit :",
    "Am 18.09.2013 um 16:24 schrieb Ada Lovelace <ada@example.org>:",
    "Am Mo., 3. Nov. 2025 um 10:15 Uhr schrieb Ada Lovelace <\nada@example.org>:",
    "Ada Lovelace <ada@example.org> schrieb am Fr., 28. Apr. 2017 um 11:53 Uhr:",
    "Vào Th 2, 3 thg 11, 2025 vào lúc 10:15 Ada Lovelace <ada@example.org> đã viết:",
    "Vào 10:15, Th 2, 3 thg 11, 2025 Ada Lovelace <ada@example.org>\nđã viết:",
    "pon., 3 lis 2025 o 10:15 Ada Lovelace <ada@example.org> napisał(a):",
    "W dniu 3.11.2025 o 10:15, Ada Lovelace pisze:",
    "El lun, 3 nov 2025 a las 10:15, Ada Lovelace (<ada@example.org>) escribió:",
    "El 3/11/25 a las 10:15, Ada Lovelace escribió:",
    "Il giorno lun 3 nov 2025 alle ore 10:15 Ada Lovelace <ada@example.org> ha scritto:",
    "Em seg., 3 de nov. de 2025 às 10:15, Ada Lovelace <ada@example.org> escreveu:",
    "Op ma 3 nov 2025 om 10:15 schreef Ada Lovelace <ada@example.org>:",
    "Den mån 3 nov. 2025 kl 10:15 skrev Ada Lovelace <ada@example.org>:",
    "Den man. 3. nov. 2025 kl. 10.15 skrev Ada Lovelace <ada@example.org>:",
    "man. 3. nov. 2025 kl. 10:15 skrev Ada Lovelace <ada@example.org>:",
    "ma 3. marrask. 2025 klo 10.15 Ada Lovelace (ada@example.org) kirjoitti:",
    "po 3. 11. 2025 v 10:15 odesílatel Ada Lovelace <ada@example.org> napsal:",
    "po 3. 11. 2025 o 10:15 Ada Lovelace <ada@example.org> napísal(a):",
    "пн, 3 нояб. 2025 г. в 10:15, Ada Lovelace <ada@example.org>:",
    "3 ноября 2025 г. 10:15 пользователь Ada <ada@example.org> написал:",
    "пн, 3 лист. 2025 р. о 10:15 Ada Lovelace <ada@example.org> пише:",
    "Ada Lovelace <ada@example.org>, 3 Kas 2025 Pzt, 10:15 tarihinde şunu yazdı:",
    "2025年11月3日(月) 10:15 Ada Lovelace <ada@example.org>:",
    "Ada Lovelace <ada@example.org> 于2025年11月3日周一 10:15写道：",
    "在 2025年11月3日，上午10:15，Ada Lovelace <ada@example.org> 写道：",
    "2025년 11월 3일 (월) 오전 10:15, Ada Lovelace <ada@example.org>님이 작성:",
    "Ada Lovelace <ada@example.org> ezt írta (időpont: 2025. nov. 3., H, 10:15):",
    "În lun., 3 nov. 2025 la 10:15, Ada Lovelace <ada@example.org> a scris:",
    "Στις Δευ 3 Νοε 2025 στις 10:15 π.μ., ο χρήστης Ada <ada@example.org> έγραψε:",
    "El dl., 3 de nov. 2025 a les 10:15, Ada Lovelace <ada@example.org> va escriure:",
    "Pada Sen, 3 Nov 2025 pukul 10.15 Ada Lovelace <ada@example.org> menulis:",
    "2025-11-03 10:15 GMT+01:00 Ada Lovelace <ada@example.org>:",
    "---- On Mon, 03 Nov 2025 10:15:36 +0530 Ada Lovelace <ada@example.org> wrote ----",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_the_line_above_a_quote_goes_with_the_quote(attribution: str) -> None:
    mail = f"Thanks, that works.\n\nBest\nRosa\n\n{attribution}\n\n> Please try again.\n> Ada\n"

    assert reply_text(mail) == "Thanks, that works.\n\nBest\nRosa"


HEADER_BLOCKS = [
    "From: Ada [mailto:ada@example.org]\nSent: Monday, November 3, 2025 10:15\nTo: Rosa\nSubject: Printer",
    "Von: Ada <ada@example.org>\nGesendet: Montag, 3. November 2025 10:15\nAn: Rosa\nBetreff: Drucker",
    "De : Ada <ada@example.org>\nEnvoyé : lundi 3 novembre 2025 10:15\nÀ : Rosa\nObjet : Imprimante",
    "De: Ada <ada@example.org>\nEnviado el: lunes, 3 de noviembre de 2025 10:15\nPara: Rosa\nAsunto: Impresora",
    "Od: Ada <ada@example.org>\nWysłano: poniedziałek, 3 listopada 2025 10:15\nDo: Rosa\nTemat: Drukarka",
    "Từ: Ada <ada@example.org>\nĐã gửi: Thứ Hai, 3 tháng 11, 2025 10:15\nTới: Rosa\nChủ đề: Máy in",
    "Da: Ada <ada@example.org>\nInviato: lunedì 3 novembre 2025 10:15\nA: Rosa\nOggetto: Stampante",
    "Van: Ada <ada@example.org>\nVerzonden: maandag 3 november 2025 10:15\nAan: Rosa\nOnderwerp: Printer",
    "Från: Ada <ada@example.org>\nSkickat: den 3 november 2025 10:15\nTill: Rosa\nÄmne: Skrivare",
    "Fra: Ada <ada@example.org>\nSendt: mandag 3. november 2025 10:15\nTil: Rosa\nEmne: Skriver",
    "Lähettäjä: Ada <ada@example.org>\nLähetetty: maanantai 3. marraskuuta 2025 10:15\nVastaanottaja: Rosa\nAihe: Tulostin",
    "От: Ada <ada@example.org>\nОтправлено: 3 ноября 2025 г. 10:15\nКому: Rosa\nТема: Принтер",
    "发件人: Ada <ada@example.org>\n发送时间: 2025年11月3日 10:15\n收件人: Rosa\n主题: 打印机",
    "差出人: Ada <ada@example.org>\n送信日時: 2025年11月3日 10:15\n宛先: Rosa\n件名: プリンター",
    "보낸 사람: Ada <ada@example.org>\n보낸 날짜: 2025년 11월 3일 10:15\n받는 사람: Rosa\n제목: 프린터",
    "Kimden: Ada <ada@example.org>\nGönderildi: 3 Kasım 2025 10:15\nKime: Rosa\nKonu: Yazıcı",
    "*From:* Ada <ada@example.org>\n*Sent:* Monday, November 3, 2025 10:15\n*To:* Rosa\n*Subject:* Printer",
]


@pytest.mark.parametrize("block", HEADER_BLOCKS)
@pytest.mark.parametrize("line", ["", "________________________________\n", "-----Original Message-----\n"])
def test_outlooks_header_block_begins_the_old_message(block: str, line: str) -> None:
    mail = f"It is the second floor.\n\n{line}{block}\n\nWhich printer is it?\nAda\n"

    assert reply_text(mail) == "It is the second floor."


@pytest.mark.parametrize(
    "signature",
    [
        "Sent from my iPhone",
        "Sent from my Verizon Wireless BlackBerry",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPad",
        "Wysłane z iPhone'a",
        "Отправлено с iPhone",
        "Gửi từ iPhone của tôi",
        "Sendt fra min iPad",
        "Skickat från min iPhone",
        "发自我的iPhone",
        "從我的 iPhone 傳送",
        "iPhoneから送信",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "<<sent by galaxy>>",
    ],
)
def test_a_phones_own_line_is_no_part_of_the_reply(signature: str) -> None:
    assert reply_text(f"It works now.\n\n{signature}\n") == "It works now."


def test_a_sentence_that_begins_like_a_phones_line_stays() -> None:
    sentence = "Sent from my desk, is much easier then my mobile phone."

    assert not is_mobile_signature(sentence)
    assert reply_text(f"Here is another email\n\n{sentence}") == f"Here is another email\n\n{sentence}"


def test_answers_between_quoted_lines_are_kept_with_what_they_answer() -> None:
    mail = "Hi Ada,\n\nOn 3 Nov 2025, at 10:15, Ada wrote:\n> Which floor?\n\nThe second.\n\n> Since when?\n\nMonday.\n\n> Ada\n"

    reply = reply_text(mail)

    assert "The second." in reply
    assert "Monday." in reply
    assert "> Since when?" in reply
    assert not reply.endswith("> Ada")


def test_an_answer_below_the_quote_stands_alone() -> None:
    mail = "On 3 Nov 2025, at 10:15, Ada wrote:\n> Which floor?\n> Ada\n\nThe second.\nRosa"

    assert reply_text(mail) == "The second.\nRosa"


def test_a_short_signature_goes_and_a_long_text_below_a_rule_stays() -> None:
    steps = "\n".join(f"Step {number}: press the button and wait." for number in range(30))

    assert reply_text("Done.\n\n-- \nRosa\nHall 3\n") == "Done."
    assert reply_text(f"What I did:\n-----\n{steps}") == f"What I did:\n-----\n{steps}"
    assert reply_text(f"What I did:\n--\n{steps}") == f"What I did:\n--\n{steps}"


def test_what_looks_like_a_form_is_content() -> None:
    form = "Nouveau message :\n=============================\nNom: Orberer\nPrénom: Rémi\nEmail: xxx@example.com\nCP: 11111"

    assert reply_text(form) == form


@pytest.mark.parametrize(
    "text",
    [
        "Yesterday at 10:15 the printer said:\n\nPaper jam in tray 2. What now?",
        "The steps were as follows:\n1. Turn it off.\n2. Turn it on.",
        "Subject: matter of taste\nI like it.",
        "Von: der Theke bis zum Tor ist es weit.\nUnd zurück auch.",
        ">>> import os\n>>> os.getcwd()\nfails with an error",
        "# heading\n- one\n- two\n\n```\n--\nnot a signature\n```\nThe end.",
    ],
)
def test_ordinary_words_are_never_taken_for_a_quote(text: str) -> None:
    assert reply_text(text) == text


def test_what_stands_below_our_marker_is_old() -> None:
    assert reply_text(f"Yes please.\n\nAda a scribouillé, whatever:\n{REPLY_MARKER}\nOld words").startswith(
        "Yes please."
    )
    assert "Old words" not in reply_text(f"Yes please.\n\n> {REPLY_MARKER}\nOld words")


def test_a_bare_forward_gives_what_was_forwarded() -> None:
    mail = "---------- Forwarded message ---------\nFrom: Ada <ada@example.org>\nDate: Mon, 3 Nov 2025\nSubject: X\nTo: Rosa\n\nThe text."

    assert reply_text(mail) == "The text."


@pytest.mark.parametrize(
    "html",
    [
        '<div>New.</div><div class="gmail_quote"><div class="gmail_attr">Hôm qua Ada:</div><blockquote>Old.</blockquote></div>',
        '<p>New.</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Ada<br></div><div>Old.</div>',
        '<p>New.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>Von:</b> A<br><b>Gesendet:</b> B<br><b>An:</b> C</p></div>Old.',
        '<div>New.</div><div class="yahoo_quoted"><div>Old.</div></div>',
        '<div>New.</div><div class="protonmail_quote">Ada schrieb:<blockquote>Old.</blockquote></div>',
        '<div>New.</div><hr data-marker="__DIVIDER__"><div data-marker="__QUOTED_TEXT__">Old.</div>',
        '<div>New.</div><div class="moz-cite-prefix">Den 3. november 2025 skrev Ada:<br></div><blockquote type="cite">Old.</blockquote>',
        '<div>New.</div><div class="gmail_signature">Rosa, Hall 3</div>',
    ],
)
def test_traces_of_mail_programs_in_html_show_where_the_old_message_begins(html: str) -> None:
    raw = b"From: rosa@example.org\nContent-Type: text/html; charset=utf-8\n\n" + html.encode()

    assert parse(raw).reply_text == "New."
