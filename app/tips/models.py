"""Tables of tips. What stays readable: queue, decision without words, days, a state."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Model
from app.files.models import File
from app.routing.models import DecisionRecord
from app.vault.models import SealedRecord, SealingKey


class TipState(StrEnum):
    """Where a tip stands."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    IN_REVIEW = "in review"
    NEEDS_SOURCE = "needs source"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a tip was closed."""

    SUBSTANTIATED = "substantiated"
    UNSUBSTANTIATED = "unsubstantiated"
    REFERRED = "referred"
    DUPLICATE = "duplicate"


class Tip(Model):
    """A confidential report.

    `content` is sealed to the router, then to the desk; `identity` to the custodians from the
    first moment. `lookup_id` and the wrapped mailbox key belong to the source's receipt. The
    key is random and no time is kept, so rows tell no order within a day. `proof` is the
    signed statement that the tip was received. Tips of one text have the same `likeness`, a
    keyed hash, so that a flood of copies shows as one.
    """

    __tablename__ = "tip"
    __table_args__ = (Index(None, "queue_code", "received_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    version: Mapped[int] = mapped_column(default=1)
    submission_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    received_on: Mapped[date]
    acknowledged_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    state: Mapped[TipState] = mapped_column(String(16), default=TipState.RECEIVED)
    outcome: Mapped[Outcome | None] = mapped_column(String(16))
    legal_hold: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    queue_code: Mapped[str | None] = mapped_column(ForeignKey("queue.code"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("decision.id"), unique=True)
    content_id: Mapped[UUID] = mapped_column(ForeignKey("sealed_record.id"), unique=True)
    identity_id: Mapped[UUID | None] = mapped_column(ForeignKey("sealed_record.id"), unique=True)
    lookup_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    mailbox_id: Mapped[UUID] = mapped_column(ForeignKey("sealing_key.id"), unique=True)
    mailbox_wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    proof: Mapped[str | None]
    likeness: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)

    content: Mapped[SealedRecord] = relationship(foreign_keys=[content_id])
    identity: Mapped[SealedRecord | None] = relationship(foreign_keys=[identity_id])
    mailbox: Mapped[SealingKey] = relationship()
    decision: Mapped[DecisionRecord | None] = relationship()
    assignee: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def number(self) -> str:
        """What staff call it: the first letters of its random id."""
        return f"T-{self.id.hex[:8]}"

    @property
    def source_has_left(self) -> bool:
        """True when the source deleted the conversation and a legal hold alone keeps the tip."""
        return not self.mailbox_wrapped_key


class TipMessageKind(StrEnum):
    """Who wrote it, and for whom."""

    SOURCE = "source"
    REPLY = "reply"
    NOTE = "note"


class TipMessage(Model):
    """A message of the mailbox or a note of staff, sealed. `position` orders them in a tip.

    A reply is sealed to the source's mailbox too, until the source deletes it there.
    """

    __tablename__ = "tip_message"
    __table_args__ = (UniqueConstraint("tip_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tip_id: Mapped[UUID] = mapped_column(ForeignKey("tip.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    submission_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    kind: Mapped[TipMessageKind] = mapped_column(String(16))
    written_on: Mapped[date]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    content_id: Mapped[UUID] = mapped_column(ForeignKey("sealed_record.id"), unique=True)

    content: Mapped[SealedRecord] = relationship()
    author: Mapped[User | None] = relationship()


class TipFile(Model):
    """A file of a tip: sealed bytes in `file`; its key, name and size in `content`.

    `cleaned` is a copy without what tells about its maker, made by the worker.
    """

    __tablename__ = "tip_file"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tip_id: Mapped[UUID] = mapped_column(ForeignKey("tip.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("file.id"), unique=True)
    cleaned_id: Mapped[UUID | None] = mapped_column(ForeignKey("file.id"), unique=True)
    content_id: Mapped[UUID] = mapped_column(ForeignKey("sealed_record.id"), unique=True)
    inspected: Mapped[bool] = mapped_column(default=False)

    file: Mapped[File] = relationship(foreign_keys=[file_id])
    cleaned: Mapped[File | None] = relationship(foreign_keys=[cleaned_id])
    content: Mapped[SealedRecord] = relationship()


class RequestState(StrEnum):
    """What became of an agent's request for an identity."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


class IdentityRequest(Model):
    """An agent asks who the source is. Approved, the identity is sealed to that agent for a time.

    `reason` is sealed to the custodians and to the tip's desk.
    """

    __tablename__ = "identity_request"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tip_id: Mapped[UUID] = mapped_column(ForeignKey("tip.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    reason_id: Mapped[UUID] = mapped_column(ForeignKey("sealed_record.id"), unique=True)
    state: Mapped[RequestState] = mapped_column(String(16), default=RequestState.ASKED)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    tip: Mapped[Tip] = relationship()
    agent: Mapped[User] = relationship(foreign_keys=[agent_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    reason: Mapped[SealedRecord] = relationship()


class Tombstone(Model):
    """A tip that was destroyed: SHA-256 of its id, and the day. No other word of it is left."""

    __tablename__ = "tombstone"

    id_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    destroyed_on: Mapped[date]


class Destruction(Model):
    """One line of the destruction report: how much went on a day, from which queue, and why."""

    __tablename__ = "destruction"
    __table_args__ = (UniqueConstraint("destroyed_on", "queue_code", "cause"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    destroyed_on: Mapped[date]
    queue_code: Mapped[str] = mapped_column(String(64))
    cause: Mapped[str] = mapped_column(String(16))
    tips: Mapped[int] = mapped_column(default=0)
    messages: Mapped[int] = mapped_column(default=0)
    files: Mapped[int] = mapped_column(default=0)
