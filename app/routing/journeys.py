"""The whole way of an issue, ready to be drawn: its chain of hops, then its way in the house.

Pure. Stations are places in the order in which the reporter (or the ticket) came to them, with
one step between each two. A move inside the house continues the chain.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.routing.chains import Hop, Leg, Place, PlaceKind, find_loop, legs_of


class StepKind(StrEnum):
    """How one station led to the next.

    SENT by an office, WENT there of their own accord, FILED here and routed to a desk, MOVED from
    desk to desk.
    """

    SENT = "sent"
    WENT = "went"
    FILED = "filed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Step:
    """The way to a station: whether it was right, when, and why where a desk says so.

    `named`: the text says who sent.
    """

    kind: StepKind
    to: Place
    verdict: str = ""
    happened_on: date | None = None
    reason: str = ""
    named: bool = True


@dataclass(frozen=True, slots=True)
class DeskMove:
    """A move from the desk that had the ticket to another."""

    to_desk: str
    moved_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class House:
    """A ticket's way inside the house. `settled`: the desk that has it has taken it on."""

    filed_on: date
    first_desk: str
    routed_on: date
    moves: Sequence[DeskMove] = ()
    settled: bool = False

    @property
    def came_on(self) -> date:
        """The day on which it came to the desk that has it."""
        return self.moves[-1].moved_on if self.moves else self.routed_on


@dataclass(frozen=True, slots=True)
class Journey:
    """Stations and steps; step 0 leads from station 0 to station 1.

    `loops` are pairs of stations: the earlier one, and the later one that comes back to it.
    `reached_on` is empty while no desk has taken the ticket on. `ended`: the last station has.
    """

    stations: tuple[Place, ...]
    steps: tuple[Step, ...]
    loops: tuple[tuple[int, int], ...]
    hops: int
    begun_on: date | None
    reached_on: date | None = None

    @property
    def ended(self) -> bool:
        """True when the right desk has it."""
        return self.reached_on is not None

    def days_lost(self, today: date) -> int | None:
        """Days from the first hop to the right desk, or until today; None: no day is known."""
        if self.begun_on is None:
            return None
        return max(0, ((self.reached_on or today) - self.begun_on).days)


def journey_of(hops: Sequence[Hop], house: House | None = None) -> Journey:
    """The way that the hops tell, and what came after; of a tip the hops are all there is."""
    way = _Way()
    for leg in legs_of(hops):
        way.walk(leg)
    way.close_loop(hops)
    if house is not None:
        _through_the_house(way, house)
    days = [hop.happened_on for hop in hops if hop.happened_on is not None]
    return Journey(
        stations=tuple(way.stations),
        steps=tuple(way.steps),
        loops=tuple(way.loops),
        hops=len(hops) + (len(house.moves) if house else 0),
        begun_on=min(days, default=house.filed_on if house else None),
        reached_on=house.came_on if house and house.settled else None,
    )


@dataclass(slots=True)
class _Way:
    """A journey while it is put together. `starts` and `ends` are the stations of each leg."""

    stations: list[Place] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    loops: list[tuple[int, int]] = field(default_factory=list)
    starts: list[tuple[int, ...]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def go(self, step: Step) -> None:
        """Add a station; the first one of all is not led to."""
        if self.stations:
            self.steps.append(step)
        self.stations.append(step.to)

    def be_at(self, place: Place) -> int:
        """Be at a place, by going there where the chain is not there already."""
        if not self.stations or self.stations[-1] != place:
            self.go(Step(StepKind.WENT, place))
        return len(self.stations) - 1

    def walk(self, leg: Leg) -> None:
        """Add a hop: where they were, who sent them, where to."""
        starts = []
        if was_at := self._used_before(leg):
            starts.append(self.be_at(was_at))
        starts.append(self.be_at(leg.origin))
        self.starts.append(tuple(reversed(starts)))
        hop = leg.hop
        named = hop.told_by is not None
        step = Step(StepKind.SENT, leg.end, str(hop.verdict), hop.happened_on, named=named)
        self.go(step)
        self.ends.append(len(self.stations) - 1)

    def _used_before(self, leg: Leg) -> Place | None:
        """The system that they used when another office sent them, unless they stand there."""
        hop = leg.hop
        if hop.from_system is None or hop.from_agency == leg.origin.agency or leg.follows:
            return None
        if self.stations and self.stations[-1].agency == hop.from_agency:
            return None
        return Place(PlaceKind.SYSTEM, hop.from_system, hop.from_agency)

    def close_loop(self, hops: Sequence[Hop]) -> None:
        """Note the stations of the loop that the hops make."""
        if loop := find_loop(hops):
            begins = self.starts[loop.begun_by]
            same = [n for n in begins if self.stations[n].agency == loop.place.agency]
            self.loops.append(((same or list(begins))[0], self.ends[loop.closed_by]))


def _through_the_house(way: _Way, house: House) -> None:
    way.go(Step(StepKind.FILED, _desk(house.first_desk), happened_on=house.filed_on))
    left = {house.first_desk: len(way.stations) - 1}
    looped = False
    for move in house.moves:
        step = Step(StepKind.MOVED, _desk(move.to_desk), "", move.moved_on, move.reason)
        way.go(step)
        here = len(way.stations) - 1
        if move.to_desk in left and not looped:
            way.loops.append((left[move.to_desk], here))
            looped = True
        left.setdefault(move.to_desk, here)


def _desk(code: str) -> Place:
    return Place(PlaceKind.DESK, code)
