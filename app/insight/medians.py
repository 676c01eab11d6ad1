"""Medians and sums of tickets by place and month, from counts of equal ones. Pure.

The database counts tickets of the same month, place and number of hops (or days); what is left
is small however many tickets there are, and medians over more than one month need no second look.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.insight.measures import TicketFigures


@dataclass(frozen=True, slots=True)
class Alike:
    """Tickets of one month and one desk, or naming the same systems, with equally many hops.

    Or, where `of_days`, with equally many days. Empty: not settled, or never sent.
    """

    month: date
    desk: str | None
    systems: Sequence[str] | None
    of_days: bool
    hops: int | None
    days: int | None
    tickets: int
    sent_around: int
    deflected: int


@dataclass(slots=True)
class _Tally:
    tickets: int = 0
    sent_around: int = 0
    deflected: int = 0
    hops: Counter[int] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)

    def add(self, alike: Alike) -> None:
        if alike.of_days:
            if alike.days is not None:
                self.days[alike.days] += alike.tickets
            return
        self.tickets += alike.tickets
        self.sent_around += alike.sent_around
        self.deflected += alike.deflected
        if alike.hops is not None:
            self.hops[alike.hops] += alike.tickets


def figures_of(counted: Iterable[Alike]) -> tuple[list[TicketFigures], list[TicketFigures]]:
    """The figures of desks (and of all, which has no code), and those of systems."""
    desks: dict[tuple[date | None, str | None], _Tally] = defaultdict(_Tally)
    systems: dict[tuple[date | None, str | None], _Tally] = defaultdict(_Tally)
    for alike in counted:
        if alike.systems is None:
            for code in (alike.desk, None):
                desks[alike.month, code].add(alike)
                desks[None, code].add(alike)
            continue
        for system in alike.systems:
            systems[alike.month, system].add(alike)
            systems[None, system].add(alike)
    return _told(desks), _told(systems)


def _told(tallies: Mapping[tuple[date | None, str | None], _Tally]) -> list[TicketFigures]:
    return [
        TicketFigures(
            month=month,
            code=code,
            tickets=tally.tickets,
            sent_around=tally.sent_around,
            deflected=tally.deflected,
            median_hops=median_of(tally.hops),
            median_days=median_of(tally.days),
        )
        for (month, code), tally in tallies.items()
    ]


def median_of(counts: Mapping[int, int]) -> float | None:
    """The median of values that occur so many times; None of nothing."""
    total = sum(counts.values())
    if not total:
        return None
    middle = ((total - 1) // 2, total // 2)
    found: list[int] = []
    passed = 0
    for value in sorted(counts):
        passed += counts[value]
        while len(found) < len(middle) and middle[len(found)] < passed:
            found.append(value)
    return sum(found) / len(found)
