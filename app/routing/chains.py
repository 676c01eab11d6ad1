"""The chain of an issue: who sent its reporter where, and whether that came back. Pure.

A **loop** is a chain that leads to where its reporter was sent away from before: A sent them to
B, and B (or somebody later) to A. Three things follow from what an office and a system are:

- A system counts as its owner's: sent from MOCS to the Comptroller and from there to VENDEX,
  they are back at MOCS, which runs VENDEX.
- A hop that stays inside one agency (MOCS: "not VENDEX, PASSPort") leads nowhere else, so it is
  no loop by itself.
- Who only used a system was not sent away by its office. They come back where they are sent to
  that very system, not where they are sent to another system of its owner. So one hop alone is
  never a loop.

Two offices that send to the same place are no loop either: nobody was sent away from there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class Hop(Protocol):
    """What the chain needs to know of a referral; codes of the registry, None where not told."""

    @property
    def told_by(self) -> str | None:
        """The office that sent."""

    @property
    def from_system(self) -> str | None:
        """The system that the reporter used or was sent away from."""

    @property
    def from_agency(self) -> str | None:
        """Its owner."""

    @property
    def to_system(self) -> str | None:
        """The system sent to."""

    @property
    def to_agency(self) -> str | None:
        """The office sent to, or the owner of the system."""

    @property
    def verdict(self) -> str:
        """Whether that was right."""

    @property
    def happened_on(self) -> date | None:
        """The day, where the text tells it."""


class PlaceKind(StrEnum):
    """What stands in a chain. DESK is one of our queues."""

    UNKNOWN = "unknown"
    OFFICE = "office"
    SYSTEM = "system"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a chain. `agency` is the office itself, or the owner of the system."""

    kind: PlaceKind
    code: str = ""
    agency: str | None = None


UNKNOWN = Place(PlaceKind.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Leg:
    """One hop as part of the chain. `follows`: it begins where the one before it ended."""

    hop: Hop
    origin: Place
    end: Place
    follows: bool


@dataclass(frozen=True, slots=True)
class Loop:
    """A way back: leg number `closed_by` leads to where leg number `begun_by` started."""

    place: Place
    begun_by: int
    closed_by: int


def legs_of(hops: Sequence[Hop]) -> list[Leg]:
    """The hops, joined: by day where the text dates each of them, otherwise as it tells them."""
    legs: list[Leg] = []
    for hop in _in_order(hops):
        before = legs[-1].end if legs else None
        origin = _origin(hop, before)
        legs.append(Leg(hop, origin, _destination(hop), origin == before))
    return legs


def find_loop(hops: Sequence[Hop]) -> Loop | None:
    """The first way back in a chain of hops."""
    return next(_loops(legs_of(hops)), None)


def _loops(legs: Sequence[Leg]) -> Iterator[Loop]:
    offices: dict[str, int] = {}
    systems: dict[str, int] = {}
    for number, leg in enumerate(legs):
        sender = _sender(leg)
        agency = leg.end.agency
        if agency is not None and agency != sender and agency in offices:
            yield Loop(leg.end, offices[agency], number)
        elif leg.hop.to_system is not None and leg.hop.to_system in systems:
            yield Loop(leg.end, systems[leg.hop.to_system], number)
        if sender is not None:
            offices.setdefault(sender, number)
        if leg.hop.from_system is not None:
            systems.setdefault(leg.hop.from_system, number)


def _sender(leg: Leg) -> str | None:
    """The office that sent them away: the one named, or the one to which they had been sent."""
    return leg.hop.told_by or (leg.origin.agency if leg.follows else None)


def _in_order(hops: Sequence[Hop]) -> list[Hop]:
    days = [hop.happened_on for hop in hops if hop.happened_on is not None]
    if len(days) < len(hops):
        return list(hops)
    return sorted(hops, key=lambda hop: hop.happened_on or days[0])


def _origin(hop: Hop, before: Place | None) -> Place:
    """Where the hop starts: with the office that sent, else where the reporter was."""
    if hop.told_by is not None:
        if before is not None and before.agency == hop.told_by:
            return before
        if hop.from_system is not None and hop.from_agency == hop.told_by:
            return Place(PlaceKind.SYSTEM, hop.from_system, hop.from_agency)
        return Place(PlaceKind.OFFICE, hop.told_by, hop.told_by)
    if hop.from_system is not None and (before is None or before.agency != hop.from_agency):
        return Place(PlaceKind.SYSTEM, hop.from_system, hop.from_agency)
    return before or UNKNOWN


def _destination(hop: Hop) -> Place:
    if hop.to_system is not None:
        return Place(PlaceKind.SYSTEM, hop.to_system, hop.to_agency)
    if hop.to_agency is not None:
        return Place(PlaceKind.OFFICE, hop.to_agency, hop.to_agency)
    return UNKNOWN
