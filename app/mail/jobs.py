"""Effects on mail, carried out from the outbox."""

from uuid import UUID

from app.mail import service


def deliver(mail_id: str) -> None:
    """Send a mail; sent already, it does nothing."""
    service.deliver_mail(UUID(mail_id))
