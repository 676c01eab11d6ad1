"""What may be told about a problem, and what may follow what. Pure."""

from dataclasses import dataclass

from app.problems.matching import LEAST_REPORTS
from app.problems.models import ProblemState

FEWEST_OTHERS = 5
"""Fewer others are never told of: somebody could work out who they are."""

_S = ProblemState
NEXT: dict[ProblemState, tuple[ProblemState, ...]] = {
    _S.GATHERING: (),
    _S.PROPOSED: (_S.CONFIRMED, _S.DISMISSED),
    _S.CONFIRMED: (_S.SOLVED, _S.DISMISSED),
    _S.DISMISSED: (_S.CONFIRMED,),
    _S.SOLVED: (_S.CONFIRMED,),
    _S.MERGED: (),
}
"""State → the states that a lead may choose next. Merging is an act of its own."""

OPEN = (_S.PROPOSED, _S.CONFIRMED)
"""A lead works on these, and tickets are linked to them."""

SHOWN = (_S.PROPOSED, _S.CONFIRMED, _S.SOLVED, _S.DISMISSED, _S.MERGED)
"""What has a page."""


def in_fives(count: int) -> int:
    """A number of tips as it may be told: whole fives, so that one more or less never shows."""
    return count - count % FEWEST_OTHERS


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tickets share a problem, and how many reports there are with tips in fives."""

    tickets: int = 0
    tips: int = 0

    @property
    def reports(self) -> int:
        """Tickets, and tips in fives."""
        return self.tickets + in_fives(self.tips)


def is_proposed(counts: Counts) -> bool:
    """True when enough share a problem that a lead is asked about it."""
    return counts.reports >= LEAST_REPORTS


def told_others(count: int) -> int | None:
    """A number of others as a vendor is told it; None where they are too few."""
    return count if count >= FEWEST_OTHERS else None
