"""When a move is a bounce, where the ticket lands then, and whose turn it is. Pure.

A bounce is a move by a desk that has not accepted the ticket, or to a desk that had it before.
The first one lands where it is sent. The second one goes before the lead of the desk that the
router decided for, and from then on leads alone move the ticket. The third one pins it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.tickets.models import MoveAnswer, TicketMove

TO_THE_LEAD = 2
PINS = 3


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a move takes a ticket. `waits`: that desk has to answer; `pinned`: it stays there."""

    queue: str
    waits: bool
    pinned: bool
    to_the_lead: bool = False


class Due(StrEnum):
    """What a move that nobody has answered asks for now."""

    REMIND = "remind"
    ESCALATE = "escalate"


def find_waiting(moves: Sequence[TicketMove]) -> TicketMove | None:
    """The move that waits for its answer; it can only be the last one."""
    return moves[-1] if moves and moves[-1].answer is None else None


def count_bounces(moves: Sequence[TicketMove]) -> int:
    """How many of a ticket's moves were bounces."""
    return sum(_was_bounce(moves, position) for position in range(len(moves)))


def _was_bounce(moves: Sequence[TicketMove], position: int) -> bool:
    if position == 0:
        return False
    refused = moves[position - 1].answer == MoveAnswer.RETURNED
    return refused or moves[position].to_queue_code in _had_it(moves[:position])


def _had_it(moves: Sequence[TicketMove]) -> set[str]:
    return {move.from_queue_code for move in moves}


def waits_for_lead(moves: Sequence[TicketMove]) -> bool:
    """True while the ticket lies before the lead of the desk that the router decided for."""
    waiting = find_waiting(moves)
    return (
        waiting is not None
        and waiting.to_queue_code == moves[0].from_queue_code
        and count_bounces(moves) >= TO_THE_LEAD
    )


def is_for_leads(moves: Sequence[TicketMove]) -> bool:
    """True when only leads may move the ticket any more."""
    return count_bounces(moves) >= TO_THE_LEAD


def answer_of_moving_on(moves: Sequence[TicketMove]) -> MoveAnswer:
    """What a desk says to the move that waits by moving the ticket on.

    That it does not take it; a lead before whom it lies decides, which is an answer.
    """
    return MoveAnswer.ACCEPTED if waits_for_lead(moves) else MoveAnswer.RETURNED


def land(moves: Sequence[TicketMove], here: str, wanted: str, *, leads_here: bool) -> Landing:
    """Where a move from `here` to `wanted` takes the ticket. `leads_here`: a lead moves it."""
    waiting = find_waiting(moves)
    refuses = waiting is not None and not waits_for_lead(moves)
    if not refuses and wanted not in _had_it(moves):
        return Landing(wanted, waits=True, pinned=False)
    bounces = count_bounces(moves) + 1
    if bounces >= PINS:
        return Landing(wanted, waits=False, pinned=True)
    decided = moves[0].from_queue_code
    if bounces == TO_THE_LEAD and not (here == decided and leads_here):
        return Landing(decided, waits=True, pinned=False, to_the_lead=True)
    sent_back = refuses and waiting is not None and wanted == waiting.from_queue_code
    return Landing(wanted, waits=not sent_back, pinned=False)


def due(move: TicketMove, now: datetime) -> Due | None:
    """What an unanswered move asks for: a reminder at its time, the leads at twice its time."""
    twice = move.accept_by + (move.accept_by - move.moved_at)
    if now >= twice:
        told = move.reminded_at is not None and move.reminded_at >= twice
        return None if told else Due.ESCALATE
    if now >= move.accept_by and move.reminded_at is None:
        return Due.REMIND
    return None
