"""Acts of leads and agents on known problems. Which queues a problem concerns, tickets tell."""

from app.accounts.models import User
from app.accounts.policy import queues_led_by
from app.audit import service as audit
from app.core import clock
from app.core.errors import NotFoundError, RefusedError
from app.core.unit_of_work import unit_of_work
from app.outbox import service as outbox
from app.problems import queries
from app.problems import service as problems
from app.problems.models import Problem, ProblemState
from app.problems.policy import NEXT, OPEN
from app.registry import queries as registry
from app.registry.catalogue import GENERAL_TRIAGE
from app.tickets import known_problems
from app.tickets.access import get_ticket_for

NO_SUCH_PROBLEM = "There is no such problem."
_ACTS = {
    ProblemState.CONFIRMED: "problems.confirm",
    ProblemState.DISMISSED: "problems.dismiss",
    ProblemState.SOLVED: "problems.solve",
}


def list_concerned(problem: Problem) -> set[str]:
    """Queues that have its tickets and the queue of its task; triage where there is none."""
    queues = known_problems.list_queues(problem)
    current = registry.get_current_registry()
    row = current.system_of_record(problem.task_code or "", clock.today())
    if row and row.owner and current.has_desk(row.owner):
        queues.add(row.owner)
    return queues or {GENERAL_TRIAGE}


def may_lead(user: User, problem: Problem) -> bool:
    """True for a lead of a queue that the problem concerns."""
    return bool(queues_led_by(user) & list_concerned(problem))


def get_problem_to_lead(actor: User, problem_id: int) -> Problem:
    """A problem that the actor may act on; for others there is no such act."""
    problem = queries.get_problem(problem_id)
    if not may_lead(actor, problem):
        raise NotFoundError(NO_SUCH_PROBLEM)
    return problem


def _lock_unchanged(actor: User, problem_id: int, version: int) -> Problem:
    """Lock a problem for a change; refuse when someone changed it since the page was made."""
    problem = queries.find_for_update(problem_id)
    if problem is None or not may_lead(actor, problem):
        raise NotFoundError(NO_SUCH_PROBLEM)
    if problem.version != version:
        raise RefusedError(
            "This problem changed while you were working on it. Please look again, then repeat."
        )
    return problem


def change_state(actor: User, problem_id: int, version: int, state: ProblemState) -> None:
    """Confirm, dismiss or solve a problem; RefusedError where that cannot follow."""
    with unit_of_work():
        problem = _lock_unchanged(actor, problem_id, version)
        if state not in NEXT[problem.state]:
            raise RefusedError("A problem cannot go from this state to that one.")
        problem.state = state
        problem.solved_on = clock.today() if state == ProblemState.SOLVED else None
        if state == ProblemState.CONFIRMED:
            problem.confirmed_by_id = actor.id
            if problem.answer_number:
                outbox.promise("cases.fan_out", problem_id=problem.id)
        audit.record(_ACTS[state], "problem", problem.id, actor.id)


def rename(actor: User, problem_id: int, version: int, title: str) -> None:
    """Give a problem a better name; requesters read it once the problem is confirmed."""
    with unit_of_work():
        problem = _lock_unchanged(actor, problem_id, version)
        problem.title = title
        audit.record("problems.rename", "problem", problem.id, actor.id)


def merge(actor: User, problem_id: int, version: int, target_id: int) -> None:
    """Give a problem's tickets and tips to another, with what still comes of the same kind."""
    with unit_of_work():
        if target_id == problem_id:
            raise RefusedError("This is the same problem.")
        for locked in sorted((problem_id, target_id)):
            queries.find_for_update(locked)
        problem = _lock_unchanged(actor, problem_id, version)
        target = queries.get_problem(target_id)
        if not may_lead(actor, target):
            raise RefusedError("Only a lead of both problems can merge them.")
        if problem.state not in OPEN or target.state not in OPEN:
            raise RefusedError("Only problems that are proposed or confirmed can be merged.")
        problems.merge(problem, target)
        audit.record("problems.merge", "problem", problem.id, actor.id, into=target.id)
        audit.record("problems.take_in", "problem", target.id, actor.id, merged=problem.id)
        if target.answer_number and target.state == ProblemState.CONFIRMED:
            outbox.promise("cases.fan_out", problem_id=target.id)


def answer(actor: User, problem_id: int, version: int, text: str, *, solves: bool) -> None:
    """Write what everybody with a confirmed problem is told; `solves` their tickets too."""
    with unit_of_work():
        problem = _lock_unchanged(actor, problem_id, version)
        if problem.state != ProblemState.CONFIRMED:
            raise RefusedError("Only a confirmed problem can be answered.")
        problem.answer, problem.answer_solves = text, solves
        problem.answer_number += 1
        problem.answered_at, problem.answered_by_id = clock.now(), actor.id
        audit.record("problems.answer", "problem", problem.id, actor.id)
        outbox.promise("cases.fan_out", problem_id=problem.id)


def link_ticket(actor: User, ticket_id: int, problem_id: int) -> None:
    """Say that a ticket belongs to an open problem; it leaves the one that it was with."""
    with unit_of_work():
        ticket = get_ticket_for(actor, ticket_id)
        problem = queries.find_for_update(problem_id)
        if problem is None or problem.state not in OPEN or ticket.decision is None:
            raise RefusedError("Please choose a problem that is open.")
        member = queries.find_member(ticket.decision.id)
        if member and member.problem_id == problem.id:
            return
        problems.leave(ticket.decision.id)
        problems.join(problem, [ticket.decision], discreet=False)
        audit.record("tickets.link_problem", "ticket", ticket.id, actor.id, problem=problem.id)


def remove_ticket(actor: User, problem_id: int, ticket_id: int) -> bool:
    """Say that a ticket does not belong to a problem; False when that was all there was of it."""
    with unit_of_work():
        ticket = get_ticket_for(actor, ticket_id)
        problem = get_problem_to_lead(actor, problem_id)
        member = queries.find_member(ticket.decision_id) if ticket.decision_id else None
        if member is None or member.problem_id != problem.id:
            return True
        problems.leave(member.decision_id)
        audit.record("tickets.unlink_problem", "ticket", ticket.id, actor.id, problem=problem.id)
        return queries.find_for_update(problem_id) is not None
