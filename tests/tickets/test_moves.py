"""Moves from desk to desk: answered, bounced, put before a lead, pinned; late answers."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from factories import make_agent, make_ticket

from app.accounts import service as accounts
from app.accounts.models import User
from app.audit.models import AuditEntry
from app.core.errors import NotFoundError, RefusedError
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.members.models import Notice
from app.registry.models import Queue
from app.routing.model import Priority
from app.tickets import access, move_queries, moves, queries, service
from app.tickets.models import MoveReason, Ticket, TicketCopy, TicketMove, TicketState
from app.tickets.moves import Why

WHY = Why(MoveReason.WRONG_AGENCY, "FISA runs PIP.")
NOT_OURS = Why(MoveReason.NOT_OURS)


@pytest.fixture
def staff(app, still_clock) -> dict[str, User]:
    """A member and a lead at each of three desks; `nobody` leads the desk of SBS."""
    people = {}
    for desk in ("mocs", "fisa", "sbs"):
        people[desk] = make_agent(desk, email=f"{desk}@rightdesk.example")
    for desk in ("mocs", "fisa"):
        lead = make_agent(desk, email=f"{desk}-lead@rightdesk.example")
        accounts.join_queue(None, lead, desk, lead=True)
        people[f"{desk} lead"] = lead
    return people


@pytest.fixture
def ticket(staff, carry_out) -> Ticket:
    number = make_ticket().id
    carry_out()
    return queries.get_ticket(number)


def _who(staff: dict[str, User], name: str) -> User:
    return db.session.merge(staff[name])


def _send(staff, ticket: Ticket, who: str, to: str, why: Why = WHY) -> str:
    """Somebody moves the ticket as it is now; return where it landed."""
    return moves.move(_who(staff, who), ticket.id, ticket.version, to, why).queue


def _back(staff, ticket: Ticket, who: str) -> str:
    return moves.send_back(_who(staff, who), ticket.id, ticket.version, NOT_OURS).queue


def _before_lead(staff, ticket: Ticket) -> None:
    _send(staff, ticket, "mocs", "fisa")
    _back(staff, ticket, "fisa")
    _send(staff, ticket, "mocs", "fisa")


def _told() -> set[int]:
    return {notice.user_id for notice in Notice.query}


def _ids(staff, *names: str) -> set[int]:
    return {_who(staff, name).id for name in names}


def test_a_move_is_kept_with_its_reason_and_waits_for_its_answer(
    staff, ticket, still_clock
) -> None:
    assert _send(staff, ticket, "mocs", "fisa") == "fisa"
    [move] = move_queries.list_moves(ticket)
    assert (move.from_queue_code, move.to_queue_code) == ("mocs", "fisa")
    assert (move.reason, move.words) == ("wrong agency", "FISA runs PIP.")
    assert move.actor_id == _who(staff, "mocs").id
    assert move.moved_at == still_clock.now
    assert move.accept_by == still_clock.now + timedelta(hours=24)
    assert move.answer is None
    assert [row for row, _ in move_queries.list_sent_to("fisa")] == [ticket]
    entry = AuditEntry.query.filter_by(act="tickets.move").one()
    assert entry.details == {"before": "mocs", "after": "fisa"}, "no words in the trail"


def test_each_queue_has_its_own_time_to_answer(staff, ticket, still_clock) -> None:
    with unit_of_work():
        db.session.get(Queue, "fisa").accept_hours = 4
    try:
        _send(staff, ticket, "mocs", "fisa")
        assert move_queries.list_moves(ticket)[0].accept_by == still_clock.now + timedelta(hours=4)
    finally:
        with unit_of_work():
            db.session.get(Queue, "fisa").accept_hours = 24


def test_a_desk_accepts(staff, ticket, still_clock) -> None:
    _send(staff, ticket, "mocs", "fisa")
    moves.accept(_who(staff, "fisa"), ticket.id, ticket.version)
    [move] = move_queries.list_moves(ticket)
    assert (move.answer, move.answered_at) == ("accepted", still_clock.now)
    assert move_queries.list_sent_to("fisa") == []
    with pytest.raises(RefusedError, match="does not wait"):
        moves.accept(_who(staff, "fisa"), ticket.id, ticket.version)
    with pytest.raises(RefusedError, match="does not wait"):
        _back(staff, ticket, "fisa")


def test_a_desk_sends_back_and_the_sender_takes_it(staff, ticket) -> None:
    _send(staff, ticket, "mocs", "fisa")
    assert _back(staff, ticket, "fisa") == "mocs"
    first, second = move_queries.list_moves(ticket)
    assert (first.answer, second.answer) == ("returned", "accepted")
    assert second.reason == "not ours"
    assert AuditEntry.query.filter_by(act="tickets.send_back").count() == 1


def test_who_answers_the_requester_has_accepted(staff, ticket) -> None:
    _send(staff, ticket, "mocs", "fisa")
    service.write_note(_who(staff, "fisa"), ticket.id, uuid4(), "Hm.")
    assert move_queries.list_moves(ticket)[0].answer is None, "a note is no answer"
    service.reply(_who(staff, "fisa"), ticket.id, uuid4(), "We look into it.")
    assert move_queries.list_moves(ticket)[0].answer == "accepted"


def test_who_changes_the_state_has_accepted(staff, ticket) -> None:
    _send(staff, ticket, "mocs", "fisa")
    service.change_state(_who(staff, "fisa"), ticket.id, ticket.version, TicketState.OPEN)
    assert move_queries.list_moves(ticket)[0].answer == "accepted"


def test_the_second_bounce_goes_before_the_lead(staff, ticket) -> None:
    _before_lead(staff, ticket)
    assert ticket.queue_code == "mocs", "the desk that the router decided for keeps it"
    assert _told() == _ids(staff, "mocs lead")
    with pytest.raises(RefusedError, match="only a lead"):
        _send(staff, ticket, "mocs", "sbs")
    with pytest.raises(RefusedError, match="a lead of the desk decides"):
        moves.accept(_who(staff, "mocs"), ticket.id, ticket.version)


def test_leads_of_both_desks_are_told(staff, ticket) -> None:
    _send(staff, ticket, "mocs", "sbs")
    _send(staff, ticket, "sbs", "fisa")
    assert _back(staff, ticket, "fisa") == "mocs", "not to SBS, which passed it on"
    assert _told() == _ids(staff, "mocs lead", "fisa lead")


def test_a_lead_who_keeps_it_owns_it(staff, ticket) -> None:
    _before_lead(staff, ticket)
    moves.accept(_who(staff, "mocs lead"), ticket.id, ticket.version)
    assert ticket.owner_id == _who(staff, "mocs lead").id
    assert not ticket.pinned
    assert [m.answer for m in move_queries.list_moves(ticket)] == [
        "returned",
        "accepted",
        "accepted",
    ]


def test_the_third_bounce_pins_it_and_names_an_owner(staff, ticket) -> None:
    _before_lead(staff, ticket)
    landing = moves.move(_who(staff, "mocs lead"), ticket.id, ticket.version, "fisa", NOT_OURS)
    assert landing.pinned
    assert (ticket.queue_code, ticket.pinned) == ("fisa", True)
    assert ticket.owner_id == _who(staff, "fisa lead").id, "who decided does not work there"
    for who in ("fisa", "fisa lead"):
        with pytest.raises(RefusedError, match="no more moves"):
            _send(staff, ticket, who, "sbs")
    assert AuditEntry.query.filter_by(act="tickets.pin").one().details == {"queue": "fisa"}


def test_a_lead_who_pins_it_at_their_own_desk_owns_it(staff, ticket) -> None:
    for desk in ("fisa", "mocs"):
        accounts.join_queue(None, _who(staff, "mocs lead"), desk, lead=True)
    _before_lead(staff, ticket)
    _send(staff, ticket, "mocs lead", "fisa")
    assert ticket.owner_id == _who(staff, "mocs lead").id


def test_without_a_lead_each_member_decides_and_the_first_one_owns(staff, ticket) -> None:
    accounts.deactivate(None, _who(staff, "mocs lead"))
    accounts.deactivate(None, _who(staff, "fisa lead"))
    _before_lead(staff, ticket)
    assert ticket.queue_code == "fisa", "the member has decided in place of a lead"
    assert _back(staff, ticket, "fisa") == "mocs"
    assert (ticket.pinned, ticket.owner_id) == (True, _who(staff, "mocs").id)


def test_a_ticket_never_goes_to_a_desk_that_it_accuses(staff, carry_out) -> None:
    make_agent("doi", email="doi@rightdesk.example")
    number = make_ticket("An inspector of the Department of Buildings takes a bribe.").id
    carry_out()
    ticket = queries.get_ticket(number)
    doi = User.query.filter_by(email="doi@rightdesk.example").one()
    with pytest.raises(RefusedError, match="the accused never get it"):
        moves.move(doi, number, ticket.version, "dob", WHY)
    assert moves.move(doi, number, ticket.version, "mocs", WHY).queue == "mocs"


def test_a_ticket_never_goes_to_a_desk_that_its_form_accuses(staff, carry_out) -> None:
    make_agent("doi", email="doi@rightdesk.example")
    number = make_ticket("They asked us for a kickback.", told_by="fisa").id
    carry_out()
    doi = User.query.filter_by(email="doi@rightdesk.example").one()
    with pytest.raises(RefusedError, match="the accused never get it"):
        moves.move(doi, number, queries.get_ticket(number).version, "fisa", WHY)


def test_what_the_requester_adds_can_accuse_too(staff, ticket) -> None:
    service.add_requester_message(ticket, uuid4(), "FISA asked us for a kickback.")
    with pytest.raises(RefusedError, match="the accused never get it"):
        _send(staff, ticket, "mocs", "fisa")


def test_what_accuses_the_desk_that_has_the_ticket_is_not_sent_there(staff, ticket) -> None:
    with pytest.raises(RefusedError, match="another office reads it"):
        service.add_requester_message(ticket, uuid4(), "MOCS asked us for a kickback.")
    assert "kickback" not in queries.get_requester_text(ticket)
    service.add_requester_message(ticket, uuid4(), "MOCS has not answered us.")


def test_two_agents_at_once_move_it_once(app, staff, ticket) -> None:
    barrier, outcomes = Barrier(2), []
    number, version, mover = ticket.id, ticket.version, _who(staff, "mocs").id
    db.session.remove()

    def move(to: str) -> None:
        with app.app_context():
            barrier.wait()
            try:
                moves.move(db.session.get(User, mover), number, version, to, WHY)
                outcomes.append("moved")
            except (RefusedError, NotFoundError):
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [Thread(target=move, args=(to,)) for to in ("fisa", "sbs")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "refused"]
    assert TicketMove.query.count() == 1


def test_a_page_made_before_a_change_answers_nothing(staff, ticket, still_clock) -> None:
    _send(staff, ticket, "mocs", "fisa")
    seen = ticket.version
    still_clock.forward(minutes=1)
    moves.accept(_who(staff, "fisa"), ticket.id, seen)
    with pytest.raises(RefusedError, match="changed while you were working"):
        moves.send_back(_who(staff, "fisa"), ticket.id, seen, NOT_OURS)


def test_a_late_desk_is_reminded_once_and_then_leads_are_told_once(
    staff, ticket, still_clock
) -> None:
    _send(staff, ticket, "mocs", "fisa")
    still_clock.forward(hours=23)
    assert moves.watch() == 0
    still_clock.forward(hours=1)
    assert [moves.watch(), moves.watch()] == [1, 0]
    assert _told() == _ids(staff, "fisa", "fisa lead")
    with unit_of_work():
        Notice.query.delete()
    still_clock.forward(hours=24)
    assert [moves.watch(), moves.watch()] == [1, 0]
    assert _told() == _ids(staff, "mocs lead", "fisa lead")
    assert move_queries.list_moves(ticket)[0].answer is None, "silence accepts nothing"
    assert ticket.queue_code == "fisa", "and sends nothing back"
    assert AuditEntry.query.filter_by(act="tickets.escalate").count() == 1


def test_a_lead_who_does_not_decide_is_named_all_the_same(staff, ticket, still_clock) -> None:
    _before_lead(staff, ticket)
    still_clock.forward(hours=48)
    assert moves.watch() == 1
    assert ticket.owner_id == _who(staff, "mocs lead").id
    assert move_queries.list_moves(ticket)[-1].answer == "accepted"


def test_nobody_is_reminded_of_what_is_solved(staff, ticket, still_clock) -> None:
    _send(staff, ticket, "mocs", "fisa")
    with unit_of_work():
        queries.get_ticket_for_update(ticket.id).state = TicketState.SOLVED
    still_clock.forward(hours=30)
    assert moves.watch() == 0


def test_solved_is_a_moment_that_reopening_takes_back(staff, ticket, still_clock) -> None:
    def change(state: TicketState) -> None:
        service.change_state(_who(staff, "mocs"), ticket.id, ticket.version, state)

    change(TicketState.SOLVED)
    solved = ticket.solved_at
    assert solved == still_clock.now
    service.add_requester_message(ticket, uuid4(), "It is back.")
    assert ticket.solved_at is None
    change(TicketState.SOLVED)
    still_clock.forward(hours=3)
    change(TicketState.CLOSED)
    assert ticket.solved_at == solved, "closing is not solving again"


def test_a_priority_is_changed_by_its_desk(staff, ticket) -> None:
    service.change_priority(_who(staff, "mocs"), ticket.id, ticket.version, Priority.URGENT)
    assert ticket.priority == "urgent"
    with pytest.raises(NotFoundError):
        service.change_priority(_who(staff, "fisa"), ticket.id, ticket.version, Priority.LOW)


def test_a_copy_is_read_and_nothing_else(staff, ticket) -> None:
    reader = _who(staff, "sbs")
    with pytest.raises(NotFoundError):
        access.get_ticket_to_read(reader, ticket.id)
    with unit_of_work():
        ticket.copies.append(TicketCopy(queue_code="sbs"))
    assert access.get_ticket_to_read(reader, ticket.id) == ticket
    assert move_queries.list_copied_to("sbs") == [ticket]
    assert move_queries.list_copied_to("mocs") == []
    with pytest.raises(NotFoundError):
        access.get_ticket_for(reader, ticket.id)
    for act in (
        lambda: service.reply(reader, ticket.id, uuid4(), "Hello"),
        lambda: service.write_note(reader, ticket.id, uuid4(), "Hello"),
        lambda: moves.move(reader, ticket.id, ticket.version, "fisa", WHY),
        lambda: service.change_state(reader, ticket.id, ticket.version, TicketState.OPEN),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_the_copy_of_a_desk_that_is_accused_later_is_closed(staff, ticket) -> None:
    with unit_of_work():
        ticket.copies.append(TicketCopy(queue_code="sbs"))
    assert access.get_ticket_to_read(_who(staff, "sbs"), ticket.id)
    service.add_requester_message(ticket, uuid4(), "SBS asked us for a kickback.")
    with pytest.raises(NotFoundError):
        access.get_ticket_to_read(_who(staff, "sbs"), ticket.id)
