"""Months and spans."""

from datetime import date

import pytest

from app.insight.months import Span, next_month, parse_month


def test_a_year_ends_with_its_last_month() -> None:
    span = Span.of_year_to(date(2026, 2, 17))
    assert (span.first, span.last, span.end) == (
        date(2025, 3, 1),
        date(2026, 2, 1),
        date(2026, 3, 1),
    )
    assert len(list(span.months())) == 12


def test_months_follow_each_other_over_the_year() -> None:
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert next_month(date(2026, 1, 1), -1) == date(2025, 12, 1)


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-00", "May", "2026-5", "2026-05-01", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        parse_month(text)


def test_a_span_says_what_is_wrong_with_it() -> None:
    assert Span(date(2026, 5, 1), date(2026, 4, 1)).fault()
    assert Span(date(2000, 1, 1), date(2026, 4, 1)).fault()
    assert Span(date(2026, 4, 1), date(2026, 4, 1)).fault() is None


def test_only_months_that_are_over_are_finished() -> None:
    span = Span(date(2026, 4, 1), date(2026, 6, 1))
    assert span.finished_by(date(2026, 6, 30)).last == date(2026, 5, 1)
    assert (
        list(Span(date(2026, 6, 1), date(2026, 6, 1)).finished_by(date(2026, 6, 2)).months()) == []
    )
