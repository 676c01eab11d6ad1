"""Tables of known problems: what many tickets and tips have in common."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Identity, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Model
from app.routing.models import DecisionRecord


class ProblemState(StrEnum):
    """Where a problem stands: found by the router, confirmed or dismissed by a lead, solved."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    SOLVED = "solved"


class Problem(Model):
    """Tickets and tips with the same referral edge and task within one time window.

    It knows decisions, not tickets and tips: those stay strangers to each other. `answer` is
    what every requester and source of it is told.
    """

    __tablename__ = "problem"
    __table_args__ = (Index(None, "task_code", "told_by_code", "to_system_code", "last_on"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    state: Mapped[ProblemState] = mapped_column(String(16), default=ProblemState.PROPOSED)
    title: Mapped[str] = mapped_column(String(200))
    task_code: Mapped[str | None] = mapped_column(String(64))
    told_by_code: Mapped[str | None] = mapped_column(String(64))
    from_system_code: Mapped[str | None] = mapped_column(String(64))
    to_system_code: Mapped[str | None] = mapped_column(String(64))
    to_agency_code: Mapped[str | None] = mapped_column(String(64))
    first_on: Mapped[date]
    last_on: Mapped[date]
    proposed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(default=1)

    confirmed_by: Mapped[User | None] = relationship()
    members: Mapped[list["ProblemMember"]] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}


class ProblemMember(Model):
    """One decision, of a ticket or a tip, that belongs to a problem."""

    __tablename__ = "problem_member"

    problem_id: Mapped[int] = mapped_column(
        ForeignKey("problem.id", ondelete="CASCADE"), primary_key=True
    )
    decision_id: Mapped[UUID] = mapped_column(
        ForeignKey("decision.id", ondelete="CASCADE"), primary_key=True, unique=True
    )
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    decision: Mapped[DecisionRecord] = relationship()
