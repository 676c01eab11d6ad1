"""The promises to a source, and when they are near their end."""

from datetime import date

import pytest

from app.cases.clocks import Clock, Promise, Urgency, running_clock
from app.tips.clocks import acknowledge_by, feedback_by
from app.tips.models import Tip, TipState


def _tip(**fields) -> Tip:
    return Tip(received_on=date(2026, 6, 1), state=TipState.RECEIVED, **fields)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 1, 31), date(2026, 4, 30)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 6, 15), date(2026, 9, 15)),
    ],
)
def test_three_months_end_on_a_day_that_exists(day: date, due: date) -> None:
    assert feedback_by(day) == due


def test_a_week_is_seven_days() -> None:
    assert acknowledge_by(date(2026, 12, 28)) == date(2027, 1, 4)


@pytest.mark.parametrize(
    ("today", "urgency"),
    [
        (date(2026, 6, 2), Urgency.CALM),
        (date(2026, 6, 6), Urgency.SOON),
        (date(2026, 6, 8), Urgency.SOON),
        (date(2026, 6, 9), Urgency.LATE),
    ],
)
def test_a_new_tip_waits_for_its_acknowledgement(today: date, urgency: Urgency) -> None:
    assert running_clock(_tip(), today) == Clock(Promise.ACKNOWLEDGEMENT, date(2026, 6, 8), urgency)


def test_an_acknowledged_tip_waits_for_feedback() -> None:
    tip = _tip(acknowledged_on=date(2026, 6, 3))
    clock = running_clock(tip, date(2026, 6, 20))
    assert clock == Clock(Promise.FEEDBACK, date(2026, 9, 3), Urgency.CALM)


def test_no_clock_runs_once_all_promises_are_kept() -> None:
    tip = _tip(acknowledged_on=date(2026, 6, 3), answered_on=date(2026, 6, 5))
    assert running_clock(tip, date(2026, 12, 1)) is None
    closed = _tip()
    closed.state = TipState.CLOSED
    assert running_clock(closed, date(2026, 12, 1)) is None
