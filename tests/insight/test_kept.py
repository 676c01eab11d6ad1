"""Figures of a large house are kept for some minutes."""

from datetime import date

import pytest
from insight_rows import make_history

from app.insight import kept
from app.insight.months import Span

SPAN = Span(date(2026, 5, 1), date(2026, 6, 1))


@pytest.fixture
def _large(monkeypatch: pytest.MonkeyPatch, app):
    monkeypatch.setattr(kept, "LARGE", 1)
    yield
    kept._kept.clear()


def _tickets() -> int:
    return kept.get_recent_insight(SPAN).total[None].tickets


@pytest.mark.usefixtures("_large")
def test_a_large_house_is_counted_once_in_some_minutes(still_clock) -> None:
    make_history("2026-05-10")
    assert _tickets() == 1
    make_history("2026-05-10")
    assert _tickets() == 1
    still_clock.forward(minutes=6)
    assert _tickets() == 2


def test_a_small_house_is_counted_each_time(app, still_clock) -> None:
    make_history("2026-05-10")
    assert _tickets() == 1
    make_history("2026-05-10")
    assert _tickets() == 2
