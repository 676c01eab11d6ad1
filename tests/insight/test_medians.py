"""Medians from counts of equal values."""

from collections import Counter
from datetime import date
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insight.medians import Alike, figures_of, median_of

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_it_is_the_median(values: list[int]) -> None:
    assert median_of(Counter(values)) == pytest.approx(median(values))


def test_there_is_none_of_nothing() -> None:
    assert median_of({}) is None


def _alike(month: date, tickets: int, **of) -> Alike:
    known = {"desk": "mocs", "systems": [], "sent": True, "hops": None, "days": None}
    return Alike(month=month, tickets=tickets, deflected=0, **(known | of))


def test_months_and_desks_add_up_without_asking_again() -> None:
    desks, systems = figures_of(
        [
            _alike(MAY, 3, hops=1, days=10),
            _alike(JUNE, 2, hops=4, days=20, systems=["vendex", "pip"]),
            _alike(JUNE, 2, desk="fisa", hops=7, days=20),
            _alike(JUNE, 1, desk="fisa"),
            _alike(MAY, 5, sent=False),
        ]
    )
    found = {(row.month, row.code): row for row in desks}
    assert (found[MAY, "mocs"].tickets, found[MAY, "mocs"].sent_around) == (8, 3)
    assert found[None, "mocs"].median_hops == 1
    assert (found[None, None].tickets, found[None, None].sent_around) == (13, 8)
    assert (found[None, None].median_hops, found[None, None].median_days) == (4, 20)
    assert found[JUNE, "fisa"].median_hops == 7, "what is not settled has no say"
    assert {(row.month, row.code, row.tickets) for row in systems} == {
        (month, code, 2) for month in (JUNE, None) for code in ("vendex", "pip")
    }
