"""Reads of known problems. They know decisions only."""

from collections.abc import Collection
from dataclasses import astuple
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, load_only, selectinload

from app.core.errors import NotFoundError
from app.extensions import db
from app.problems.matching import JOINABLE, WINDOW, Edge
from app.problems.models import Problem, ProblemMember, ProblemState
from app.problems.policy import OPEN, SHOWN, Counts
from app.routing.models import DecisionRecord, ReferralRecord

MOST_LISTED = 200
_NEEDED = ("decided_on", "tasks", "loop", "problem_id")
"""Of a decision, to match it: reasons and marks are the larger part of one."""


def get_problem(problem_id: int) -> Problem:
    """A problem that has a page; raise NotFoundError when there is none."""
    problem = db.session.get(Problem, problem_id)
    if problem is None or problem.state not in SHOWN:
        raise NotFoundError("There is no such problem.")
    return problem


def find_for_update(problem_id: int) -> Problem | None:
    """A problem as it is now, locked until the unit of work ends; None when it is gone."""
    query = select(Problem).filter_by(id=problem_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def find_member(decision_id: UUID) -> ProblemMember | None:
    """The membership of a decision."""
    return db.session.scalar(
        select(ProblemMember)
        .filter_by(decision_id=decision_id)
        .options(joinedload(ProblemMember.problem))
    )


def find_member_for_update(decision_id: UUID) -> ProblemMember | None:
    """The membership of a decision as it is now, locked until the unit of work ends."""
    query = select(ProblemMember).filter_by(decision_id=decision_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def find_of(decision_id: UUID | None) -> Problem | None:
    """The problem that a decision belongs to, once it is more than a guess."""
    member = find_member(decision_id) if decision_id else None
    return member.problem if member and member.problem.state in SHOWN else None


def list_members(problem_id: int) -> list[ProblemMember]:
    """Every membership of a problem."""
    return list(db.session.scalars(select(ProblemMember).filter_by(problem_id=problem_id)))


def list_unmatched(decision_ids: Collection[UUID]) -> list[DecisionRecord]:
    """Those of the decisions that belong to no problem yet, with their hops."""
    known = select(ProblemMember.decision_id).where(ProblemMember.decision_id.in_(decision_ids))
    query = select(DecisionRecord).where(
        DecisionRecord.id.in_(decision_ids), DecisionRecord.id.not_in(known)
    )
    needed = load_only(*(getattr(DecisionRecord, name) for name in _NEEDED))
    hops = selectinload(DecisionRecord.referrals).defer(ReferralRecord.proof)
    return list(db.session.scalars(query.options(needed, hops)))


def list_candidates_for_update(edges: Collection[Edge], first: date, last: date) -> list[Problem]:
    """Problems of these hops near some days that may take in reports; locked, as they are now."""
    query = (
        select(Problem)
        .where(
            or_(*(_is_of(edge) for edge in edges)),
            Problem.state.in_(JOINABLE),
            Problem.last_on >= first - WINDOW,
            Problem.first_on <= last + WINDOW,
        )
        .order_by(Problem.id)
        .with_for_update()
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _is_of(edge: Edge) -> ColumnElement[bool]:
    return and_(
        Problem.told_by_code.is_not_distinct_from(edge.told_by or None),
        Problem.from_system_code.is_not_distinct_from(edge.from_system or None),
        Problem.to_system_code.is_not_distinct_from(edge.to_system or None),
        Problem.to_agency_code.is_not_distinct_from(edge.to_agency or None),
    )


def lock_edge(edge: Edge) -> None:
    """Let one act at a time look for the problem of a hop, until the unit of work ends."""
    name = "\x1f".join(astuple(edge))
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def list_open() -> list[Problem]:
    """Problems that tickets can be linked to, by their title."""
    query = select(Problem).where(Problem.state.in_(OPEN)).order_by(Problem.title, Problem.id)
    return list(db.session.scalars(query.limit(MOST_LISTED)))


def list_problems(states: Collection[ProblemState]) -> list[Problem]:
    """Problems in these states, proposed ones first, then the newest.

    Not by their last report: what moves up a list tells that a tip came.
    """
    query = (
        select(Problem)
        .where(Problem.state.in_(states))
        .order_by(Problem.state != ProblemState.PROPOSED, Problem.id.desc())
    )
    return list(db.session.scalars(query.limit(MOST_LISTED)))


def list_gathering() -> list[int]:
    """Problems that no page shows yet."""
    query = select(Problem.id).filter_by(state=ProblemState.GATHERING).order_by(Problem.id)
    return list(db.session.scalars(query))


def count_reports(problem_ids: Collection[int]) -> dict[int, Counts]:
    """How many tickets and tips share each problem."""
    tickets = func.count().filter(ProblemMember.discreet.is_(False))
    tips = func.count().filter(ProblemMember.discreet)
    rows = db.session.execute(
        select(ProblemMember.problem_id, tickets, tips)
        .where(ProblemMember.problem_id.in_(problem_ids))
        .group_by(ProblemMember.problem_id)
    )
    counted = {problem_id: Counts(tickets, tips) for problem_id, tickets, tips in rows}
    return {problem_id: counted.get(problem_id, Counts()) for problem_id in problem_ids}


def count_tickets_by_week(problem: Problem) -> list[tuple[date, int]]:
    """How many tickets came in each week that had some; by the week's Monday, oldest first."""
    week = func.date_trunc("week", DecisionRecord.decided_on)
    rows = db.session.execute(
        select(week, func.count())
        .select_from(ProblemMember)
        .join(ProblemMember.decision)
        .where(ProblemMember.problem_id == problem.id, ProblemMember.discreet.is_(False))
        .group_by(week)
        .order_by(week)
    )
    return [(monday.date(), count) for monday, count in rows]


def find_days(problem: Problem, *, tips: bool) -> tuple[date, date] | None:
    """The first and the last day of a problem's tickets, or of its tips too; None without any."""
    query = (
        select(func.min(DecisionRecord.decided_on), func.max(DecisionRecord.decided_on))
        .join(ProblemMember, ProblemMember.decision_id == DecisionRecord.id)
        .where(ProblemMember.problem_id == problem.id)
    )
    if not tips:
        query = query.where(ProblemMember.discreet.is_(False))
    row = db.session.execute(query).one()
    return (row[0], row[1]) if any(row) else None


def find_example(problem: Problem) -> ProblemMember | None:
    """A membership whose decision shows the problem's hop: of a ticket, where there is one."""
    return db.session.scalar(
        select(ProblemMember)
        .join(ProblemMember.decision)
        .where(ProblemMember.problem_id == problem.id)
        .order_by(ProblemMember.discreet, DecisionRecord.decided_on.desc(), DecisionRecord.id)
        .options(contains_eager(ProblemMember.decision))
        .limit(1)
    )
