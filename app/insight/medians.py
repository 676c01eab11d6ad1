"""Medians and sums of tickets by place and month, from counts of equal ones. Pure.

The database counts tickets that are alike; what is left is small however many tickets there are,
and medians over many months, or of all desks, need no second look.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.insight.measures import TicketFigures


@dataclass(frozen=True, slots=True)
class Alike:
    """Tickets of one month and desk that name the same systems, after equally many hops and days.

    `hops` and `days` are empty until a desk has taken them on, and where nobody was `sent`.
    """

    month: date
    desk: str
    systems: Sequence[str]
    sent: bool
    hops: int | None
    days: int | None
    tickets: int
    deflected: int


@dataclass(slots=True)
class _Tally:
    tickets: int = 0
    sent_around: int = 0
    deflected: int = 0
    hops: Counter[int] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)

    def add(self, alike: Alike) -> None:
        self.tickets += alike.tickets
        self.deflected += alike.deflected
        if alike.sent:
            self.sent_around += alike.tickets
        if alike.hops is not None and alike.days is not None:
            self.hops[alike.hops] += alike.tickets
            self.days[alike.days] += alike.tickets

    def merge(self, other: "_Tally") -> None:
        self.tickets += other.tickets
        self.sent_around += other.sent_around
        self.deflected += other.deflected
        self.hops.update(other.hops)
        self.days.update(other.days)


_Tallies = dict[tuple[date | None, str | None], _Tally]


def figures_of(counted: Iterable[Alike]) -> tuple[list[TicketFigures], list[TicketFigures]]:
    """The figures of desks (and of all, which has no code), and those of systems."""
    desks: _Tallies = defaultdict(_Tally)
    systems: _Tallies = defaultdict(_Tally)
    for alike in counted:
        desks[alike.month, alike.desk].add(alike)
        for system in alike.systems:
            systems[alike.month, system].add(alike)
    for (month, code), tally in list(desks.items()):
        for key in ((None, code), (month, None), (None, None)):
            desks[key].merge(tally)
    for (_month, code), tally in list(systems.items()):
        systems[None, code].merge(tally)
    return _told(desks), _told(systems)


def _told(tallies: _Tallies) -> list[TicketFigures]:
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
