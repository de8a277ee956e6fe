from .incoming import RawMail
from .mailboxes import AfterReading, Mailbox, Security
from .outgoing import OutgoingMail
from .threads import MailIdentity, ReplyToken, new_token

__all__ = ["AfterReading", "MailIdentity", "Mailbox", "OutgoingMail", "RawMail", "ReplyToken", "Security", "new_token"]
