"""What is measured of the runaround, and how it adds up. Pure.

**A misdirection** is a hop whose verdict is `misdirected`. Whoever told it *gave* it; the office
(and the system) to which it led *received* it. A system gives those by which people were sent
away from it. A move inside the house whose reason is not "duplicate" says that the ticket had
come to the wrong desk: the desk that had sent it there gave a misdirection, or the router when
no desk had.

**A loop** counts for every place through which its chain passes, once.

**Hops** of a ticket are its referrals and its moves in the house. **Days to the right desk** run
from the first hop's day (the day of filing where the text tells none) to the day on which the
ticket came to the desk that has it, and are known once that desk has taken it on: see
`app/tickets/journey.py`. Medians are those of settled tickets with at least one hop; who came
straight to us was not sent around.

Everything counts in the month in which the router decided the issue.

**Tips** count too, each once for a place whatever it tells of it, but nobody may learn of a single
one: only in months that are over, cell by cell (place and month) rounded down to fives, and kept
apart from the tickets. Every sum is a sum of such cells.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.insight.months import Span
from app.problems.policy import in_fives


class PlaceKind(StrEnum):
    """What figures are kept of."""

    AGENCY = "agency"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Edge:
    """How often in a month an office sent people from somewhere to somewhere, wrongly."""

    month: date
    told_by: str | None
    from_system: str | None
    to_agency: str | None
    to_system: str | None
    count: int


@dataclass(frozen=True, slots=True)
class LoopCount:
    """How many loops of a month pass through a place; `kind` None: how many there are."""

    month: date
    kind: PlaceKind | None
    code: str
    count: int


@dataclass(frozen=True, slots=True)
class TicketFigures:
    """Tickets of a desk, or naming a system, in a month; None: of all, over all months."""

    month: date | None
    code: str | None
    tickets: int
    sent_around: int
    deflected: int
    median_hops: float | None
    median_days: float | None


@dataclass(frozen=True, slots=True)
class HouseCount:
    """How often in a month a desk (None: the router) gave tickets to a desk that was not right."""

    month: date
    giver: str | None
    receiver: str
    count: int


@dataclass(frozen=True, slots=True)
class TipCount:
    """How many tips of a month tell of a wrong way that a place gave, or received.

    `kind` None: that anybody gave. Each tip counts once, however many hops it tells.
    """

    month: date
    kind: PlaceKind | None
    code: str
    given: bool
    tips: int


@dataclass(frozen=True, slots=True)
class Found:
    """What the database tells of a span."""

    edges: Sequence[Edge] = ()
    tips: Sequence[TipCount] = ()
    loops: Sequence[LoopCount] = ()
    desks: Sequence[TicketFigures] = ()
    systems: Sequence[TicketFigures] = ()
    house: Sequence[HouseCount] = ()


@dataclass(slots=True)
class Figures:
    """One row: the figures of a place over a month or a span."""

    tickets: int = 0
    sent_around: int = 0
    given: int = 0
    received: int = 0
    loops: int = 0
    median_hops: float | None = None
    median_days: float | None = None
    deflected: int = 0
    house_given: int = 0
    house_received: int = 0
    tips_given: int = 0
    tips_received: int = 0

    def is_empty(self) -> bool:
        """True when there is nothing to show."""
        return self == Figures()


Rows = dict[str, dict[date | None, Figures]]
"""Code → month → figures; the month None holds those of the whole span."""


@dataclass(slots=True)
class Insight:
    """All figures of a span. `total` counts each ticket and each misdirection once."""

    span: Span
    total: dict[date | None, Figures]
    agencies: Rows
    systems: Rows
    flow: dict[tuple[str | None, PlaceKind, str], int] = field(default_factory=dict)
    router: dict[date | None, int] = field(default_factory=dict)

    def months(self, rows: Mapping[date | None, Figures]) -> list[tuple[date, Figures]]:
        """The figures of every month of the span, those without any too."""
        return [(month, rows.get(month, Figures())) for month in self.span.months()]


def assemble(span: Span, found: Found) -> Insight:
    """Add up what was found."""
    sums = _Sums()
    for edge in found.edges:
        sums.add_edge(edge)
    for count in found.loops:
        sums.add_loops(count)
    for house in found.house:
        sums.add_house(house)
    for tips in found.tips:
        sums.add_tips(tips)
    insight = Insight(span, sums.total, sums.agencies, sums.systems, sums.flow, sums.router)
    for found_here in found.desks:
        code = found_here.code
        _put(found_here, insight.total if code is None else insight.agencies[code])
    for found_here in found.systems:
        _put(found_here, insight.systems[found_here.code or ""])
    return insight


def _rows() -> Rows:
    return defaultdict(lambda: defaultdict(Figures))


@dataclass(slots=True)
class _Sums:
    """Figures while they are added up; each count goes to its month and to the span."""

    total: dict[date | None, Figures] = field(default_factory=lambda: defaultdict(Figures))
    agencies: Rows = field(default_factory=_rows)
    systems: Rows = field(default_factory=_rows)
    flow: dict[tuple[str | None, PlaceKind, str], int] = field(
        default_factory=lambda: defaultdict(int)
    )
    router: dict[date | None, int] = field(default_factory=lambda: defaultdict(int))

    def add_edge(self, edge: Edge) -> None:
        """Count misdirections for who gave and who received them."""
        for month in (edge.month, None):
            self.total[month].given += edge.count
            self.total[month].received += edge.count
            for rows, code in ((self.agencies, edge.told_by), (self.systems, edge.from_system)):
                if code is not None:
                    rows[code][month].given += edge.count
            for rows, code in ((self.agencies, edge.to_agency), (self.systems, edge.to_system)):
                if code is not None:
                    rows[code][month].received += edge.count
        if edge.to_system is not None:
            self.flow[edge.told_by, PlaceKind.SYSTEM, edge.to_system] += edge.count
        elif edge.to_agency is not None:
            self.flow[edge.told_by, PlaceKind.AGENCY, edge.to_agency] += edge.count

    def add_loops(self, loops: LoopCount) -> None:
        """Count loops for a place, or for all."""
        for month in (loops.month, None):
            if loops.kind is None:
                self.total[month].loops += loops.count
            else:
                rows = self.agencies if loops.kind is PlaceKind.AGENCY else self.systems
                rows[loops.code][month].loops += loops.count

    def add_house(self, house: HouseCount) -> None:
        """Count what went wrong inside the house."""
        for month in (house.month, None):
            self.total[month].house_received += house.count
            self.agencies[house.receiver][month].house_received += house.count
            if house.giver is None:
                self.router[month] += house.count
            else:
                self.total[month].house_given += house.count
                self.agencies[house.giver][month].house_given += house.count

    def add_tips(self, counted: TipCount) -> None:
        """Count tips of a place and month, rounded down before they are added to anything."""
        tips = in_fives(counted.tips)
        if not tips:
            return
        rows = self.agencies if counted.kind is PlaceKind.AGENCY else self.systems
        months = self.total if counted.kind is None else rows[counted.code]
        for month in (counted.month, None):
            if counted.given:
                months[month].tips_given += tips
            else:
                months[month].tips_received += tips


def _put(found: TicketFigures, months: dict[date | None, Figures]) -> None:
    figures = months[found.month]
    figures.tickets, figures.sent_around = found.tickets, found.sent_around
    figures.deflected = found.deflected
    figures.median_hops, figures.median_days = found.median_hops, found.median_days
