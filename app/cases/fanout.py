"""One answer for everybody with the same problem: to each ticket, and into each mailbox.

A mailbox needs its public key only, so a worker leaves the answer there without opening a tip.
"""

from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from flask_babel import gettext

from app.core import clock
from app.core.identifiers import submission_hash
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.problems import queries as problems
from app.problems.models import Problem, ProblemState
from app.problems.service import promise_answers
from app.tickets import known_problems
from app.tickets import service as tickets
from app.tips import queries as tips
from app.tips.models import Tip, TipMessage, TipMessageKind, TipState
from app.vault import service as vault

_ANSWERING = (ProblemState.CONFIRMED, ProblemState.SOLVED)


def fan_out(problem_id: int) -> None:
    """Promise a problem's answer to each member that has not got it yet."""
    with unit_of_work():
        problem = problems.find_for_update(problem_id)
        if problem is None or problem.state not in _ANSWERING:
            return
        for discreet in (False, True):
            waiting = [
                member.decision_id
                for member in problems.list_members(problem_id)
                if member.discreet == discreet and member.answer_number < problem.answer_number
            ]
            promise_answers(waiting, discreet=discreet)


def answer_ticket(decision_id: UUID) -> None:
    """Send the answer to one ticket's page and, once, by mail."""
    with unit_of_work():
        ticket = known_problems.get_ticket_of_decision_for_update(decision_id)
        problem = _mark_answered(decision_id)
        if problem and problem.answer:
            tickets.answer_for_problem(
                problem.answered_by_id,
                ticket.id,
                _submission(problem, decision_id),
                problem.answer,
                solves=problem.answer_solves,
            )


def answer_tip(decision_id: UUID) -> None:
    """Seal the answer for one source and the tip's readers, unless one of them has left.

    It keeps no promise to the source: the desk has not answered the tip by it.
    """
    with unit_of_work():
        tip = tips.get_tip_of_decision_for_update(decision_id)
        problem = _mark_answered(decision_id)
        if problem and problem.answer and tip.state != TipState.CLOSED:
            _leave_in_mailbox(tip, problem, _submission(problem, decision_id))


def _mark_answered(decision_id: UUID) -> Problem | None:
    """The problem whose answer a member still has to get, which it has got from now on."""
    member = problems.find_member_for_update(decision_id)
    problem = db.session.get(Problem, member.problem_id) if member else None
    if member is None or problem is None or problem.state not in _ANSWERING:
        return None
    if member.answer_number >= problem.answer_number:
        return None
    member.answer_number = problem.answer_number
    return problem


def _submission(problem: Problem, decision_id: UUID) -> UUID:
    """The same for the same answer to the same member: a second message cannot come of it."""
    return uuid5(NAMESPACE_URL, f"problem:{problem.id}:{problem.answer_number}:{decision_id}")


def _leave_in_mailbox(tip: Tip, problem: Problem, submission: UUID) -> None:
    hashed = submission_hash(submission)
    if tip.source_has_left or tips.find_message_by_submission(hashed):
        return
    preface = gettext(
        "This answer goes to everybody who told of the same problem. Whoever wrote it has not "
        "read your tip and does not know of it."
    )
    document = {"text": f"{preface}\n\n{problem.answer}"}
    db.session.add(
        TipMessage(
            id=uuid4(),
            tip_id=tip.id,
            position=tips.next_position(tip),
            submission_hash=hashed,
            kind=TipMessageKind.REPLY,
            written_on=clock.today(),
            author_id=problem.answered_by_id,
            content=vault.seal_like(tip.content, "tip-message", document, tip.mailbox),
        )
    )
