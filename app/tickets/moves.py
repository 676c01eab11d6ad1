"""Acts that take a ticket from desk to desk. The rules are in bouncing.py."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from app.accounts import queries as accounts
from app.accounts.models import User
from app.accounts.policy import leads
from app.audit import service as audit
from app.core import clock
from app.core.errors import RefusedError
from app.core.unit_of_work import unit_of_work
from app.members import notices
from app.outbox import service as outbox
from app.registry import queries as registry
from app.tickets import bouncing, move_queries, queries
from app.tickets.access import lock_unchanged_for, may_get
from app.tickets.bouncing import Due, Landing
from app.tickets.models import MoveAnswer, MoveReason, Ticket, TicketMove
from app.vault import service as vault
from app.vault.errors import NotHeldError
from app.vault.openers import Opener

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Why:
    """Why an agent moves a ticket: one of four reasons, and what they want to add."""

    reason: MoveReason
    words: str = ""


def move(
    actor: User,
    ticket_id: int,
    version: int,
    queue_code: str,
    why: Why,
    opener: Opener | None = None,
) -> Landing:
    """Move a ticket to another queue in use; return where it landed, which may be elsewhere.

    The contact is sealed anew to that desk. Raises RefusedError where nobody, or not this
    actor, may move it; for a desk that an allegation names; and without an opener, unless
    the contact still waits with the router.
    """
    with unit_of_work():
        ticket = lock_unchanged_for(actor, ticket_id, version)
        return _move(actor, ticket, queue_code, why, opener, "tickets.move")


def send_back(
    actor: User, ticket_id: int, version: int, why: Why, opener: Opener | None = None
) -> Landing:
    """Send a ticket that waits for an answer back to the desk it came from.

    Raises RefusedError where no answer is awaited, and as `move` does.
    """
    with unit_of_work():
        ticket = lock_unchanged_for(actor, ticket_id, version)
        moves = move_queries.list_moves(ticket)
        waiting = bouncing.find_waiting(moves)
        if waiting is None or bouncing.waits_for_lead(moves):
            raise RefusedError("This ticket does not wait to be accepted or sent back.")
        return _move(actor, ticket, waiting.from_queue_code, why, opener, "tickets.send_back")


def _move(
    actor: User, ticket: Ticket, wanted: str, why: Why, opener: Opener | None, act: str
) -> Landing:
    moves, here = move_queries.list_moves(ticket), ticket.queue_code or ""
    _check_free(ticket, moves, actor)
    if wanted == here:
        raise RefusedError("The ticket is in this queue already.")
    landing = bouncing.land(moves, here, wanted, leads_here=_decides(actor, here))
    _check_desk(ticket, wanted)
    _check_desk(ticket, landing.queue)
    if waiting := bouncing.find_waiting(moves):
        _answer(waiting, bouncing.answer_of_moving_on(moves))
    ticket.moves.append(_row(actor, here, landing, why))
    audit.record(act, "ticket", ticket.id, actor.id, before=here, after=landing.queue)
    ticket.queue_code, ticket.owner_id, ticket.updated_at = landing.queue, None, clock.now()
    if landing.queue != here:
        _hand_over_contact(ticket, landing.queue, opener)
    if landing.to_the_lead:
        notices.owe([*accounts.list_leads(landing.queue), *accounts.list_leads(here)])
    if landing.pinned:
        _pin(actor, ticket)
    return landing


def _check_free(ticket: Ticket, moves: list[TicketMove], actor: User) -> None:
    if ticket.pinned:
        raise RefusedError("This ticket is pinned to its desk: no more moves.")
    if bouncing.is_for_leads(moves) and not _decides(actor, ticket.queue_code or ""):
        raise RefusedError("This ticket was sent back twice: only a lead of the desk may move it.")


def _decides(actor: User, queue_code: str) -> bool:
    """A lead decides; at a desk without one, each of its members."""
    return leads(actor, queue_code) or not accounts.list_leads(queue_code)


def _check_desk(ticket: Ticket, queue_code: str) -> None:
    if not registry.get_queue(queue_code).active:
        raise RefusedError("This queue is no longer in use.")
    if queue_code == ticket.queue_code:
        return
    if not may_get(ticket, queue_code):
        raise RefusedError("The ticket alleges wrongdoing there: the accused never get it.")


def _row(actor: User, here: str, landing: Landing, why: Why) -> TicketMove:
    now = clock.now()
    hours = timedelta(hours=registry.get_queue(landing.queue).accept_hours)
    return TicketMove(
        from_queue_code=here,
        to_queue_code=landing.queue,
        reason=why.reason,
        words=why.words,
        actor_id=actor.id,
        moved_at=now,
        accept_by=now + hours,
        answer=None if landing.waits else MoveAnswer.ACCEPTED,
        answered_at=None if landing.waits else now,
    )


def _answer(move: TicketMove, answer: MoveAnswer) -> None:
    move.answer, move.answered_at = answer, clock.now()


def _pin(actor: User, ticket: Ticket) -> None:
    """No more moves. Whoever pins it owns it where they lead, otherwise that desk's first lead."""
    owner = actor if leads(actor, ticket.queue_code or "") else _first_of(ticket.queue_code or "")
    ticket.pinned, ticket.owner_id = True, owner.id if owner else None
    audit.record("tickets.pin", "ticket", ticket.id, actor.id, queue=ticket.queue_code)
    notices.owe([owner] if owner else [])


def _first_of(queue_code: str) -> User | None:
    """The one who answers for a desk: its first lead by name, otherwise its first member."""
    found = accounts.list_leads(queue_code) or accounts.list_members(queue_code)
    return found[0] if found else None


def _hand_over_contact(ticket: Ticket, queue_code: str, opener: Opener | None) -> None:
    if vault.waits(ticket.contact):
        outbox.promise("tickets.reseal", ticket_id=ticket.id)
        return
    try:
        vault.seal_to_desk(ticket.contact, queue_code, opener or vault.worker())
    except NotHeldError:
        raise RefusedError(
            "The requester's name is sealed to this desk. Please unlock your vault, then move "
            "the ticket."
        ) from None


def accept(actor: User, ticket_id: int, version: int) -> None:
    """Take a ticket that was moved here; a lead before whom it lies becomes its owner."""
    with unit_of_work():
        ticket = lock_unchanged_for(actor, ticket_id, version)
        moves = move_queries.list_moves(ticket)
        if bouncing.find_waiting(moves) is None:
            raise RefusedError("This ticket does not wait to be accepted or sent back.")
        if bouncing.waits_for_lead(moves):
            if not _decides(actor, ticket.queue_code or ""):
                raise RefusedError("This ticket was sent back twice: a lead of the desk decides.")
            ticket.owner_id = actor.id
        ticket.updated_at = clock.now()
        take(actor, ticket)


def take(actor: User, ticket: Ticket) -> None:
    """Accept what waits, since its desk works on it; nothing waits, it does nothing.

    For acts that have locked the ticket.
    """
    if waiting := bouncing.find_waiting(move_queries.list_moves(ticket)):
        _answer(waiting, MoveAnswer.ACCEPTED)
        audit.record("tickets.accept", "ticket", ticket.id, actor.id, queue=ticket.queue_code)


def watch() -> int:
    """Tell desks, and later leads, of tickets that wait for their answer too long.

    Returns for how many. One that fails does not stop the rest.
    """
    return sum(_try_to_watch(ticket_id) for ticket_id in move_queries.list_overdue(clock.now()))


def _try_to_watch(ticket_id: int) -> bool:
    try:
        return _watch(ticket_id)
    except Exception as error:
        log.warning("move.not_watched", extra={"kind": type(error).__name__})
        return False


def _watch(ticket_id: int) -> bool:
    with unit_of_work():
        ticket = queries.get_ticket_for_update(ticket_id)
        moves = move_queries.list_moves(ticket)
        waiting = bouncing.find_waiting(moves)
        due = bouncing.due(waiting, clock.now()) if waiting else None
        if waiting is None or due is None:
            return False
        waiting.reminded_at, desk = clock.now(), waiting.to_queue_code
        to_the_lead = bouncing.waits_for_lead(moves)
        if due == Due.REMIND:
            heads = accounts.list_leads(desk) if to_the_lead else []
            notices.owe(heads or accounts.list_members(desk))
            return True
        notices.owe([*accounts.list_leads(desk), *accounts.list_leads(waiting.from_queue_code)])
        audit.record("tickets.escalate", "ticket", ticket.id, queue=desk)
        if to_the_lead:
            owner = _first_of(desk)
            ticket.owner_id = owner.id if owner else None
            _answer(waiting, MoveAnswer.ACCEPTED)
        return True
