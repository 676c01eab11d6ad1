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
    known = {"desk": "mocs", "systems": None, "of_days": False, "hops": None, "days": None}
    return Alike(month=month, tickets=tickets, sent_around=0, deflected=0, **(known | of))


def test_months_and_desks_add_up_without_asking_again() -> None:
    desks, systems = figures_of(
        [
            _alike(MAY, 3, hops=1),
            _alike(JUNE, 2, hops=4),
            _alike(JUNE, 2, desk="fisa", hops=7),
            _alike(MAY, 5),
            _alike(MAY, 3, of_days=True, days=10),
            _alike(MAY, 2, desk=None, systems=["vendex", "pip"], hops=2),
        ]
    )
    found = {(row.month, row.code): row for row in desks}
    assert found[MAY, "mocs"].tickets == 8
    assert found[None, "mocs"].median_hops == 1
    assert found[None, None].tickets == 12
    assert found[None, None].median_hops == 4
    assert found[MAY, "mocs"].median_days == 10
    assert found[JUNE, "mocs"].median_days is None
    assert {(row.month, row.code, row.tickets) for row in systems} == {
        (month, code, 2) for month in (MAY, None) for code in ("vendex", "pip")
    }
