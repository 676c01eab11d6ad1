"""The only source of the present time, so that tests can hold it still."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app


def _system_time() -> datetime:
    return datetime.now(UTC)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_source: list[Callable[[], datetime]] = [_system_time]


def now() -> datetime:
    """The present moment in UTC."""
    return _source[-1]()


def today() -> date:
    """The present day in the city's time zone: laws and registry rows change at its midnight."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day of a moment in the city's time zone."""
    return moment.astimezone(ZoneInfo(current_app.config["SETTINGS"].timezone)).date()


def start_of_today() -> datetime:
    """The city's last midnight, in UTC: for rows that must not tell a time."""
    zone = ZoneInfo(current_app.config["SETTINGS"].timezone)
    return datetime.combine(today(), time(), zone).astimezone(UTC)


def round_up(moment: datetime, grain: timedelta) -> datetime:
    """The next moment that is a multiple of the grain after the epoch."""
    return moment + (_EPOCH - moment) % grain


def use(read: Callable[[], datetime] | None) -> None:
    """Replace the clock (tests); None puts the system's clock back."""
    _source[1:] = [read] if read else []
