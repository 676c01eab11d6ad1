"""Months, and spans of them. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MOST_MONTHS = 60
_MONTH = re.compile(r"(\d{4})-(\d{2})")


def month_of(day: date) -> date:
    """The first day of the day's month."""
    return day.replace(day=1)


def next_month(month: date, by: int = 1) -> date:
    """The first day of the month that is some months later, or earlier."""
    years, months = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(years, months + 1, 1)


def parse_month(text: str) -> date:
    """The month of "2026-05"; raise ValueError for anything else."""
    found = _MONTH.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text} is not a month such as 2026-05")
    return date(int(found[1]), int(found[2]), 1)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months, from the first to the last; both are their first days and belong to it."""

    first: date
    last: date

    @classmethod
    def of_year_to(cls, day: date) -> "Span":
        """The twelve months up to the day's."""
        return cls(next_month(month_of(day), -11), month_of(day))

    @property
    def end(self) -> date:
        """The first day after it."""
        return next_month(self.last)

    def months(self) -> Iterator[date]:
        """Its months in order."""
        month = self.first
        while month <= self.last:
            yield month
            month = next_month(month)

    def fault(self) -> str | None:
        """Why nothing can be counted over it; None when it can."""
        if self.last < self.first:
            return "the last month is before the first one"
        if self.end > next_month(self.first, MOST_MONTHS):
            return f"more than {MOST_MONTHS} months"
        return None

    def finished_by(self, day: date) -> "Span":
        """Its months that are over on a day; may be empty."""
        return Span(self.first, min(self.last, next_month(month_of(day), -1)))
