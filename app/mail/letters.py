"""What every mail of ours has in common."""

from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit
from uuid import UUID

from app.core import clock
from config import Settings


def write(settings: Settings, to: str, subject: str, mail_id: UUID, text: str) -> EmailMessage:
    """A mail with its headers; the id makes its Message-ID, by which copies are recognised."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, to, subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{mail_id}@{urlsplit(settings.public_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation answers, please
    message.set_content(text)
    return message
