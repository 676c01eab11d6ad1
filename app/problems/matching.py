"""Which decisions belong together: the same wrong way, the same task, within one season. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.problems.models import Problem, ProblemState
from app.routing.model import Decision, Verdict
from app.routing.models import DecisionRecord, ReferralRecord

WINDOW = timedelta(days=90)
"""A report belongs to a problem whose last (or first) report is at most this far away."""

LEAST_REPORTS = 3
"""So many make a problem that a lead is asked about: two may be chance."""

JOINABLE = (
    ProblemState.CONFIRMED,
    ProblemState.PROPOSED,
    ProblemState.GATHERING,
    ProblemState.MERGED,
    ProblemState.DISMISSED,
)
"""States in which a problem takes in reports by itself, the likeliest first.

A merged one hands them on. A dismissed one takes them in silence, so that what a lead has
dismissed is not proposed again as long as reports go on. A solved one takes none: whatever
comes after is a problem of its own.
"""


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One hop as registry codes: who sent people, from where, to where; "" where nobody said."""

    told_by: str
    from_system: str
    to_system: str
    to_agency: str


def edges_of(decision: DecisionRecord) -> tuple[Edge, ...]:
    """The hops of a decision that make problems: wrong ones, otherwise those of a loop."""
    wrong = [hop for hop in decision.referrals if hop.verdict == Verdict.MISDIRECTED]
    hops = wrong or (decision.referrals if decision.loop else ())
    return tuple(dict.fromkeys(edge_of_hop(hop) for hop in hops))


def edge_of_hop(hop: ReferralRecord) -> Edge:
    """A hop of a decision. Its agency counts only where no system is named."""
    agency = "" if hop.to_system_code else hop.to_agency_code or ""
    return Edge(
        told_by=hop.told_by_code or "",
        from_system=hop.from_system_code or "",
        to_system=hop.to_system_code or "",
        to_agency=agency,
    )


def edge_of(problem: Problem) -> Edge:
    """The hop that a problem is about."""
    return Edge(
        told_by=problem.told_by_code or "",
        from_system=problem.from_system_code or "",
        to_system=problem.to_system_code or "",
        to_agency=problem.to_agency_code or "",
    )


def is_worth_matching(decision: Decision) -> bool:
    """True when a decision can belong to a problem at all."""
    verdicts = (hop.verdict for hop in decision.referrals)
    return decision.problem is not None or decision.loop or Verdict.MISDIRECTED in verdicts


def choose(
    candidates: Iterable[Problem], edges: Collection[Edge], tasks: Sequence[str], day: date
) -> Problem | None:
    """The problem that a report of the day belongs to; None when it is the first of its kind."""
    fitting = [
        problem
        for problem in candidates
        if problem.state in JOINABLE
        and edge_of(problem) in edges
        and (problem.task_code in tasks or (problem.task_code is None and not tasks))
        and problem.first_on - WINDOW <= day <= problem.last_on + WINDOW
    ]
    return min(fitting, key=_order, default=None)


def _order(problem: Problem) -> tuple[int, int, int]:
    return JOINABLE.index(problem.state), -problem.last_on.toordinal(), problem.id
