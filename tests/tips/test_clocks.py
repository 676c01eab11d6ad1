"""The promised days, at the ends of months and in leap years; each state has its sentence."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tips import clocks, wording
from app.tips.models import Outcome, Tip, TipState


def test_a_tip_is_confirmed_within_seven_days() -> None:
    assert clocks.acknowledge_by(date(2026, 12, 28)) == date(2027, 1, 4)


@pytest.mark.parametrize(
    ("begun", "due"),
    [
        (date(2026, 6, 15), date(2026, 9, 15)),
        (date(2026, 1, 31), date(2026, 4, 30)),
        (date(2026, 10, 31), date(2027, 1, 31)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 9, 30), date(2026, 12, 30)),
    ],
)
def test_feedback_is_due_three_months_later(begun: date, due: date) -> None:
    assert clocks.feedback_by(begun) == due


@given(st.dates(max_value=date(9000, 1, 1)), st.integers(0, 100))
def test_a_month_is_never_skipped(day: date, months: int) -> None:
    later = clocks.add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


def _tip(**fields) -> Tip:
    return Tip(**{"state": TipState.RECEIVED, "received_on": date(2026, 6, 1)} | fields)


@pytest.mark.parametrize("state", TipState)
def test_each_state_is_said_in_a_sentence(prepared_app, state: TipState) -> None:
    with prepared_app.test_request_context():
        assert wording.standing(_tip(state=state)).endswith(".")
        assert wording.label(_tip(state=state))


def test_each_outcome_is_said_in_its_own_sentence(prepared_app) -> None:
    with prepared_app.test_request_context():
        said = {wording.standing(_tip(state=TipState.CLOSED, outcome=o)) for o in Outcome}
    assert len(said) == len(Outcome)


PROMISES = {
    "both are due": ({}, date(2026, 6, 8), ["should confirm it by 8 June", "by 1 September"]),
    "the first is late": ({}, date(2026, 6, 9), ["by 8 June 2026. It is late", "1 September"]),
    "confirmed": (
        {"acknowledged_on": date(2026, 6, 5)},
        date(2026, 6, 9),
        ["Confirmed on 5 June", "by 5 September"],
    ),
    "the answer is late": (
        {"acknowledged_on": date(2026, 6, 5)},
        date(2026, 9, 6),
        ["Confirmed on 5 June", "by 5 September 2026. It is late"],
    ),
    "answered": (
        {"acknowledged_on": date(2026, 6, 5), "answered_on": date(2026, 7, 1)},
        date(2026, 9, 6),
        ["Confirmed on 5 June", "on 1 July"],
    ),
    "closed": ({"state": TipState.CLOSED}, date(2027, 1, 1), []),
}


@pytest.mark.parametrize(("fields", "today", "said"), PROMISES.values(), ids=PROMISES.keys())
def test_what_was_promised_is_said_with_its_day(prepared_app, fields, today, said) -> None:
    with prepared_app.test_request_context():
        sentences = wording.promises(_tip(**fields), today)
    assert len(sentences) == len(said)
    assert all(part in sentence for part, sentence in zip(said, sentences, strict=True))
