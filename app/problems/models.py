"""Tables of known problems: what many tickets and tips have in common."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Identity, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Model
from app.routing.models import DecisionRecord


class ProblemState(StrEnum):
    """Where a problem stands.

    `gathering`: too few share it yet, and no page shows it. The router proposes it; a lead
    confirms, dismisses, merges or solves it.
    """

    GATHERING = "gathering"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    MERGED = "merged"
    SOLVED = "solved"


class Problem(Model):
    """Tickets and tips with the same referral edge and task within one time window.

    It knows decisions, not tickets and tips: those stay strangers to each other. `answer` is
    what every requester and source of it is told, the `answer_number`-th since it began;
    `answer_solves`: the tickets that get it are solved. A merged one leads to another.
    """

    __tablename__ = "problem"
    __table_args__ = (Index(None, "task_code", "told_by_code", "to_system_code", "last_on"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    state: Mapped[ProblemState] = mapped_column(String(16), default=ProblemState.GATHERING)
    title: Mapped[str] = mapped_column(String(200))
    task_code: Mapped[str | None] = mapped_column(String(64))
    told_by_code: Mapped[str | None] = mapped_column(String(64))
    from_system_code: Mapped[str | None] = mapped_column(String(64))
    to_system_code: Mapped[str | None] = mapped_column(String(64))
    to_agency_code: Mapped[str | None] = mapped_column(String(64))
    first_on: Mapped[date]
    last_on: Mapped[date]
    proposed_on: Mapped[date | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("problem.id"), index=True)
    solved_on: Mapped[date | None]
    answer: Mapped[str | None] = mapped_column(Text)
    answer_number: Mapped[int] = mapped_column(default=0, server_default="0")
    answer_solves: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    version: Mapped[int] = mapped_column(default=1)

    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])

    __mapper_args__ = {"version_id_col": version}


class ProblemMember(Model):
    """One decision that belongs to a problem.

    `discreet`: of a tip, so no page counts it by itself. `answer_number`: the last of the
    problem's answers that it was given. A number, not a time: for a tip that would tell when
    its source was here.
    """

    __tablename__ = "problem_member"

    problem_id: Mapped[int] = mapped_column(
        ForeignKey("problem.id", ondelete="CASCADE"), primary_key=True
    )
    decision_id: Mapped[UUID] = mapped_column(
        ForeignKey("decision.id", ondelete="CASCADE"), primary_key=True, unique=True
    )
    discreet: Mapped[bool]
    answer_number: Mapped[int] = mapped_column(default=0, server_default="0")

    problem: Mapped[Problem] = relationship()
    decision: Mapped[DecisionRecord] = relationship()
