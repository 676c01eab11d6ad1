"""Ways for a mail to leave: an SMTP server, or a folder in development."""

import logging
import os
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from config import Settings

log = logging.getLogger(__name__)
TIMEOUT = 15


class MailRefusedError(Exception):
    """The server refused the mail. The message holds no address."""


class Transport(Protocol):
    """Anything that takes a mail."""

    def send(self, message: EmailMessage) -> None:
        """Hand the mail over, or raise."""


class FolderTransport:
    """Writes each mail as NAME.eml. The name is the mail's id: sent twice, it is there once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write the file whole or not at all."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").split("@")[0]
        draft = self._folder / f".{name}.{os.getpid()}"
        draft.write_bytes(message.as_bytes(policy=SMTP))
        draft.replace(self._folder / f"{name}.eml")


class SmtpTransport:
    """Sends by SMTP (RFC 5321). URL: smtp://, smtp://…?starttls=1 or smtps://, user:password@."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "smtps"
        self._starttls = "starttls" in parse_qs(parts.query)
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or (465 if self._secure else 587 if self._starttls else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")

    def connect(self) -> smtplib.SMTP:
        """A session that is ready to send."""
        context = ssl.create_default_context()
        if self._secure:
            session: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT, context=context
            )
        else:
            session = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
        if self._starttls:
            session.starttls(context=context)
        if self._user:
            session.login(self._user, self._password)
        return session

    def send(self, message: EmailMessage) -> None:
        """Send; raise MailRefusedError without the server's words, which quote the address."""
        sender, recipient = parseaddr(message["From"])[1], parseaddr(message["To"])[1]
        try:
            with self.connect() as session:
                session.send_message(message, sender, [recipient])
        except smtplib.SMTPRecipientsRefused:
            raise MailRefusedError("recipient refused") from None
        except smtplib.SMTPResponseException as error:
            raise MailRefusedError(f"SMTP {error.smtp_code}") from None


def transport_for(settings: Settings) -> Transport:
    """SMTP where SMTP_URL is set, otherwise the folder instance/outbox."""
    if url := settings.smtp_url.get_secret_value():
        return SmtpTransport(url)
    return FolderTransport(settings.outbox_dir)
