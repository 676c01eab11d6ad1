"""When a move is a bounce, where a ticket lands then, and what an unanswered one asks for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tickets import bouncing
from app.tickets.bouncing import Due, Landing
from app.tickets.models import MoveAnswer, TicketMove

A, R = MoveAnswer.ACCEPTED, MoveAnswer.RETURNED
DESKS = ("mocs", "fisa", "sbs", "doe")


def _moves(*steps: tuple[str, str, MoveAnswer | None]) -> list[TicketMove]:
    return [TicketMove(from_queue_code=f, to_queue_code=t, answer=a) for f, t, a in steps]


@pytest.mark.parametrize(
    ("steps", "bounces"),
    [
        ([], 0),
        ([("mocs", "fisa", None)], 0),
        ([("mocs", "fisa", R), ("fisa", "mocs", A)], 1),
        ([("mocs", "fisa", R), ("fisa", "sbs", None)], 1),
        ([("mocs", "fisa", A), ("fisa", "sbs", None)], 0),
        ([("mocs", "fisa", A), ("fisa", "mocs", None)], 1),
        ([("mocs", "fisa", R), ("fisa", "mocs", A), ("mocs", "sbs", None)], 1),
        ([("mocs", "fisa", R), ("fisa", "mocs", A), ("mocs", "mocs", None)], 2),
    ],
)
def test_a_bounce_refuses_or_goes_back(steps, bounces: int) -> None:
    assert bouncing.count_bounces(_moves(*steps)) == bounces


def test_a_first_move_waits_for_the_desk_it_goes_to() -> None:
    landing = bouncing.land([], "mocs", "fisa", leads_here=False)
    assert landing == Landing("fisa", waits=True, pinned=False)


def test_what_is_sent_back_is_taken_by_its_sender_without_another_question() -> None:
    moves = _moves(("mocs", "fisa", None))
    assert bouncing.land(moves, "fisa", "mocs", leads_here=False) == Landing(
        "mocs", waits=False, pinned=False
    )


def test_a_desk_that_refuses_may_name_a_third_which_is_asked() -> None:
    moves = _moves(("mocs", "fisa", None))
    assert bouncing.land(moves, "fisa", "sbs", leads_here=False) == Landing(
        "sbs", waits=True, pinned=False
    )


def test_the_second_bounce_goes_before_the_lead_where_the_router_sent_it() -> None:
    refused_twice = _moves(("mocs", "fisa", R), ("fisa", "sbs", None))
    landing = bouncing.land(refused_twice, "sbs", "doe", leads_here=False)
    assert landing == Landing("mocs", waits=True, pinned=False, to_the_lead=True)
    insists = _moves(("mocs", "fisa", R), ("fisa", "mocs", A))
    landing = bouncing.land(insists, "mocs", "fisa", leads_here=False)
    assert landing == Landing("mocs", waits=True, pinned=False, to_the_lead=True)


def test_a_lead_of_that_desk_decides_at_once() -> None:
    insists = _moves(("mocs", "fisa", R), ("fisa", "mocs", A))
    landing = bouncing.land(insists, "mocs", "fisa", leads_here=True)
    assert landing == Landing("fisa", waits=True, pinned=False)


BEFORE_LEAD = (("mocs", "fisa", R), ("fisa", "mocs", A), ("mocs", "mocs", None))


def test_before_the_lead_it_waits_for_the_lead() -> None:
    moves = _moves(*BEFORE_LEAD)
    assert bouncing.waits_for_lead(moves)
    assert bouncing.is_for_leads(moves)
    assert bouncing.answer_of_moving_on(moves) == A, "a decision is no refusal"
    assert not bouncing.waits_for_lead(_moves(("mocs", "fisa", None)))


def test_a_lead_may_ask_one_more_desk_and_its_refusal_pins() -> None:
    moves = _moves(*BEFORE_LEAD)
    assert bouncing.land(moves, "mocs", "sbs", leads_here=True) == Landing(
        "sbs", waits=True, pinned=False
    )
    asked = _moves(*BEFORE_LEAD[:2], ("mocs", "mocs", A), ("mocs", "sbs", None))
    assert bouncing.land(asked, "sbs", "mocs", leads_here=True) == Landing(
        "mocs", waits=False, pinned=True
    )


def test_the_third_bounce_pins_where_a_lead_sends_it() -> None:
    landing = bouncing.land(_moves(*BEFORE_LEAD), "mocs", "fisa", leads_here=True)
    assert landing == Landing("fisa", waits=False, pinned=True)


NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "reminded", "due"),
    [
        (23, None, None),
        (24, None, Due.REMIND),
        (30, 24, None),
        (48, 24, Due.ESCALATE),
        (48, None, Due.ESCALATE),
        (60, 48, None),
    ],
)
def test_a_desk_is_reminded_once_and_leads_are_told_once(hours, reminded, due) -> None:
    move = TicketMove(moved_at=NOON, accept_by=NOON + timedelta(hours=24))
    move.reminded_at = None if reminded is None else NOON + timedelta(hours=reminded)
    assert bouncing.due(move, NOON + timedelta(hours=hours)) == due


@given(st.lists(st.tuples(st.sampled_from(DESKS), st.booleans(), st.booleans()), max_size=40))
def test_no_ticket_is_moved_for_ever(steps: list[tuple[str, bool, bool]]) -> None:
    """Whatever desks want, accept and refuse: a ticket is pinned in the end, after few moves."""
    moves: list[TicketMove] = []
    here, pinned = "mocs", False
    for wanted, accepts, lead in steps:
        if pinned or wanted == here:
            continue
        if (waiting := bouncing.find_waiting(moves)) and accepts:
            waiting.answer = A
        landing = bouncing.land(moves, here, wanted, leads_here=lead)
        if waiting := bouncing.find_waiting(moves):
            waiting.answer = bouncing.answer_of_moving_on(moves)
        answer = None if landing.waits else A
        moves.append(TicketMove(from_queue_code=here, to_queue_code=landing.queue, answer=answer))
        here, pinned = landing.queue, landing.pinned
        assert pinned == (bouncing.count_bounces(moves) >= bouncing.PINS)
        assert not (pinned and landing.waits)
    assert bouncing.count_bounces(moves) <= bouncing.PINS
    assert len(moves) <= len(DESKS) + bouncing.PINS
