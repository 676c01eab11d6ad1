"""Tables of the router: decisions and the referrals they found."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model


class DecisionRecord(Model):
    """What the router decided for one issue, and why.

    `reasons` and `answers` are JSON lists (see app/routing/model.py). For a tip they hold no
    word of its text, and only the day is kept.
    """

    __tablename__ = "decision"

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
    referrals: Mapped[list["ReferralRecord"]] = relationship(
        cascade="all, delete-orphan", order_by="ReferralRecord.position"
    )


class ReferralRecord(Model):
    """One hop: who sent the reporter from where to where, and whether that was right."""

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
    proof: Mapped[dict[str, Any]] = mapped_column(JSONB)
