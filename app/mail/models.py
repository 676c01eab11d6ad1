"""Tables of outgoing mail."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import DateTime, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model


class MailTemplate(StrEnum):
    """What a mail says; each has a text in templates/mail/."""

    ROUTED = "routed"
    REPLY = "reply"


class Mail(Model):
    """One mail to a requester. Who it goes to is sealed on the ticket; its text is made when sent.

    The unique constraint is what makes a promise of the same mail twice a promise once.
    """

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("ticket_id", "template", "message_id", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    template: Mapped[MailTemplate] = mapped_column(String(32))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
