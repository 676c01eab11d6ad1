"""Tables of the router: decisions, the referrals they found, and what it goes by."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import DateTime, ForeignKey, Identity, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Model
from app.routing.model import ChosenBy, Priority


class RuleRevision(Model):
    """One checked state of the whole rule book; the highest id is in force.

    A revision is written whole and never changed, so each earlier one can be put back.
    `author_id` is empty for the book that came with the program.
    """

    __tablename__ = "rule_revision"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    saved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    note: Mapped[str] = mapped_column(String(200))
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)

    author: Mapped[User | None] = relationship()


class LearnedModel(Model):
    """A trained classifier. The newest one that is `in_use` decides where no rule does.

    `figures` are its measures on held-out tickets beside those of the one before; `body` is
    the stored pipeline, empty when it was not kept.
    """

    __tablename__ = "learned_model"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    trained_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    in_use: Mapped[bool]
    examples: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class DecisionRecord(Model):
    """What the router decided for one issue, and why.

    `reasons`, `answers`, `candidates` and `marks` are JSON lists (see app/routing/model.py),
    `priority`, `copies` and `problem_id` what rules asked for. Of a tip they hold no word of
    its text, and only the day is kept.
    """

    __tablename__ = "decision"
    __table_args__ = (Index(None, "decided_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    decided_on: Mapped[date]
    algorithm: Mapped[str] = mapped_column(String(32))
    registry_revision_id: Mapped[int] = mapped_column(ForeignKey("registry_revision.id"))
    queue_code: Mapped[str] = mapped_column(ForeignKey("queue.code"))
    agency_code: Mapped[str | None] = mapped_column(String(64))
    confidence: Mapped[float]
    topics: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    tasks: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    systems: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    certain: Mapped[bool] = mapped_column(server_default=text("true"))
    chosen_by: Mapped[ChosenBy] = mapped_column(String(16), server_default="rule")
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    marks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    language: Mapped[str] = mapped_column(String(8), server_default="en")
    priority: Mapped[Priority] = mapped_column(String(8), server_default="normal")
    copies: Mapped[list[str]] = mapped_column(ARRAY(String(64)), server_default="{}")
    problem_id: Mapped[int | None]
    loop: Mapped[bool] = mapped_column(server_default=text("false"))
    rule_revision_id: Mapped[int | None] = mapped_column(ForeignKey("rule_revision.id"))
    learned_model_id: Mapped[int | None] = mapped_column(ForeignKey("learned_model.id"))
    referrals: Mapped[list["ReferralRecord"]] = relationship(
        cascade="all, delete-orphan", order_by="ReferralRecord.position"
    )


class ReferralRecord(Model):
    """One hop: who sent the reporter from where to where, and whether that was right.

    `happened_on` is the day that the text tells, never kept for a tip.
    """

    __tablename__ = "referral"
    __table_args__ = (Index(None, "from_system_code", "to_system_code"),)

    decision_id: Mapped[UUID] = mapped_column(
        ForeignKey("decision.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    told_by_code: Mapped[str | None] = mapped_column(String(64), index=True)
    from_system_code: Mapped[str | None] = mapped_column(String(64))
    from_agency_code: Mapped[str | None] = mapped_column(String(64))
    to_system_code: Mapped[str | None] = mapped_column(String(64))
    to_agency_code: Mapped[str | None] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(16))
    happened_on: Mapped[date | None]
    proof: Mapped[dict[str, Any]] = mapped_column(JSONB)
