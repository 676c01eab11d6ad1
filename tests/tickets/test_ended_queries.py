"""Which tickets ended, and where: what there is to learn from, and what is never read."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from factories import make_agent, make_ticket
from flask import Flask
from insight_rows import make_history, move
from sqlalchemy import event

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.routing.features import LONGEST
from app.routing.model import ChosenBy
from app.tickets import service
from app.tickets.ended_queries import stream_ended
from app.tickets.models import Ticket, TicketState
from app.tips import service as tips

SOLVED = TicketState.SOLVED
DAY = "2026-06-01"


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """What is asked of the database."""
    asked: list[str] = []

    def listen(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    yield asked
    event.remove(db.engine, "before_cursor_execute", listen)


def ends() -> dict[int, str]:
    return {ended.ticket_id: ended.queue for ended in stream_ended()}


def test_a_solved_or_closed_ticket_ended_where_it_is(app) -> None:
    stood = make_history(DAY, desk="mocs", state=SOLVED)
    closed = make_history(DAY, desk="mocs", moves=(move("fisa", DAY),), state=TicketState.CLOSED)
    make_history(DAY, state=TicketState.OPEN)
    make_history(DAY, state=TicketState.PENDING)
    make_ticket("not routed yet")
    assert ends() == {stood.id: "mocs", closed.id: "fisa"}


def test_an_accepted_move_is_an_end_and_an_unanswered_or_returned_one_is_not(app) -> None:
    accepted = make_history(DAY, moves=(move("fisa", DAY, answer="accepted"),))
    make_history(DAY, moves=(move("fisa", DAY),))
    make_history(DAY, moves=(move("fisa", DAY, answer="returned"), move("mocs", DAY)))
    assert ends() == {accepted.id: "fisa"}


def test_moves_of_duplicates_do_not_count(app) -> None:
    never = make_history(DAY, desk="mocs", moves=(move("sbs", DAY, "duplicate"),), state=SOLVED)
    first, twin = move("fisa", DAY, "wrong system"), move("sbs", DAY, "duplicate")
    later = make_history(DAY, desk="mocs", moves=(first, twin), state=SOLVED)
    make_history(DAY, moves=(move("sbs", DAY, "duplicate", answer="accepted"),))
    assert ends() == {never.id: "mocs", later.id: "fisa"}


def test_a_ticket_that_the_instant_answer_solved_ended_at_no_desk(app) -> None:
    make_history(DAY, state=SOLVED, deflected=True)
    moved = make_history(DAY, moves=(move("fisa", DAY),), state=SOLVED, deflected=True)
    assert ends() == {moved.id: "fisa"}


def test_the_first_public_message_of_the_requester_is_read_and_no_other(app) -> None:
    agent = make_agent("mocs")
    number = make_history(DAY, state=SOLVED).id
    service.write_note(agent, number, uuid4(), "a note of staff")
    service.reply(agent, number, uuid4(), "an answer of staff")
    [ended] = stream_ended()
    assert ended.text == "I cannot log in to PASSPort."


def test_rules_are_named_only_where_they_decided(app) -> None:
    make_history(DAY, desk="mocs", state=SOLVED)
    other = make_history(DAY, desk="mocs", state=SOLVED)
    with unit_of_work():
        db.session.get_one(Ticket, other.id).decision.chosen_by = ChosenBy.LEARNER
    assert [ended.ruled for ended in stream_ended()] == ["mocs", None]


def test_the_newest_come_oldest_first_and_cut_at_their_longest(app) -> None:
    for _ in range(3):
        make_history(DAY, state=SOLVED)
    numbers = [ended.ticket_id for ended in stream_ended()]
    assert numbers == sorted(numbers)
    assert [ended.ticket_id for ended in stream_ended(most=2)] == numbers[1:]
    with unit_of_work():
        db.session.get_one(Ticket, numbers[2]).messages[0].body = "a" * (LONGEST + 9)
    assert len([*stream_ended()][2].text) == LONGEST


def test_no_table_of_tips_is_ever_asked(app, statements: list[str]) -> None:
    tips.file_tip(tips.TipFiling(uuid4(), "The inspector takes a bribe."))
    make_history(DAY, state=SOLVED)
    statements.clear()
    assert len([*stream_ended()]) == 1
    assert statements
    assert not [one for one in statements if "tip" in one.lower() or "sealed" in one.lower()]
