"""Moments that are made coarse."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core import clock

TEN_MINUTES = timedelta(minutes=10)


@pytest.mark.parametrize(
    ("moment", "rounded"),
    [
        (datetime(2026, 6, 15, 14, 0, 1, tzinfo=UTC), datetime(2026, 6, 15, 14, 10, tzinfo=UTC)),
        (datetime(2026, 6, 15, 14, 0, tzinfo=UTC), datetime(2026, 6, 15, 14, 0, tzinfo=UTC)),
        (datetime(2026, 6, 15, 23, 59, tzinfo=UTC), datetime(2026, 6, 16, tzinfo=UTC)),
    ],
)
def test_a_moment_is_rounded_up(moment: datetime, rounded: datetime) -> None:
    assert clock.round_up(moment, TEN_MINUTES) == rounded


def test_a_day_begins_at_the_citys_midnight(app, still_clock) -> None:
    assert clock.start_of_today() == datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
