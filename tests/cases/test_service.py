"""Case work: only those who can open a tip act on it, and a hand-over takes it away."""

from uuid import UUID, uuid4

import pytest
from factories import PASSPHRASE, make_agent, make_ticket, open_vault
from sqlalchemy import delete

from app.accounts.models import User
from app.audit.models import AuditEntry
from app.cases import granting, service
from app.core.errors import NotFoundError, RefusedError
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.members import service as members
from app.members.circles import desk
from app.members.models import Notice
from app.tickets.models import Ticket
from app.tips import mailbox
from app.tips import service as tips
from app.tips.models import Outcome, Tip, TipMessageKind, TipState
from app.vault import member_vaults
from app.vault import service as vault
from app.vault.errors import NotHeldError

TEXT = "The inspector takes a bribe for every permit."


@pytest.fixture
def opener(app):
    return open_vault(make_agent("doi"))


@pytest.fixture
def words(opener, carry_out) -> str:
    words = tips.file_tip(tips.TipFiling(uuid4(), TEXT, hidden_from=("mocs",)))
    carry_out()
    return words


@pytest.fixture
def tip_id(words) -> UUID:
    return Tip.query.one().id


@pytest.fixture
def agent(words) -> User:
    return User.query.one()


@pytest.fixture
def agent_of_fisa(agent) -> User:
    return make_agent("fisa", email="fisa@rightdesk.example")


def _version() -> int:
    return Tip.query.one().version


def test_a_member_reads_the_text_and_that_is_audited_once_a_day(agent, opener, tip_id) -> None:
    for _ in range(2):
        assert service.open_case(agent, opener, tip_id).text == TEXT
    assert AuditEntry.query.filter_by(act="cases.open").count() == 1


def test_a_tip_of_another_queue_does_not_exist(agent_of_fisa, opener, tip_id) -> None:
    stranger = open_vault(agent_of_fisa)
    for who in (stranger, opener):
        with pytest.raises(NotFoundError):
            service.open_case(agent_of_fisa, who, tip_id)


def test_a_member_without_a_grant_cannot_open_it(tip_id) -> None:
    colleague = make_agent("doi", email="new@rightdesk.example")
    with pytest.raises(NotFoundError):
        service.open_case(colleague, open_vault(colleague), tip_id)


def test_a_fellow_member_grants_and_old_tips_open_too(agent, opener, tip_id) -> None:
    colleague = make_agent("doi", email="new@rightdesk.example")
    theirs = open_vault(colleague)
    [(circle, fellow)] = members.list_waiting(agent)
    members.grant(agent, opener, circle, fellow)
    assert service.open_case(colleague, theirs, tip_id).text == TEXT


def test_a_reply_reaches_the_source_and_acknowledges_the_tip(agent, opener, words, tip_id) -> None:
    service.reply(agent, opener, tip_id, uuid4(), "Which permit was it?")
    tip, source = tips.find_visit(tips.begin_visit(words))
    [letter] = mailbox.list_letters(tip, source)
    assert letter.text == "Which permit was it?"
    assert tip.state == TipState.ACKNOWLEDGED
    assert tip.acknowledged_on is not None


def test_a_reply_sent_twice_is_written_once(agent, opener, tip_id) -> None:
    submission = uuid4()
    for _ in range(2):
        service.reply(agent, opener, tip_id, submission, "Which permit was it?")
    assert len(service.open_case(agent, opener, tip_id).entries) == 1


def test_a_note_is_no_business_of_the_source(agent, opener, words, tip_id) -> None:
    service.write_note(agent, opener, tip_id, uuid4(), "Sounds like the case of May.")
    tip, source = tips.find_visit(tips.begin_visit(words))
    assert mailbox.list_letters(tip, source) == []
    note = service.open_case(agent, opener, tip_id).entries[0].message
    assert note.kind == TipMessageKind.NOTE
    with pytest.raises(NotHeldError):
        vault.open_sealed(note.content, source)


def test_a_hand_over_takes_everything_from_the_old_desk(
    agent, opener, agent_of_fisa, words, tip_id
) -> None:
    service.reply(agent, opener, tip_id, uuid4(), "Which permit was it?")
    service.write_note(agent, opener, tip_id, uuid4(), "A note.")
    theirs = open_vault(agent_of_fisa)
    service.hand_over(agent, opener, tip_id, _version(), "fisa")
    case = service.open_case(agent_of_fisa, theirs, tip_id)
    assert [entry.text for entry in case.entries] == ["Which permit was it?", "A note."]
    for record in (case.tip.content, *(entry.message.content for entry in case.entries)):
        with pytest.raises(NotHeldError):
            vault.open_sealed(record, opener)
    tip, source = tips.find_visit(tips.begin_visit(words))
    assert mailbox.list_letters(tip, source)[0].text, "the source still reads the reply"
    entry = AuditEntry.query.filter_by(act="cases.hand_over").one()
    assert entry.details == {"before": "doi", "after": "fisa"}


def test_what_the_source_adds_after_a_hand_over_goes_to_the_new_desk(
    agent, opener, agent_of_fisa, tip_id, carry_out
) -> None:
    theirs = open_vault(agent_of_fisa)
    tips.add_to_tip(tip_id, uuid4(), "Before.")
    service.hand_over(agent, opener, tip_id, _version(), "fisa")
    tips.add_to_tip(tip_id, uuid4(), "After.")
    carry_out()
    agent_of_fisa = db.session.merge(agent_of_fisa)
    entries = service.open_case(agent_of_fisa, theirs, tip_id).entries
    assert [entry.text for entry in entries] == ["Before.", "After."]


def test_a_desk_that_the_source_shut_out_never_gets_it(agent, opener, tip_id) -> None:
    open_vault(make_agent("mocs", email="mocs@rightdesk.example"))
    with pytest.raises(RefusedError, match="must not see"):
        service.hand_over(agent, opener, tip_id, _version(), "mocs")
    assert Tip.query.one().queue_code == "doi"


def test_an_accused_desk_never_gets_it_though_the_form_alone_says_it_is_wrongdoing(
    agent, opener, carry_out
) -> None:
    open_vault(make_agent("dob", email="dob@rightdesk.example"))
    text = "The Department of Buildings knows what it has done to us."
    tips.file_tip(tips.TipFiling(uuid4(), text, topic="wrongdoing"))
    carry_out()
    tip = next(tip for tip in Tip.query if tip.likeness != vault.likeness(TEXT))
    agent = db.session.merge(agent)
    with pytest.raises(RefusedError, match="the accused never get it"):
        service.hand_over(agent, opener, tip.id, tip.version, "dob")


def test_a_desk_that_the_source_accuses_later_never_gets_it(
    agent, opener, tip_id, carry_out
) -> None:
    open_vault(make_agent("dob", email="dob@rightdesk.example"))
    tips.add_to_tip(tip_id, uuid4(), "The Department of Buildings takes bribes for it.")
    carry_out()
    agent = db.session.merge(agent)
    with pytest.raises(RefusedError, match="the accused never get it"):
        service.hand_over(agent, opener, tip_id, _version(), "dob")
    assert Tip.query.one().queue_code == "doi"


def test_a_desk_that_nobody_can_open_does_not_get_it(agent, opener, tip_id) -> None:
    with pytest.raises(RefusedError, match="Nobody at that desk"):
        service.hand_over(agent, opener, tip_id, _version(), "fisa")
    assert Tip.query.one().queue_code == "doi"


def test_a_desk_whose_every_member_is_named_does_not_get_it(agent, opener, carry_out) -> None:
    accused = make_agent("fisa", email="accused@rightdesk.example")
    accused.name = "Arthur Accused"
    open_vault(accused)
    tips.file_tip(tips.TipFiling(uuid4(), f"{TEXT} It was Arthur Accused."))
    carry_out()
    tip = next(tip for tip in Tip.query if tip.likeness != vault.likeness(TEXT))
    agent = db.session.merge(agent)
    with pytest.raises(RefusedError, match="named"):
        service.hand_over(agent, opener, tip.id, tip.version, "fisa")
    assert tip.queue_code == "doi"


def test_a_tip_is_given_only_to_somebody_who_can_open_it(agent, opener, tip_id) -> None:
    locked_out = make_agent("doi", email="new@rightdesk.example")
    with pytest.raises(RefusedError):
        service.assign(agent, opener, tip_id, _version(), locked_out.id)
    service.assign(agent, opener, tip_id, _version(), agent.id)
    assert Tip.query.one().assignee_id == agent.id


def test_to_close_a_tip_takes_a_result(agent, opener, tip_id, still_clock) -> None:
    with pytest.raises(RefusedError):
        service.change_state(agent, opener, tip_id, _version(), TipState.CLOSED)
    service.change_state(agent, opener, tip_id, _version(), TipState.CLOSED, Outcome.SUBSTANTIATED)
    tip = Tip.query.one()
    assert (tip.state, tip.outcome) == (TipState.CLOSED, Outcome.SUBSTANTIATED)
    assert tip.closed_on == still_clock.now.date()


def test_a_stale_page_changes_nothing(agent, opener, tip_id) -> None:
    stale = _version()
    service.change_state(agent, opener, tip_id, stale, TipState.IN_REVIEW)
    with pytest.raises(RefusedError, match="changed while"):
        service.assign(agent, opener, tip_id, stale, agent.id)


def test_a_linked_ticket_tells_nothing_of_the_tip(agent, opener, tip_id, carry_out) -> None:
    members.join_queue(None, agent, "mocs")
    make_ticket()
    carry_out()
    agent, ticket = db.session.merge(agent), Ticket.query.one()
    service.link_ticket(agent, opener, tip_id, uuid4(), ticket.id, ticket.number)
    assert service.open_case(agent, opener, tip_id).entries[0].ticket_id == ticket.id
    assert AuditEntry.query.filter_by(subject_type="ticket", act="cases.link_ticket").count() == 0


def test_a_ticket_of_a_queue_one_does_not_work_cannot_be_linked(
    agent, opener, tip_id, carry_out
) -> None:
    make_ticket()
    carry_out()
    agent, ticket = db.session.merge(agent), Ticket.query.one()
    with pytest.raises(RefusedError):
        service.link_ticket(agent, opener, tip_id, uuid4(), ticket.id, ticket.number)


def test_who_leaves_the_desk_opens_nothing_more(agent, opener, tip_id) -> None:
    colleague = make_agent("doi", email="new@rightdesk.example")
    theirs = open_vault(colleague)
    [(circle, fellow)] = members.list_waiting(agent)
    members.grant(agent, opener, circle, fellow)
    members.leave_queue(None, agent, "doi")
    opener = member_vaults.unlock_member_vault(str(agent.id), PASSPHRASE)
    assert service.open_case(colleague, theirs, tip_id).text == TEXT
    tips.file_tip(tips.TipFiling(uuid4(), "Another bribe."))
    assert Tip.query.count() == 2
    for tip in Tip.query:
        with pytest.raises(NotHeldError):
            vault.open_sealed(tip.content, opener)


def test_a_flood_of_copies_is_one_notice(agent, carry_out) -> None:
    db.session.execute(delete(Notice))
    db.session.flush()
    for _ in range(3):
        tips.file_tip(tips.TipFiling(uuid4(), TEXT + " "))
    carry_out()
    assert Notice.query.count() == 0, "of the first there was one"
    assert len({tip.likeness for tip in Tip.query}) == 1


def test_the_last_who_can_open_a_desks_tips_cannot_leave_it(agent, opener, tip_id) -> None:
    for leave in (
        lambda: members.leave_queue(None, agent, "doi"),
        lambda: members.deactivate(None, agent),
    ):
        with pytest.raises(RefusedError, match="Nobody else"):
            leave()
    assert service.open_case(agent, opener, tip_id).text == TEXT


def test_who_is_let_in_later_does_not_open_the_tips_that_name_them(
    agent, opener, carry_out
) -> None:
    tips.file_tip(tips.TipFiling(uuid4(), f"{TEXT} It is Nora Newcomer."))
    carry_out()
    newcomer = make_agent("doi", email="nora@rightdesk.example")
    newcomer.name = "Nora Newcomer"
    theirs = open_vault(newcomer)
    granting.grant(User.query.filter_by(name="Avery Agent").one(), opener, desk("doi"), newcomer)
    opened = {vault.can_open(tip.content, theirs) for tip in Tip.query}
    assert opened == {True, False}, "the other tip, and not the one that names them"
    assert all(vault.can_open(tip.content, opener) for tip in Tip.query)


def test_an_agency_that_an_allegation_names_does_not_get_it(agent, opener, carry_out) -> None:
    open_vault(make_agent("dcas", email="dcas@rightdesk.example"))
    tips.file_tip(tips.TipFiling(uuid4(), "An official of DCAS takes bribes for contracts."))
    carry_out()
    tip = next(tip for tip in Tip.query if tip.likeness != vault.likeness(TEXT))
    agent = User.query.filter_by(name="Avery Agent", email="agent@rightdesk.example").one()
    with pytest.raises(RefusedError, match="names this agency"):
        service.hand_over(agent, opener, tip.id, tip.version, "dcas")


def test_a_damaged_tip_can_be_seen_to_be_damaged_and_closed(agent, opener, tip_id) -> None:
    with unit_of_work():
        content = Tip.query.one().content
        content.body = content.body[:-1] + bytes([content.body[-1] ^ 1])
    assert service.open_case(agent, opener, tip_id).text is None
    service.change_state(agent, opener, tip_id, _version(), TipState.CLOSED, Outcome.DUPLICATE)


def test_a_promise_that_comes_near_is_told_once_a_day_without_a_word(tip_id, still_clock) -> None:
    assert service.warn_of_promises() == 0, "there is time"
    with unit_of_work():
        db.session.execute(delete(Notice))
        Tip.query.one().received_on = still_clock.now.date()
    still_clock.forward(days=5)  # two days before the week is over
    assert service.warn_of_promises() == 1
    assert service.warn_of_promises() == 0
    assert Notice.query.count() == 1
    still_clock.forward(days=1)
    assert service.warn_of_promises() == 0, "not every day"
    still_clock.forward(days=2)
    assert service.warn_of_promises() == 1, "the day after it was broken"
