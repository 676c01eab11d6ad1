"""Reads of the known problems that tickets belong to."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select

from app.core.errors import NotFoundError
from app.extensions import db
from app.problems import queries as problems
from app.problems.models import Problem, ProblemMember, ProblemState
from app.problems.policy import in_fives, told_others
from app.tickets import queries
from app.tickets.models import Ticket
from app.tickets.workflow import UNFINISHED

_TOLD = (ProblemState.CONFIRMED, ProblemState.SOLVED)
MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class KnownProblem:
    """A problem as a requester is told of it. `others` is None where they are too few."""

    problem: Problem
    others: int | None

    @property
    def is_solved(self) -> bool:
        """True when a lead has called it solved."""
        return self.problem.state == ProblemState.SOLVED


def find_told(ticket: Ticket) -> KnownProblem | None:
    """The confirmed problem of a ticket, when there is something to tell of it."""
    problem = problems.find_of(ticket.decision_id)
    if problem is None or problem.state not in _TOLD:
        return None
    others = told_others(_count_others(ticket, problem))
    return KnownProblem(problem, others) if others or problem.answer else None


def _count_others(ticket: Ticket, problem: Problem) -> int:
    """Other requesters, each mail address once, and tips in fives."""
    requester = func.coalesce(Ticket.mail_index, func.int8send(Ticket.id))
    others = _of(problem).where(
        Ticket.id != ticket.id, Ticket.mail_index.is_distinct_from(ticket.mail_index)
    )
    tickets = db.session.scalar(others.with_only_columns(func.count(requester.distinct())))
    counts = problems.count_reports([problem.id])[problem.id]
    return (tickets or 0) + in_fives(counts.tips)


def _of(problem: Problem) -> Select[Ticket]:
    return (
        select(Ticket)
        .join(ProblemMember, ProblemMember.decision_id == Ticket.decision_id)
        .where(ProblemMember.problem_id == problem.id)
    )


def get_ticket_of_decision_for_update(decision_id: UUID) -> Ticket:
    """The ticket of a decision, locked until the unit of work ends; NotFoundError when none is."""
    ticket_id = db.session.scalar(select(Ticket.id).filter_by(decision_id=decision_id))
    if ticket_id is None:
        raise NotFoundError("There is no such ticket.")
    return queries.get_ticket_for_update(ticket_id)


def list_tickets(problem: Problem, queues: Collection[str]) -> list[Ticket]:
    """The tickets of a problem that are in these queues, newest first."""
    query = _of(problem).where(Ticket.queue_code.in_(queues))
    return list(db.session.scalars(query.order_by(Ticket.id.desc()).limit(MOST_LISTED)))


def list_queues(problem: Problem) -> set[str]:
    """The queues that have tickets of a problem."""
    codes = db.session.scalars(_of(problem).with_only_columns(Ticket.queue_code).distinct())
    return {code for code in codes if code is not None}


def count_unfinished(problem: Problem) -> int:
    """Open tickets of a problem, which its next answer will reach."""
    query = _of(problem).where(Ticket.state.in_(UNFINISHED))
    return db.session.scalar(query.with_only_columns(func.count())) or 0
