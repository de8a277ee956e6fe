"""Recognise mail that could not be delivered, and whom it did not reach.

Standard reports (RFC 3464) are read by their fields. The rest, three decades of home-made notices, is
recognised by several signs that must come together, so that a person who writes about a bounce is not one.
"""

from __future__ import annotations

import re

from firstline.channels.email.engine.headers import Headers, to_text
from firstline.channels.email.engine.limits import Limits
from firstline.channels.email.engine.message import Address
from firstline.channels.email.engine.mime import Part, read

_MOST_TEXT = 30_000
_MOST_RECIPIENTS = 100

_DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|postmaster|post_?master|mail[-_.]?delivery.*"
    r"|maildelivery.*|mta|mail[-_.]?system|mmsc.*|bounces?|badmsgq"
    r"|auto-?notify|no-?reply-?mdn|daemon|returned-?mail|undeliverable|delivery[-_.]?(?:subsystem"
    r"|failure|status).*|system|mxl?ogic|smtp|ndr|inetgw\d?|.*(?:antivirus|anti-virus|interscan"
    r"|scanmail).*)(?:[\\+@=]|$)",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[ -]?(?:delivery?|deliver|daemon|administrator|system)|delivery (?:sub)?system"
    r"|system administrator|postmaster|ndr administrator|mail router|jetmail|internet mail delivery",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"""^\s*(?:\[[^\]]{1,40}\]\s*|\*+\s*|auto:\s*)?(?:
    undeliver(?:ed|able)|un-?deliverable|non[- ]?deliver(?:y|able|ed)|nondeliverable|not\ delivered
    |unzustellbar|non\ remis|unable\ to\ deliver|failed\ to\ deliver
    |returned\ (?:e?-?mail|message|to\ sender)|return(?:ed)?\ receipt\ \(ndr\)|mail\ returned|message\ returned
    |mailer[- ]daemon|rejected:?\ |message\ rejected|rejected\ (?:mail|message|posting)
    |(?:permanent\ |mail\ |message\ |email\ |e-mail\ |smtp\ |temporary\ )?delivery\ (?:status\ )?(?:failure
    |failed|notification|error|problem|report|unsuccessful|delay|warning|has\ been\ delayed)
    |(?:mail|message|e-?mail)\ (?:delivery|system|could\ not|not|transport)\ ?(?:status|failure|failed
    |error|delayed|be\ delivered|delivered|notification|system)?
    |(?:mail|message)\ (?:error|failure|delayed|undeliverable|quarantined)|failure\ (?:notice|delivery)
    |delivery\ \w*\ ?failed|failed\ (?:mail|delivery|message)|failure\ notice
    |failed:\ |error\ sending|error:|could\ not\ (?:send|deliver)|couldn['’]t\ (?:send|deliver)
    |(?:your\ )?(?:mail|message|e-?mail)\ (?:to|for|has|was|could|couldn).{0,200}(?:fail|not|deliver
    |reject|refus|bounce)
    |warning:\ (?:could\ not|message|mail|e-?mail|unable)|warning\ -\ delayed|(?:auto)?bounce|automatic\ bounce
    |e-?mail\ bounce|bounced\ (?:mail|message)|mail\ delivery
    |dsn[: ]|ndn:|ndr:|ndn\b|user\ unknown|unknown\ (?:user|address|recipient)|address\ (?:not\ found
    |error)|invalid\ (?:address|recipient|e-?mail)|blocked\ by|problems?\ (?:delivering|found)
    |notification\ d['’]?\ ?(?:e|é)tat|échec|avis\ de\ non|message\ non|non\ distribu|le\ message\ n
    |remise\ (?:différée|impossible)|rapport\ de\ non
    |mail\ konnte\ nicht|zustellung|nachricht\ (?:nicht|unzustell)|ihre\ nachricht|fehlgeschlagen
    |mailzustellung|benachrichtigung\ (?:über|zum)
    |no\ se\ (?:puede|pudo|ha)|no\ entregado|error\ de\ entrega|entrega\ |devuelto|correo\ devuelto
    |mensaje\ (?:no|devuelto|rechazado)|n[ãa]o\ entregue|falha\ na\ entrega|mensagem\ n[ãa]o
    |mancato\ recapito|messaggio\ non|impossibile\ recapitare|consegna|notifica\ di\ mancat|onbestelbaar
    |niet\ bezorg|kan\ niet|olevererbart|kan\ (?:ikke|inte)|ej\ levererat|oleverbart
    |niedostarczon|nie\ dostarczon|zwrot|недоставлен|не\ доставлен|невозможно|ваше\ сообщение|письмо\ не|возвращ
    |配信|送信できません|配達|不達|返送|エラーメール|宛先不明|メール送信エラー|退信|系统退信|无法投递
    |投遞失敗|未送達|郵件傳遞|반송|메일\ ?전송|전송\ ?실패|thư\ không|không\ gửi\ được
    |mail\ failed|loop\ alert|メールエラー|failure\ |smtp\ error|http\ error|mms\ error|sorry[,:]
    |complaint\ about|disabled|delayed\ mail|postmaster\ notify|status\ de\ entrega|wiadomo
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_PHRASE = re.compile(
    r"""(?:could\ not\ be\ (?:delivered|sent|found|completed)|cannot\ be\ (?:delivered|sent)"
    r"|can\ ?['’]?n?o?t\ be\ delivered
    |(?:was|were)\ not\ (?:delivered|sent|able\ to\ deliver)|not\ (?:yet\ )?been\ delivered
    |unable\ to\ (?:deliver|send|relay)|(?:was|were|has\ been|is|being)\ un(?:deliverable|delivered)
    |is\ undeliverable|undeliverable|undelivered|couldn['’]t\ (?:be\ delivered|deliver)|wasn['’]t\ (?:able\ to\ deliver
    |delivered)|had\ (?:permanent|transient|delivery)
    |did\ not\ reach|delivery\ (?:to\ |of\ |has\ |attempt|failed|failure|error|status|incomplete)
    |delevery\ to|failed\ to\ deliver|problems?\ (?:delivering|in\ delivering)
    |permanent\ (?:fatal\ )?(?:error|failure)|fatal\ errors?|delivery\ errors?|undeliverable
    |returned\ to\ (?:the\ )?sender
    |returned\ (?:message|mail|to\ you)|mail\ (?:was\ )?returned|message\ (?:was\ |has\ been\ )?(?:rejected
    |returned|bounced|blocked)
    |recipients?\ (?:was|were|is|are|could|address\ rejected|not|unknown|rejected)|(?:was|were|been)\ (?:rejected
    |refused)|rejected\ by|refused\ (?:by|to)|no\ such\ (?:user|account|mailbox|recipient|address
    |person)|user\ (?:is\ )?(?:unknown|not\ (?:found|known|listed)|doesn['’]t)|unknown\ (?:user
    |recipient|address|local|mail)
    |unroutable|un-?routeable|mailbox\ (?:is\ )?(?:full|unavailable|not\ found|disabled|unknown|has\ exceeded)
    |over\ ?quota|quota\ exceeded|exceeded\ .{0,20}(?:quota|storage|limit)|does\ not\ exist|doesn['’]t\ exist
    |no\ longer\ (?:exists?|valid|available|in\ use|with|works?|accept|being)|not\ (?:a\ )?(?:valid
    |known|recogni[sz]ed)
    |account\ (?:is\ |has\ been\ )?(?:disabled|suspended|inactive|closed)|address(?:\(es\)|es)?\ (?:failed
    |rejected|not\ found|is\ not|does\ not|was\ not|has\ been\ disabled)|invalid\ (?:address|recipient
    |domain|user|mailbox)|host\ (?:unknown|not\ found|unreachable)|name\ (?:service|server)\ error
    |connection\ (?:timed\ out|refused)|giving\ up
    |returning\ message|bounce|not\ accepting|transcript\ of\ session|has\ not\ (?:yet\ )?been\ (?:delivered
    |collected)|will\ (?:be|keep)\ (?:retried|trying)|still\ being\ retried|delayed|cannot\ deliver
    |cannot\ (?:be\ )?(?:find|forward|send)|not\ found|permanently|error\ (?:code|message|in|detail)
    |n['’](?:a|ont)\ pas\ pu|pas\ pu\ (?:être|etre)|non\ remis|impossible\ de|n['’]existe\ pas
    |inconnu|nicht\ (?:zugestellt|ausgeliefert|gefunden|erreicht|existiert)|unzustellbar|konnte\ nicht
    |existiert\ nicht|no\ (?:se\ )?(?:ha\ podido|pudo|puede|existe|fue)|não\ (?:foi|pôde|existe)
    |nao\ (?:foi|pode)|non\ è\ stato|impossibile|kon\ niet|niet\ (?:worden|bezorgd)|kunne\ ikke|kunde\ inte
    |nie\ (?:można|istnieje|został)|не\ (?:удалось|найден|существует|доставлен|может)|невозможно
    |ошибк|配信|送信でき|見つかりません|届け|存在しません|該当|エラー|無法|无法|退回|失败|不存在
    |반송|전송.{0,6}실패|không\ (?:gửi|tồn\ tại|thể)
    |abuse\ report|no\ valid\ recipients|virus|spam|blocked|policy)""",
    re.IGNORECASE | re.VERBOSE,
)
_CODE = re.compile(
    r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])|(?<!\d)(?:4[2-5]\d|5[0-7]\d) ?[ -] ?(?:#?\d\.|[A-Za-z<\"'])"
    r"|ERROR_CODE|ResponseCode"
)
_RETURNED_COPY = re.compile(
    r"^(?:[ \t>]{0,8}(?:return-path|received|message-id|dkim-signature|x-mailer|mime-version"
    r"|x-originating-ip)[ \t]*:[ \t]"
    r"|[ \t>|]{0,8}[-=*_]{2,}+[^\n]{0,60}?(?:original|returned|copy|header|below|unsent|undelivered"
    r"|bounced|includ|message text|source mail).{0,80}$"
    r"|(?:original message|the original message|a copy of|this is a copy|included is a copy|your original"
    r"|message header|the header|bounced e-?mail|your message:|headers of|original mail|元のメール"
    r"|--- enclosed are|below are|below is|copy of).{0,80}$)",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\u00a1-\uffff-]{1,64}@[A-Za-z0-9\u00a1-\uffff](?:[A-Za-z0-9\u00a1-\uffff.-]{0,250}[A-Za-z0-9\u00a1-\uffff])?"
)
_PERSON_ANSWERS = re.compile(r"^\s*(?:re|aw|fwd?|wg|sv|antw|tr|rv|odp|vs|r|i|enc|res)\s*:", re.IGNORECASE)


def delivery_reports(part: Part, *, into: int = 2) -> list[Part]:
    """All `message/delivery-status` parts, also of a report that somebody's gateway wrapped into a message."""
    if part.type == "message/rfc822" and into and not part.is_cut:
        inner = read(part.content([]), Limits(depth=4, parts=20), [])
        return delivery_reports(inner, into=into - 1) if inner.type == "multipart/report" else []
    found = [part] if part.type in ("message/delivery-status", "message/global-delivery-status") else []
    for child in part.children:
        found += delivery_reports(child, into=into)
    return found


def is_feedback(root: Part) -> bool:
    """A complaint report of a provider (ARF, RFC 5965): it must never become a ticket or an answer."""
    if root.parameters.get("report-type", "").lower() == "feedback-report":
        return True
    if root.type == "message/feedback-report" or any(
        child.type == "message/feedback-report" for child in root.children
    ):
        return True
    subject = root.headers.text("subject").lower()
    return root.headers.has("x-hmxmroriginalrecipient") or (
        subject.startswith("complaint about message from") and not root.headers.has("in-reply-to")
    )


def recipients_of_reports(reports: list[Part]) -> tuple[list[str], bool]:
    """Failed or late recipients, and whether any report speaks of failure or delay at all."""
    found: list[str] = []
    says_failed = False
    for report in reports:
        content = report.content([])[:_MOST_TEXT].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        for block in re.split(rb"\n[ \t]*\n", content):
            fields = _fields(to_text(block))
            action = fields.get("action", "").lower()
            status = fields.get("status", "").strip()
            if not fields or not ({"final-recipient", "original-recipient", "action", "status"} & fields.keys()):
                continue
            if action.startswith(("delivered", "relayed", "expanded")):
                continue
            says_failed = (
                says_failed or action.startswith(("fail", "delay")) or status.startswith(("4", "5")) or not action
            )
            for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
                address = _report_address(fields.get(name, ""))
                if address:
                    found.append(address)
                    break
    return _unique(found), says_failed


def is_delay(reports: list[Part]) -> bool:
    """Whether every report only says that it is late (RFC 3464, 2.3.3)."""
    actions = {
        action.strip().lower()
        for report in reports
        for action in re.findall(r"(?im)^action[ \t]*:[ \t]*([a-z-]{1,20})", to_text(report.content([])[:_MOST_TEXT]))
    }
    return actions == {"delayed"}


_RETURNED_ID = re.compile(
    r"^[ \t>|]{0,8}message-id[ \t]*:[ \t\r\n]{0,4}(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE
)


def returned_ids(root: Part, text: str) -> list[str]:
    """The Message-ID of the mail that comes back: from the copy beside the notice, or written into its text."""
    found: list[str] = []
    waiting = [root]
    while waiting and len(found) < 20:
        part = waiting.pop()
        if part.type in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"):
            found += _RETURNED_ID.findall(to_text(part.content([])[:_MOST_TEXT]))[:1]
        waiting += part.children
    return found or _RETURNED_ID.findall(_readable(text))[:5]


def _fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in text.split("\n")[:60]:
        if line.startswith((" ", "\t")) and name:
            fields[name] += " " + line.strip()
        else:
            key, colon, value = line.partition(":")
            if colon:
                name = key.strip().lower()
                fields.setdefault(name, value.strip())
    return fields


def _report_address(value: str) -> str:
    kind, semicolon, rest = value.partition(";")
    value = (rest if semicolon else value).strip()
    if "@" not in value and semicolon and "@" in kind:
        value = kind
    inside = re.search(r"<([^<>]{1,320})>", value)
    value = (inside.group(1) if inside else value).strip().strip("<>\"'")
    return value if re.fullmatch(r"[^\s@]{1,64}@[^\s@]{1,255}", value) else ""


def is_bounce(root: Part, headers: Headers, sender: Address, subject: str, text: str, *, says_failed: bool) -> bool:
    """Do enough signs come together?"""
    if says_failed or headers.has("x-failed-recipients"):
        return True
    text = _readable(text)
    if _PERSON_ANSWERS.match(subject) and not _is_daemon(sender):
        return False
    daemon = _is_daemon(sender)
    return_path = to_text(headers.raw("return-path")).strip()
    nobody = headers.has("return-path") and (return_path in ("<>", "") or "mailer-daemon" in return_path.lower())
    automatic = to_text(headers.raw("auto-submitted")).strip().lower() not in ("", "no")
    bulk = to_text(headers.raw("precedence")).strip().lower() in ("bulk", "junk", "list")
    titled = bool(_SUBJECT.match(subject))
    phrased = bool(_PHRASE.search(text))
    coded = bool(_CODE.search(text))
    returned = _holds_message(root) or bool(_RETURNED_COPY.search(text))
    is_report = (
        root.type == "multipart/report"
        and root.parameters.get("report-type", "delivery-status").lower() == "delivery-status"
    )
    if is_report and (titled or phrased or daemon):
        return True
    if daemon and (titled or (phrased and (returned or coded or nobody or automatic or not subject))):
        return True
    if titled and phrased and (bulk or automatic) and _ADDRESS.search(text):
        return True
    if _NOTICE_OF_A_SERVICE.search(text):
        return True
    if nobody and ((titled and (phrased or coded or returned)) or (phrased and _holds_message(root))):
        return True
    if (nobody or automatic) and phrased and (coded or returned) and (returned or coded) and _ADDRESS.search(text):
        return titled or (coded and returned)
    is_answer = headers.has("in-reply-to") and not daemon
    return titled and phrased and returned and (coded or not is_answer) and (coded or bool(_ADDRESS.search(text)))


def _readable(text: str) -> str:
    """The beginning, with lines of human length: what follows looks at it with many patterns."""
    return "\n".join(line[:500] for line in text[:_MOST_TEXT].split("\n")[:1_500])


_NOTICE_OF_A_SERVICE = re.compile(r'"notificationType"\s*:\s*"(?:Bounce|Complaint)"')


def _is_daemon(sender: Address) -> bool:
    return bool(_DAEMON.match(sender.address) or _DAEMON_NAME.search(sender.name))


def _holds_message(part: Part) -> bool:
    return any(
        child.type in ("message/rfc822", "text/rfc822-headers", "message/global") or _holds_message(child)
        for child in part.children
    )


_LISTED = re.compile(r"^[ \t>*-]{0,8}<([^<>\s]{3,320})>[ \t]*[:;.]?(?:[ \t].*)?$", re.MULTILINE)
_ALONE = re.compile(
    r"^[ \t>*'\"<\[(-]{0,12}(?:to:?[ \t]+|rfc822;[ \t]*"
    r"|smtp:)?([^\s<>@\"'()\[\];:,]{1,64}@[^\s<>@\"'()\[\];:,]{1,255}?)[ \t>*'\"\])]{0,8}[.,;:]{0,3}(?:[ \t]*[(<\[].*"
    r"|[ \t]+\.{3}.*)?$",
    re.MULTILINE | re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:addressed to|recipients?(?: address)?|target mail address|failed address|address(?:e?s)?"
    r"|user|account|mailbox|to|for|dda:smtp|delivery to|rcpt to|undeliverable to|your (?:mail|message"
    r"|e-mail) to|delivre a|routing:[^\n]{0,60}for)"
    r"(?:\s*[:=]\s*|\s+)[<'\"\[(]?([^\s<>@\"'()\[\];:,=]{1,64}@[^\s<>@\"'()\[\];:,]{1,255})",
    re.IGNORECASE,
)


def failed_addresses(headers: Headers, text: str, own: set[str]) -> list[str]:
    """From a notice in free form: whom did the mail not reach? `own` are addresses that cannot be meant."""
    declared = _unique(_ADDRESS.findall(to_text(headers.raw("x-failed-recipients"))[:20_000]))
    if declared:
        return declared
    text = _readable(text)
    copy = next((found for found in _RETURNED_COPY.finditer(text) if found.start() > 40), None)
    notice = text[: copy.start()] if copy else text
    announced = _plausible(_announced(notice), own)
    if announced:
        return announced
    for pattern in (_LISTED, _ALONE):
        found = _plausible(pattern.findall(notice), own)
        if found:
            return found
    telling = [
        line
        for line in notice.split("\n")
        if "@" in line and (_PHRASE.search(line[:1_000]) or _CODE.search(line[:1_000]))
    ]
    for candidates in (
        [address for line in telling for address in _ADDRESS.findall(line[:1_000])],
        _NAMED.findall(notice),
        _ADDRESS.findall(notice),
    ):
        found = _plausible(candidates, own)
        if found:
            return found
    to = re.search(r"^[ \t>]{0,8}to:[^\n]{0,300}", text[copy.start() :] if copy else "", re.IGNORECASE | re.MULTILINE)
    return _plausible(_ADDRESS.findall(to.group()), own) if to else []


_ANNOUNCES = re.compile(
    r"(?:following|these|this|the)\s+(?:intended\s+)?(?:e-?mail\s+)?(?:recipient|address|user|destination"
    r"|distribution)|(?:permanent|transient|delivery|fatal) (?:fatal |delivery )?errors|failed addresses"
    r"|not delivered to"
    r"|(?:could|can) ?not be (?:delivered|reached|sent)(?: to)?\s*:?\s*$|has not (?:yet )?been delivered is"
    r"|following address|undeliverable to|nicht zugestellt|destinataires? suivant|siguientes? destinatario",
    re.IGNORECASE,
)


def _announced(notice: str) -> list[str]:
    """The addresses in the lines right behind “… to the following recipients:”."""
    found: list[str] = []
    waiting = 0
    for line in notice.split("\n"):
        line = line[:1_000]
        if _ANNOUNCES.search(line):
            waiting = 6
            found += _ADDRESS.findall(line.partition(":")[2]) if ":" in line else []
        elif waiting and line.strip(" *-=|_"):
            addresses = _ADDRESS.findall(line)
            found += addresses[:1]
            waiting = 6 if addresses else waiting - 1
    return found


def _plausible(candidates: list[str], own: set[str]) -> list[str]:
    kept = []
    for address in candidates:
        address = re.sub(r"^smtp[:=]", "", address.partition("..")[0], flags=re.IGNORECASE).strip("<>.,;:'\"()[]")
        lower = address.lower()
        if (
            "@" in address
            and lower not in own
            and not lower.startswith(("postmaster@", "mailer-daemon@", "abuse@", "help@", "support@"))
        ):
            kept.append(address)
    return _unique(kept)


def _unique(addresses: list[str]) -> list[str]:
    seen: dict[str, str] = {}
    for address in addresses:
        seen.setdefault(address.lower(), address)
    return list(seen.values())[:_MOST_RECIPIENTS]
