"""Tables of tips. What stays readable: queue, decision without words, a day, a state."""

from datetime import date
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.routing.models import DecisionRecord
from app.vault.models import SealedRecord


class TipState(StrEnum):
    """Where a tip stands."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    IN_REVIEW = "in review"
    NEEDS_SOURCE = "needs source"
    CLOSED = "closed"


class Tip(Model):
    """A confidential report.

    `content` is sealed to the router, then to the desk; `identity` to the custodians from the
    first moment. `lookup_id` and the wrapped mailbox key belong to the source's receipt. The
    key is random and no time is kept, so rows tell no order within a day.
    """

    __tablename__ = "tip"
    __table_args__ = (Index(None, "queue_code", "received_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    submission_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    received_on: Mapped[date]
    state: Mapped[TipState] = mapped_column(String(16), default=TipState.RECEIVED)
    queue_code: Mapped[str | None] = mapped_column(ForeignKey("queue.code"))
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("decision.id"), unique=True)
    content_id: Mapped[UUID] = mapped_column(ForeignKey("sealed_record.id"), unique=True)
    identity_id: Mapped[UUID | None] = mapped_column(ForeignKey("sealed_record.id"), unique=True)
    lookup_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    mailbox_public_key: Mapped[bytes] = mapped_column(LargeBinary)
    mailbox_wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)

    content: Mapped[SealedRecord] = relationship(foreign_keys=[content_id])
    identity: Mapped[SealedRecord | None] = relationship(foreign_keys=[identity_id])
    decision: Mapped[DecisionRecord | None] = relationship()


class TipAddition(Model):
    """What a source added later; sealed like the tip."""

    __tablename__ = "tip_addition"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tip_id: Mapped[UUID] = mapped_column(ForeignKey("tip.id", ondelete="CASCADE"), index=True)
    submission_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    added_on: Mapped[date]
    content_id: Mapped[UUID] = mapped_column(ForeignKey("sealed_record.id"), unique=True)

    content: Mapped[SealedRecord] = relationship()
