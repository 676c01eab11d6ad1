"""Tables of tickets. A requester's name, mail address and phone are sealed."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Model, db
from app.files.models import File
from app.routing.model import Priority
from app.routing.models import DecisionRecord
from app.vault.models import SealedRecord


class TicketState(StrEnum):
    """Where a ticket stands; workflow.py says what may follow what."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on hold"
    SOLVED = "solved"
    CLOSED = "closed"


class MessageKind(StrEnum):
    """A public message is read by the requester, a note by staff only."""

    PUBLIC = "public"
    NOTE = "note"


message_file = Table(
    "message_file",
    db.Model.metadata,
    Column("message_id", ForeignKey("message.id", ondelete="CASCADE"), primary_key=True),
    Column("file_id", ForeignKey("file.id", ondelete="CASCADE"), primary_key=True),
)


class Ticket(Model):
    """A vendor's issue.

    `contact` (name, mail address, phone) is sealed to the router, then to the desk; `reach`
    (mail address, private link) to the mailer. `link_hash` finds the ticket of a private link.
    `queue_code` is empty until the router has decided. A pinned ticket moves no more, and
    `owner` answers for it. `deflected_at`: when its requester said that the instant answer
    solved it.
    """

    __tablename__ = "ticket"
    __table_args__ = (Index(None, "queue_code", "state", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(start=1001), primary_key=True)
    submission_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    state: Mapped[TicketState] = mapped_column(String(16), default=TicketState.NEW)
    queue_code: Mapped[str | None] = mapped_column(ForeignKey("queue.code"))
    summary: Mapped[str] = mapped_column(String(160))
    company: Mapped[str] = mapped_column(String(200))
    mail_index: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    masked_name: Mapped[str] = mapped_column(String(40))
    task_code: Mapped[str | None] = mapped_column(String(64))
    system_code: Mapped[str | None] = mapped_column(String(64))
    told_by_code: Mapped[str | None] = mapped_column(String(64))
    told_system_code: Mapped[str | None] = mapped_column(String(64))
    link_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("sealed_record.id"), unique=True)
    reach_id: Mapped[UUID] = mapped_column(ForeignKey("sealed_record.id"), unique=True)
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("decision.id"), unique=True)
    priority: Mapped[Priority] = mapped_column(
        String(8), default=Priority.NORMAL, server_default="normal"
    )
    pinned: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    routed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    solved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    deflected_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(default=1)

    contact: Mapped[SealedRecord] = relationship(foreign_keys=[contact_id])
    reach: Mapped[SealedRecord] = relationship(foreign_keys=[reach_id])
    decision: Mapped[DecisionRecord | None] = relationship()
    owner: Mapped[User | None] = relationship()
    moves: Mapped[list["TicketMove"]] = relationship(
        cascade="all, delete-orphan", order_by="TicketMove.id"
    )
    copies: Mapped[list["TicketCopy"]] = relationship(cascade="all, delete-orphan")
    messages: Mapped[list["Message"]] = relationship(order_by="Message.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def number(self) -> str:
        """The number people use: RD-1001."""
        return f"RD-{self.id}"


class MoveReason(StrEnum):
    """Why a ticket is moved to another desk."""

    WRONG_AGENCY = "wrong agency"
    WRONG_SYSTEM = "wrong system"
    DUPLICATE = "duplicate"
    NOT_OURS = "not ours"


class MoveAnswer(StrEnum):
    """What the desk that got a ticket said."""

    ACCEPTED = "accepted"
    RETURNED = "returned"


class TicketMove(Model):
    """A referral inside the house: one desk gives a ticket to another, and says why.

    The other has to accept it or send it back (a move of its own) before `accept_by`.
    """

    __tablename__ = "ticket_move"
    __table_args__ = (
        Index(
            "ix_ticket_move_unanswered",
            "accept_by",
            postgresql_where=text("answer IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    from_queue_code: Mapped[str] = mapped_column(ForeignKey("queue.code"))
    to_queue_code: Mapped[str] = mapped_column(ForeignKey("queue.code"))
    reason: Mapped[MoveReason] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(String(300), default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    moved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    accept_by: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    answer: Mapped[MoveAnswer | None] = mapped_column(String(16))
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reminded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    actor: Mapped[User | None] = relationship()


class TicketCopy(Model):
    """A further queue whose members may read a ticket."""

    __tablename__ = "ticket_copy"

    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True
    )
    queue_code: Mapped[str] = mapped_column(ForeignKey("queue.code"), primary_key=True, index=True)


class Message(Model):
    """One message of a ticket. `author_id` is empty when the requester wrote it."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    submission_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    kind: Mapped[MessageKind] = mapped_column(String(16))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    author: Mapped[User | None] = relationship()
    files: Mapped[list[File]] = relationship(secondary=message_file)
