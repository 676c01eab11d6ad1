"""One answer reaches every ticket and every mailbox, once."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from factories import (
    OTHER_TASK,
    WRONG_WAY,
    find_tip,
    let_a_day_pass,
    make_agent,
    make_lead,
    make_ticket,
    open_vault,
)

from app.accounts import queries as accounts
from app.accounts.models import User
from app.audit.models import AuditEntry
from app.cases import fanout, problems
from app.cases import service as cases
from app.core.errors import NotFoundError, RefusedError
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.mail.models import Mail, MailTemplate
from app.outbox import service as outbox
from app.outbox.models import OutboxItem
from app.problems.models import Problem, ProblemMember, ProblemState
from app.tickets import service as tickets
from app.tickets.models import Message, Ticket, TicketState
from app.tips import mailbox
from app.tips import service as tips
from app.tips.models import Outcome, Tip, TipMessage, TipState
from app.vault import service as vault

ANSWER = "VENDEX is closed. Please file in PASSPort, and show this to whoever sends you back."


@pytest.fixture
def lead(app) -> User:
    return make_lead("mocs")


@pytest.fixture
def problem(lead, carry_out) -> int:
    """A confirmed problem of three tickets."""
    for _ in range(3):
        make_ticket(WRONG_WAY)
    carry_out()
    found = Problem.query.one()
    problems.change_state(_lead(), found.id, found.version, ProblemState.CONFIRMED)
    return found.id


def _lead() -> User:
    return accounts.get_user_by_email("lead@rightdesk.example")


def _answer(problem: int, text: str = ANSWER, *, solves: bool = False) -> None:
    version = db.session.get(Problem, problem).version
    problems.answer(_lead(), problem, version, text, solves=solves)


def _replies() -> list[str]:
    return [mail.template for mail in Mail.query.filter_by(template=MailTemplate.REPLY)]


def _letters(words: str) -> list[str]:
    """The replies that a source reads with the receipt."""
    tip = find_tip(words)
    derived = vault.derive_receipt(words)
    opener = vault.mailbox_opener(tip.mailbox_id, derived, tip.mailbox_wrapped_key)
    return [letter.text or "" for letter in mailbox.list_letters(tip, opener) if letter.is_reply]


@pytest.fixture
def file_tip(carry_out) -> Callable[[], str]:
    def file() -> str:
        words = tips.file_tip(tips.TipFiling(uuid4(), WRONG_WAY))
        carry_out()
        let_a_day_pass()
        carry_out()
        return words

    return file


def test_each_ticket_gets_the_answer_and_one_mail(problem, carry_out) -> None:
    _answer(problem)
    carry_out()
    bodies = [message.body for message in Message.query.filter(Message.author_id.is_not(None))]
    assert bodies == [ANSWER] * 3
    assert len(_replies()) == 3
    assert {ticket.state for ticket in Ticket.query.all()} == {"pending"}
    assert AuditEntry.query.filter_by(act="tickets.problem_answer").count() == 3


def test_an_answer_that_solves_solves_them(problem, carry_out) -> None:
    _answer(problem, solves=True)
    carry_out()
    assert {ticket.state for ticket in Ticket.query.all()} == {"solved"}
    assert all(ticket.solved_at for ticket in Ticket.query.all())


def test_a_finished_ticket_gets_nothing(problem, carry_out) -> None:
    with unit_of_work():
        first, second, _ = Ticket.query.order_by(Ticket.id).all()
        first.state, second.state = TicketState.SOLVED, TicketState.CLOSED
    _answer(problem)
    carry_out()
    assert len(_replies()) == 1


def test_run_twice_changes_nothing_twice(problem, file_tip, carry_out) -> None:
    words = file_tip()
    _answer(problem)
    carry_out()
    before = (Message.query.count(), Mail.query.count(), TipMessage.query.count())
    fanout.fan_out(problem)
    for member in ProblemMember.query.all():
        fanout.answer_ticket(member.decision_id) if not member.discreet else None
        fanout.answer_tip(member.decision_id) if member.discreet else None
    carry_out()
    assert (Message.query.count(), Mail.query.count(), TipMessage.query.count()) == before
    assert len(_letters(words)) == 1


def test_killed_half_way_the_rest_is_still_promised(problem, carry_out) -> None:
    _answer(problem)
    outbox.drain("cases.fan_out")
    items = OutboxItem.query.filter_by(topic="cases.answer_ticket").all()
    assert len(items) == 3
    fanout.answer_ticket(ProblemMember.query.first().decision_id)  # and the worker dies here
    fanout.fan_out(problem)  # promised once more for those who wait
    carry_out()
    assert len(_replies()) == 3


def test_a_worker_killed_before_its_commit_leaves_nothing_half_done(problem, carry_out) -> None:
    _answer(problem)
    with unit_of_work():
        fanout.answer_ticket(ProblemMember.query.first().decision_id)
        db.session.rollback()
    assert Message.query.filter(Message.author_id.is_not(None)).count() == 0
    carry_out()
    assert len(_replies()) == 3


def test_a_source_reads_the_answer_with_the_receipt(problem, file_tip, carry_out) -> None:
    words = file_tip()
    _answer(problem)
    carry_out()
    [letter] = _letters(words)
    assert letter.endswith(ANSWER)
    assert "Whoever wrote it has not read your tip" in letter


def test_the_desk_of_the_tip_reads_it_too_and_owes_its_own_answer_still(
    problem, file_tip, carry_out
) -> None:
    opener = open_vault(_lead())
    words = file_tip()
    _answer(problem)
    carry_out()
    tip = find_tip(words)
    case = cases.open_case(_lead(), opener, tip.id)
    assert [entry.text for entry in case.entries] == _letters(words)
    assert (tip.state, tip.acknowledged_on, tip.answered_on) == ("received", None, None)


def test_a_tip_that_waits_for_its_desk_is_answered_too(problem, file_tip, carry_out) -> None:
    words = file_tip()
    _answer(problem)
    carry_out()
    opener = open_vault(_lead())
    carry_out()
    case = cases.open_case(_lead(), opener, find_tip(words).id)
    assert len(case.entries) == 1
    assert case.entries[0].text


def test_a_closed_tip_and_a_source_who_has_left_get_nothing(problem, file_tip, carry_out) -> None:
    file_tip()
    with unit_of_work():
        tip = Tip.query.one()
        tip.state, tip.outcome = TipState.CLOSED, Outcome.DUPLICATE
    _answer(problem)
    carry_out()
    assert TipMessage.query.count() == 0
    with unit_of_work():
        Tip.query.one().state = TipState.RECEIVED
        Tip.query.one().mailbox_wrapped_key = b""
    _answer(problem, "Another one.")
    carry_out()
    assert TipMessage.query.count() == 0


def test_a_tip_that_is_gone_stops_nothing(problem, file_tip, carry_out) -> None:
    fanout_for = uuid4()
    with pytest.raises(NotFoundError):
        fanout.answer_tip(fanout_for)
    with unit_of_work():
        outbox.promise("cases.answer_tip", decision_id=str(fanout_for))
        outbox.promise("cases.answer_ticket", decision_id=str(fanout_for))
    carry_out()
    assert OutboxItem.query.count() == 0


def test_who_comes_later_gets_the_answer_too(problem, file_tip, carry_out) -> None:
    _answer(problem)
    carry_out()
    words = file_tip()
    make_ticket(WRONG_WAY)
    carry_out()
    assert len(_letters(words)) == 1
    assert len(_replies()) == 4


def test_a_second_answer_reaches_everybody_too(problem, carry_out) -> None:
    _answer(problem)
    carry_out()
    _answer(problem, "It is mended now.")
    carry_out()
    bodies = [message.body for message in Message.query.filter(Message.author_id.is_not(None))]
    assert sorted(bodies) == ["It is mended now."] * 3 + [ANSWER] * 3


def test_a_problem_that_is_only_proposed_answers_nobody(problem, carry_out) -> None:
    with unit_of_work():
        db.session.get(Problem, problem).state = ProblemState.PROPOSED
    with pytest.raises(RefusedError):
        _answer(problem)


def test_a_merged_problem_gets_the_answer_of_the_other(problem, carry_out) -> None:
    _answer(problem)
    for _ in range(3):
        make_ticket(OTHER_TASK)
    carry_out()
    other = Problem.query.filter_by(state="proposed").one()
    problems.merge(_lead(), other.id, other.version, problem)
    carry_out()
    assert len(_replies()) == 6


def test_only_a_lead_of_a_queue_concerned_acts(problem) -> None:
    agent = make_agent("mocs", "fisa")
    stranger = make_lead("fisa", email="other@rightdesk.example")
    version = db.session.get(Problem, problem).version
    for actor in (agent, stranger):
        with pytest.raises(NotFoundError):
            problems.change_state(actor, problem, version, ProblemState.SOLVED)
        with pytest.raises(NotFoundError):
            problems.answer(actor, problem, version, ANSWER, solves=True)
        with pytest.raises(NotFoundError):
            problems.rename(actor, problem, version, "Another name")


def test_a_lead_of_the_queue_that_a_ticket_went_to_acts_as_well(problem) -> None:
    lead = make_lead("fisa", email="other@rightdesk.example")
    with unit_of_work():
        Ticket.query.first().queue_code = "fisa"
    version = db.session.get(Problem, problem).version
    problems.change_state(lead, problem, version, ProblemState.SOLVED)
    assert db.session.get(Problem, problem).state == "solved"


def test_two_leads_at_once_overwrite_nothing(problem) -> None:
    version = db.session.get(Problem, problem).version
    problems.rename(_lead(), problem, version, "Sent back to VENDEX")
    with pytest.raises(RefusedError, match="changed while you were working"):
        problems.change_state(_lead(), problem, version, ProblemState.SOLVED)


def test_a_new_report_makes_no_leads_page_stale(problem, carry_out) -> None:
    version = db.session.get(Problem, problem).version
    make_ticket(WRONG_WAY)
    carry_out()
    problems.rename(_lead(), problem, version, "Sent back to VENDEX")
    assert db.session.get(Problem, problem).title == "Sent back to VENDEX"


def test_an_agent_links_a_ticket_and_a_lead_removes_it(problem, carry_out) -> None:
    make_agent("mocs")
    ticket = make_ticket("I cannot log in to PASSPort.").id
    carry_out()
    agent = accounts.get_user_by_email("agent@rightdesk.example")
    for _ in range(2):
        problems.link_ticket(agent, ticket, problem)
    assert ProblemMember.query.count() == 4
    problems.remove_ticket(_lead(), problem, ticket)
    assert ProblemMember.query.count() == 3
    acts = [entry.act for entry in AuditEntry.query.filter_by(subject_id=str(ticket))]
    assert acts[-2:] == ["tickets.link_problem", "tickets.unlink_problem"]


def test_a_ticket_of_another_queue_cannot_be_linked(problem, carry_out) -> None:
    ticket = make_ticket("My M/WBE certificate has expired.").id
    carry_out()
    with pytest.raises(NotFoundError):
        problems.link_ticket(_lead(), ticket, problem)


def test_a_ticket_that_becomes_a_tip_leaves_the_problem(problem, carry_out) -> None:
    with unit_of_work():
        tickets.wipe(Ticket.query.first())
    assert ProblemMember.query.count() == 2
