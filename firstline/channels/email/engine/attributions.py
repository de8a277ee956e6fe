"""The lines with which mail programs introduce what they quote, in the languages they speak.

Words only; how they decide is in reply.py. Matching looks at one short line (or up to four joined ones), so
the time is linear in the size of the mail.
"""

from __future__ import annotations

import re

_LONGEST = 500

# "… wrote:" as mail programs say it. Lower case.
_VERBS = (
    "wrote", "writes", "said", "says", "sent the following", "schrieb", "schrieben", "geschrieben", "a écrit",
    "a ecrit", "nous a dit",
    "escribió", "escribio", "escribiste", "va escriure", "ha escrit", "escreveu", "ha scritto", "scrisse",
    "schreef", "geschreven",
    "verzond", "skrev", "skreiv", "skrifaði", "kirjoitti", "napisał", "napisała", "napisał(a)", "pisze", "napsal",
    "napsala", "napsal(a)", "napísal", "napísal(a)", "napísala", "je napisao", "je napisala", "napisao je",
    "је написао",
    "је написао/ла", "написао је", "je pisal", "je napisal", "написал", "написала", "написал(а)", "пишет",
    "писал", "пише",
    "написав", "написав(ла)", "писав", "пишеш", "написа", "escrigué", "írta", "ezt írta", "a scris", "έγραψε",
    "έγραψες", "yazdı",
    "şunu yazdı", "şunları yazdı", "đã viết", "viết", "写道", "寫道", "写到", "書きました", "のメッセージ",
    "さんは書きました", "님이 작성", "작성",
    "님의 말", "เขียนว่า", "เขียน", "menulis", "napisali", "rašė", "rakstīja", "kirjutas", "כתב", "כתבה",
    "‫כתב", "كتب", "كتبت", "نوشت", "লিখেছেন",
    "ने लिखा", "shkroi", "napisao/la", "idatzi du", "escribiu", "ysgrifennodd", "scríobh", "skrifar",
)  # fmt: skip
_VERB = re.compile(
    r"(?:(?<![^\W\d_])(?:" + "|".join(re.escape(verb) for verb in _VERBS if verb[0] < "\u0590") + r")(?![^\W\d_])|"
    + "|".join(re.escape(verb) for verb in _VERBS if verb[0] >= "\u0590") + ")"
)  # fmt: skip
_OPENERS = (
    "on", "at", "in message", "le", "am", "um", "el", "el día", "il", "il giorno", "em", "op", "den", "på",
    "dnia", "w dniu", "dne", "dňa",
    "v", "dana", "dne", "в", "у", "от", "la", "pe", "pada", "vào", "vào lúc", "lúc", "ngày", "tarihinde", "a",
    "στις", "a les", "date", "em qua",
    "2", "在", "于", "於",
)  # fmt: skip
_OPENER = re.compile(
    r"(?:" + "|".join(re.escape(word) for word in sorted(_OPENERS, key=len, reverse=True)) + r")[\s\d]", re.IGNORECASE
)
_WEEKDAY_OR_NUMBER = re.compile(
    r"\d{1,4}[-./年 ]|(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mån|tis|tor|fre"
    r"|lör|sön|søn|man|tir|ons|lør|pon|wto|śro|czw|pią|sob|nie"
    r"|пн|вт|ср|чт|пт|сб|вс|нд|понед|вторн|среда|четв|пятн|субб|воскр|hétfő|kedd|szerda|csüt|pént"
    r"|szo|vas|пон|su|ma|ti|ke|to|pe|la)[^\W\d_]{0,9}[.,]? ",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{1,2}\s?[:.hH時点點시]\s?\d{2}")
_DATE = re.compile(
    r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\.? (?:de |of )?[^\W\d_]{3,9}\.?"
    r"|[^\W\d_]{3,9}\.? \d{1,2}(?!\d)"
    r"|\d{1,2}月\d{1,2}日"
)
_ADDRESS = re.compile(r"[^\s<>@()\[\]]{1,64}@[^\s<>@()\[\]]{1,200}")
_ISO_AND_NAME = re.compile(
    r"(?:19|20)\d\d[-/]\d{1,2}[-/]\d{1,2},? \d{1,2}:\d\d(?::\d\d)? ?(?:GMT|UTC)?[+-]?[\d:]{0,5},? [^\d\s:][^:]{0,80}"
)
_DATE_AND_ADDRESS_ONLY = re.compile(r"(?:19|20)\d\d.{0,120}<[^@<>\s]{1,64}@[^@<>\s]{1,200}>$")
_POSTED = re.compile(r"posted by .{1,80} on \d\d/\d\d/\d{4}$", re.IGNORECASE)
_ENDS = re.compile(r"[:：]$|----$|—$")
_DRESSING = "> \t*_-|"


def is_attribution(text: str) -> bool:
    """Does this text, one line or several joined, introduce a quote?"""
    text = text.strip(_DRESSING).replace("&lt;", "<").replace("&gt;", ">").replace("\u200e", "").replace("\u200f", "")
    if not 6 <= len(text) <= _LONGEST:
        return False
    ends = text.endswith((":", "："))
    lower = text.lower()
    address = "@" in text and _ADDRESS.search(text) is not None
    when = _TIME.search(text) is not None or _DATE.search(text) is not None
    if _VERB.search(lower):
        at_end = ends or _ends_with_verb(lower)
        if at_end and (address or " via " in lower):
            return True
        if at_end and when and (_OPENER.match(lower) or _WEEKDAY_OR_NUMBER.match(lower) or _TIME.search(text)):
            return True
    if ends and address and (_TIME.search(text) or re.search(r"(?:19|20)\d\d", text)) and len(text) <= 250:
        return True
    if _ISO_AND_NAME.fullmatch(text) and len(text) <= 120:
        return True
    if (
        address
        and text.endswith(">")
        and _DATE_AND_ADDRESS_ONLY.search(text)
        and (_WEEKDAY_OR_NUMBER.match(lower) or _OPENER.match(lower))
    ):
        return True
    return bool(_POSTED.match(text))


def _ends_with_verb(lower: str) -> bool:
    tail = lower.rstrip(" .:：>-*_")[-24:]
    return any(found.end() == len(tail) for found in _VERB.finditer(tail))


def may_end_attribution(line: str) -> bool:
    """A cheap look before the costly one."""
    line = line.rstrip()
    if not line or len(line) > _LONGEST:
        return False
    if line.endswith((":", "：", "----", "—", ">", ":*", ":_")) or _ends_with_verb(line.lower()):
        return True
    return line[:30].lstrip(_DRESSING)[:2] in ("19", "20") or line.lower().lstrip(_DRESSING).startswith("posted by")


def starts_like_attribution(line: str) -> bool:
    """`On Mon, …`, `Le 4 janv. …`: the first of several lines of one attribution."""
    line = line.strip(_DRESSING).lower()
    return bool((_OPENER.match(line) or _WEEKDAY_OR_NUMBER.match(line)) and re.search(r"\d", line))


_ORIGINAL = (
    "original message", "original mail", "original email", "original e-mail", "original appointment",
    "reply message", "forwarded message",
    "forwarded mail", "forwarded by", "original nachricht", "ursprüngliche nachricht", "originalnachricht",
    "original-nachricht", "weitergeleitete nachricht", "antwort nachricht",
    "ursprüngliche mail", "message d'origine", "message d’origine", "message original", "message initial",
    "message transféré",
    "mensaje original", "mensaje reenviado", "mensaje original de", "missatge original", "missatge reenviat",
    "mensagem original",
    "mensagem encaminhada", "messaggio originale", "messaggio inoltrato", "messaggio inviato",
    "oorspronkelijk bericht", "origineel bericht",
    "oorspronkelijke bericht", "doorgestuurd bericht", "ursprungligt meddelande", "originalmeddelande",
    "vidarebefordrat meddelande",
    "oprindelig meddelelse", "videresendt meddelelse", "oprindelig besked", "opprinnelig melding",
    "videresendt melding", "alkuperäinen viesti",
    "välitetty viesti", "wiadomość oryginalna", "oryginalna wiadomość", "treść oryginalnej wiadomości",
    "wiadomość przekazana", "přeposlaná zpráva",
    "původní zpráva", "původní e-mail", "pôvodná správa", "preposlaná správa", "izvirno sporočilo",
    "izvorna poruka", "originalna poruka",
    "исходное сообщение", "оригинальное сообщение", "пересылаемое сообщение", "пересланное сообщение",
    "исходное письмо", "оригінальне повідомлення",
    "переслане повідомлення", "оригинално съобщение", "препратено съобщение", "eredeti üzenet",
    "továbbított üzenet", "mesaj original",
    "mesajul original", "mesaj redirecționat", "αρχικό μήνυμα", "προωθημένο μήνυμα", "özgün ileti",
    "orijinal mesaj", "iletilen mesaj", "original ileti",
    "thư gốc", "tin nhắn gốc", "tin nhắn ban đầu", "thư đã chuyển tiếp", "tin nhắn đã chuyển tiếp",
    "原始邮件", "原始郵件", "原邮件", "转发邮件信息", "转发的邮件",
    "轉寄郵件", "元のメッセージ", "元のメール", "転送メッセージ", "転送されたメッセージ", "원본 메시지",
    "원본 메일", "전달된 메시지", "ข้อความต้นฉบับ",
    "pesan asli", "pesan terusan", "הודעה מקורית", "ההודעה המקורית", "الرسالة الأصلية", "پیام اصلی",
    "algne sõnum", "sākotnējā ziņa", "pradinis laiškas",
)  # fmt: skip
_ORIGINAL_LINE = re.compile(
    r"[>\s*_]*+[-_=*–—]{2,}[-_=*–—\s]*+(?:" + "|".join(re.escape(word) for word in _ORIGINAL) + r")\b[^\n]{0,80}$",
    re.IGNORECASE,
)
_ANY_TITLE = re.compile(r"[>\s*]*+[-_=–—]{3,}\s*+([^-_=–—\n]{3,60}+)[-_=–—]{3,}[\s*]*+$")
_BARE_ORIGINAL = re.compile(
    r"[>\s*]*+(?:begin forwarded message|reply message|début du message (?:transféré|réexpédié)"
    r"|anfang der weitergeleiteten (?:nachricht|e-mail)"
    r"|inicio del mensaje reenviado|inizio messaggio inoltrato|início da mensagem encaminhada"
    r"|início da mensagem reenviada"
    r"|begin doorgestuurd bericht"
    r"|start på videresendt besked|vidarebefordrat brev|vidarebefordrat mail|válasz erre"
    r"|początek przekazywanej wiadomości"
    r"|początek wiadomości przekazanej dalej"
    r"|начало переадресованного сообщения|下面是被转发的邮件|以下是轉寄的郵件|転送されたメッセージ"
    r"|전달된 메시지|bắt đầu thư đã chuyển tiếp|začátek přeposlané zprávy"
    r"|videresendt melding|välitetty viesti alkaa|iletilen mesaj|початок листа, що пересилається)\s*[:：]?\s*\**$",
    re.IGNORECASE,
)
FORWARD_WORDS = re.compile(
    r"forward|weitergeleitet|transféré|réexpédié|reenviad|inoltrat|encaminhad|doorgestuurd|videresend"
    r"|vidarebefordra|välitetty|przekaz|přeposl|preposl"
    r"|пересыла|переслан|переадрес|továbbított|转发|轉寄|転送|전달|chuyển tiếp|iletilen|missatge reenviat"
    r"|redirecționat",
    re.IGNORECASE,
)


def is_divider(line: str) -> bool:
    """`-----Original Message-----` in any of the languages."""
    if len(line) > 200:
        return False
    return bool(_ORIGINAL_LINE.match(line) or _BARE_ORIGINAL.match(line))


def may_be_divider(line: str) -> bool:
    """`----- some words -----`: a divider only if header lines follow."""
    return len(line) <= 200 and bool(_ANY_TITLE.match(line))


_LABELS: dict[str, str] = {}
for _role, _words in {
    "from": "from von de da fra från van od от от: від de: lähettäjä nadawca odesílatel odosielateľ"
    " feladó expéditeur expediteur remitente mittente remetente afzender"
    " avsändare afsender kimden gönderen từ người_gửi 发件人 寄件者 寄件人 差出人 送信元 보낸_사람"
    " 보낸사람 발신 dari จาก מאת من saatja no nuo šalje pošiljatelj pošilja šta отправитель από remitent",
    "date": "date sent on sent_on datum gesendet gesendet_am data date_d'envoi envoyé envoyé_le"
    " envoyée fecha enviado enviado_el enviada enviada_em enviado_em inviato inviato_il"
    " dato sendt skickat verzonden lähetetty päivämäärä päiväys wysłano wysłany data_wysłania odesláno"
    " odoslané dátum datum_odeslání elküldve trimis trimis_la"
    " отправлено дата надіслано изпратено tarih gönderilme_tarihi gönderildi đã_gửi ngày gửi ngày_gửi"
    " thời_gian 发送时间 日期 时间 寄件日期 傳送時間 送信日時 日時 日付 보낸_날짜 날짜 보냄 dikirim tanggal"
    " ส่ง วันที่ נשלח תאריך تاريخ تم_الإرسال ημερομηνία στάλθηκε data_d'enviament enviat fecha_de_envío"
    " poslano datum_slanja",
    "to": "to an à a a: para til till aan do komu pro для кому до címzett către vastaanottaja destinataire"
    " destinatario destinatário kime alıcı tới đến người_nhận gửi_đến 收件人 收件者"
    " 宛先 받는_사람 받는사람"
    " kepada ถึง אל إلى за προς per_a saaja kam kam: za prima",
    "cc": "cc cc: kopie copie copia kopia kopio bilgi kopi копия копія 抄送 副本 참조 másolatot_kap másolat tembusan",
    "subject": "subject betreff objet asunto oggetto assunto onderwerp emne ämne temat předmět"
    " predmet aihe otsikko tárgy subiect тема konu tiêu_đề chủ_đề 主题 主旨 主題"
    " 件名 제목 perihal subjek"
    " เรื่อง เรื่อง נושא الموضوع θέμα assumpte относно teema zadeva tema",
    "reply": "reply-to reply_to risposta répondre_à antwort_an responder_a antwoord_aan svar_till"
    " odpowiedz_do beantwoorden_-_aan importance priority wichtigkeit priorität",
}.items():
    for _word in _words.split():
        _LABELS.setdefault(_word.replace("_", " ").rstrip(":"), _role)

_LABEL_LINE = re.compile(r"[>\s*_|]*+([^\s:：*][^:：*\n]{0,30}+)[*\s\xa0]*+[:：][*\s]*+(.*)", re.DOTALL)


def header_role(line: str) -> str:
    """`Gesendet: …` → `date`; an empty string if the line is no header line of a quoted message."""
    if len(line) > 2_000:
        return ""
    found = _LABEL_LINE.match(line)
    if not found:
        return ""
    return _LABELS.get(found.group(1).strip().lower().replace("’", "'"), "")


def header_value(line: str) -> str:
    """What stands behind the label."""
    found = _LABEL_LINE.match(line[:2_000])
    return found.group(2).strip() if found else ""


_MOBILE = re.compile(
    r"""[\s<(\[*_-]*+(?:
        sent\ (?:from|via|with|using|by|on)(?:\ \S+){1,8}
      | (?:get|download|téléchargez|obtenir|holen\ sie\ sich|scarica|obter|obtener|pobierz|skaffa
      |hämta|hent|download\ de|hanki)\ outlook\ (?:for|para|für|pour|per|dla|för|til|voor)\ .{1,60}
      | outlook\ (?:für|pour|para|per|dla)\ (?:ios|android).{0,60}
      | \S+\ from\ (?:my\ )?mobile
      | from\ my(?:\ \S+){1,4}
      | envoyé\ (?:depuis|de|à\ partir\ de|avec)\ .{1,60}
      | télécharge[rz]\ outlook.{1,60}
      | von\ mein(?:em|er)\ .{1,60}\ (?:gesendet|aus\ gesendet)
      | von\ (?:unterwegs|iphone|ipad|outlook).{0,40}gesendet
      | (?:gesendet|verschickt)\ (?:von|mit|über|aus)\ .{1,60}
      | diese\ nachricht\ wurde\ von\ .{1,80}\ gesendet
      | inviato\ (?:da|dal|con|tramite)\ .{1,60}
      | enviado\ (?:desde|do|da|de|a\ partir|con|com|via|pelo)\ .{1,60}
      | enviat\ (?:des|amb)\ .{1,60}
      | (?:verzonden|verstuurd)\ (?:vanaf|met|vanuit|via)\ .{1,60}
      | (?:sendt|sent)\ (?:fra|med)\ (?:min\ |mit\ )?.{1,60}
      | skickat\ (?:från|med)\ .{1,60}
      | (?:hämta|från\ min)\ .{1,40}
      | lähetetty\ .{1,60}
      | wysłan[eoy]\ (?:z|ze|za)\ .{1,60}
      | odeslán[oa]\ (?:z|ze|pomocí)\ .{1,60}
      | odoslan[eé]\ (?:z|zo)\ .{1,60}
      | отправлено\ (?:с|из|через)\ .{1,60}
      | (?:надіслано|відправлено)\ (?:з|із|через)\ .{1,60}
      | elküldve\ .{1,60}
      | .{1,40}\ (?:készülékemről|iphone-omról)\ küldve
      | trimis\ (?:de\ pe|din)\ .{1,60}
      | .{1,40}(?:'dan|'den|dan|den)\ gönderildi
      | (?:đã\ )?(?:được\ )?gửi\ từ\ .{1,60}
      | στάλθηκε\ από\ .{1,60}
      | dikirim\ dari\ .{1,60}
      | ส่งจาก.{1,60}
      | [从從][我]?.{1,30}(?:发送|發送|傳送|寄出)
      | 发自(?:我的)?.{1,30}
      | (?:私の|my\ )?(?:iphone|ipad|android|スマートフォン).{0,10}から送信
      | .{1,20}から送信
      | (?:나의|내)\ .{1,30}에서\ (?:보냄|전송)
      | .{1,30}에서\ 보냄
      | נשלח\ מ.{1,40}
      | أرسل(?:ت)?\ من\ .{1,40}
      | poslano\ (?:s|z|sa)\ .{1,60}
      )[>)\]*_\s.!]*+$""",
    re.VERBOSE | re.IGNORECASE,
)
_MARKDOWN_LINK = re.compile(r"\[([^\]\n]{1,80})\]\([^)\n]{1,300}\)|<https?://[^>\s]{1,300}>")


def is_mobile_signature(line: str) -> bool:
    """`Sent from my iPhone`; a sentence that merely begins so is none."""
    if len(line) > 400:
        return False
    if "](" in line or "<http" in line:
        line = _MARKDOWN_LINK.sub(r"\1", line)
    line = line.strip()
    if not 8 <= len(line) <= 110 or re.search(r"[,;!?]|\. ", line):
        return False
    return bool(_MOBILE.match(line))
