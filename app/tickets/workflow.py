"""The life of a ticket. Pure."""

from datetime import datetime

from app.tickets.models import TicketState

_S = TicketState
NEXT: dict[TicketState, tuple[TicketState, ...]] = {
    _S.NEW: (_S.OPEN, _S.PENDING, _S.ON_HOLD, _S.SOLVED),
    _S.OPEN: (_S.PENDING, _S.ON_HOLD, _S.SOLVED),
    _S.PENDING: (_S.OPEN, _S.ON_HOLD, _S.SOLVED),
    _S.ON_HOLD: (_S.OPEN, _S.PENDING, _S.SOLVED),
    _S.SOLVED: (_S.OPEN, _S.CLOSED),
    _S.CLOSED: (),
}
"""State → the states that an agent may choose next."""

UNFINISHED = (_S.NEW, _S.OPEN, _S.PENDING, _S.ON_HOLD)


def may_follow(state: TicketState, chosen: TicketState) -> bool:
    """True when an agent may change a ticket from one state to the other."""
    return chosen in NEXT[state]


def after_requester_writes(state: TicketState) -> TicketState:
    """A requester's message opens a ticket that waited or was solved; a new one stays new."""
    return state if state in (_S.NEW, _S.CLOSED) else _S.OPEN


def after_agent_replies(state: TicketState) -> TicketState:
    """A reply to the requester makes a new or open ticket wait for the requester."""
    return _S.PENDING if state in (_S.NEW, _S.OPEN) else state


def solved_at(state: TicketState, before: datetime | None, now: datetime) -> datetime | None:
    """When a ticket was solved, once it has come to a state; reopened, it is solved no more."""
    return before or now if state in (_S.SOLVED, _S.CLOSED) else None


def summarise(text: str, length: int = 120) -> str:
    """The first words of a text, on one line."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def mask_name(name: str) -> str:
    """A name as agents see it while it is sealed: first letters only, all masks alike long."""
    parts = name.split()
    return " ".join(f"{part[0].upper()}•••" for part in (parts[:1] + parts[1:][-1:])) or "•••"
