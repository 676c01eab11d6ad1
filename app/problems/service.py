"""Find the problem that a decision belongs to. What leads do with one is in app/cases."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.audit import service as audit
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.outbox import service as outbox
from app.problems import matching, queries, wording
from app.problems.models import Problem, ProblemMember, ProblemState
from app.problems.policy import OPEN, is_proposed
from app.routing.model import Decision
from app.routing.models import DecisionRecord

_TAKING_IN = (*OPEN, ProblemState.GATHERING, ProblemState.DISMISSED)
_FORGOTTEN_WHEN_EMPTY = (ProblemState.GATHERING, ProblemState.PROPOSED)


def promise_matches(decisions: Mapping[UUID, Decision]) -> None:
    """Promise to look for the problems of tickets' decisions, kept under these ids."""
    worth = [key for key, decision in decisions.items() if matching.is_worth_matching(decision)]
    outbox.promise_all("problems.match", [{"decision_id": str(key)} for key in worth])


def match(decision_id: UUID, *, discreet: bool) -> None:
    """Put a decision to its problem, or begin one; done already or gone, do nothing."""
    match_all([decision_id], discreet=discreet)


def match_all(decision_ids: Collection[UUID], *, discreet: bool) -> None:
    """Put decisions to the problems that they belong to; what is done already stays as it is.

    The problem that a rule names comes first, then one of the same hop and task.
    """
    with unit_of_work():
        decisions = queries.list_unmatched(decision_ids)
        edges = sorted({edge for decision in decisions for edge in matching.edges_of(decision)})
        for edge in edges:
            queries.lock_edge(edge)
        days = [decision.decided_on for decision in decisions]
        known = queries.list_candidates_for_update(edges, min(days), max(days)) if edges else []
        members: dict[Problem, list[DecisionRecord]] = {}
        for decision in decisions:
            problem = _named_by_rule(decision) or _of_same_hop(decision, known)
            if problem:
                members.setdefault(problem, []).append(decision)
        for problem, joining in members.items():
            join(problem, joining, discreet=discreet)


def _named_by_rule(decision: DecisionRecord) -> Problem | None:
    problem = queries.find_for_update(decision.problem_id) if decision.problem_id else None
    problem = _follow(problem, decision.decided_on) if problem else None
    return problem if problem and problem.state in OPEN else None


def _of_same_hop(decision: DecisionRecord, known: list[Problem]) -> Problem | None:
    """The problem of a decision's hop: one that is known, otherwise a new one, known from now."""
    edges = matching.edges_of(decision)
    if not edges:
        return None
    found = matching.choose(known, edges, decision.tasks, decision.decided_on)
    found = _follow(found, decision.decided_on) if found else None
    if found is None or found.state not in _TAKING_IN:
        found = _begin(edges[0], decision)
        known.append(found)
    return found


def _follow(problem: Problem, day: date) -> Problem:
    """The problem that one was merged into, locked; itself if it was not."""
    while problem.merged_into_id is not None:
        _reach(problem.id, day, day)
        target = queries.find_for_update(problem.merged_into_id)
        if target is None:
            break
        problem = target
    return problem


def _begin(edge: matching.Edge, decision: DecisionRecord) -> Problem:
    task = decision.tasks[0] if decision.tasks else None
    problem = Problem(
        title=wording.title(edge, task),
        task_code=task,
        told_by_code=edge.told_by or None,
        from_system_code=edge.from_system or None,
        to_system_code=edge.to_system or None,
        to_agency_code=edge.to_agency or None,
        first_on=decision.decided_on,
        last_on=decision.decided_on,
        state=ProblemState.GATHERING,
    )
    db.session.add(problem)
    db.session.flush()
    return problem


def join(problem: Problem, decisions: Collection[DecisionRecord], *, discreet: bool) -> None:
    """Make decisions members of a problem, which the caller has locked; twice changes nothing."""
    rows = [
        {"problem_id": problem.id, "decision_id": decision.id, "discreet": discreet}
        for decision in decisions
    ]
    added = db.session.scalars(
        insert(ProblemMember)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["decision_id"])
        .returning(ProblemMember.decision_id)
    ).all()
    days = [decision.decided_on for decision in decisions if decision.id in added]
    if not days:
        return
    _reach(problem.id, min(days), max(days))
    if not discreet:
        _propose_if_due(problem)
    if problem.answer_number and problem.state == ProblemState.CONFIRMED:
        promise_answers(added, discreet=discreet)


def _reach(problem_id: int, first: date, last: date) -> None:
    """Stretch a problem's time. The version stays: no lead's page becomes stale by it."""
    db.session.execute(
        update(Problem)
        .where(Problem.id == problem_id)
        .values(
            first_on=func.least(Problem.first_on, first),
            last_on=func.greatest(Problem.last_on, last),
        )
    )


def _propose_if_due(problem: Problem) -> None:
    if problem.state != ProblemState.GATHERING:
        return
    if is_proposed(queries.count_reports([problem.id])[problem.id]):
        problem.state, problem.proposed_on = ProblemState.PROPOSED, clock.today()
        audit.record("problems.propose", "problem", problem.id)


def promise_answers(decision_ids: Collection[UUID], *, discreet: bool) -> None:
    """Promise their problem's answer to tickets' pages and mail, or to tips' mailboxes."""
    topic = "cases.answer_tip" if discreet else "cases.answer_ticket"
    outbox.promise_all(topic, [{"decision_id": str(key)} for key in decision_ids])


def merge(problem: Problem, target: Problem) -> None:
    """Give everything of one problem to another; the caller has locked both."""
    moved = update(ProblemMember).where(ProblemMember.problem_id == problem.id)
    db.session.execute(moved.values(problem_id=target.id, answer_number=0))
    _reach(target.id, problem.first_on, problem.last_on)
    problem.state, problem.merged_into_id = ProblemState.MERGED, target.id
    _propose_if_due(target)


def leave(decision_id: UUID) -> None:
    """Take out a decision; a problem that was nothing but a guess goes with its last one."""
    member = queries.find_member(decision_id)
    problem = queries.find_for_update(member.problem_id) if member else None
    if member is None or problem is None:
        return
    db.session.execute(delete(ProblemMember).filter_by(decision_id=decision_id))
    if days := queries.find_days(problem, tips=True):
        values = {"first_on": days[0], "last_on": days[1]}
        db.session.execute(update(Problem).filter_by(id=problem.id).values(values))
    elif problem.state in _FORGOTTEN_WHEN_EMPTY:
        _forget(problem.id)


def _forget(problem_id: int) -> None:
    for merged in db.session.scalars(select(Problem.id).filter_by(merged_into_id=problem_id)):
        _forget(merged)
    audit.forget("problem", problem_id)
    db.session.execute(delete(Problem).filter_by(id=problem_id))


def tidy() -> None:
    """Propose what tips have made worth it; forget what never became a problem."""
    oldest = clock.today() - matching.WINDOW
    for problem_id in queries.list_gathering():
        with unit_of_work():
            problem = queries.find_for_update(problem_id)
            if problem is None or problem.state != ProblemState.GATHERING:
                continue
            if problem.last_on < oldest:
                _forget(problem.id)
            else:
                _propose_if_due(problem)
