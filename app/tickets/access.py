"""Who opens which ticket: who works its queue, and to read alone who works a copied one."""

from app.accounts.models import User
from app.accounts.policy import may_work
from app.core.errors import NotFoundError, RefusedError
from app.routing import service as routing
from app.tickets import queries
from app.tickets.chosen import facts_of
from app.tickets.models import Ticket

NO_SUCH_TICKET = "There is no such ticket."


def may_change(actor: User, ticket: Ticket) -> bool:
    """True for whoever works the queue that a ticket is in."""
    return ticket.queue_code is not None and may_work(actor, ticket.queue_code)


def get_ticket_for(actor: User, ticket_id: int) -> Ticket:
    """A ticket that the actor may work; one of another queue does not exist for them."""
    return _only_for(actor, queries.get_ticket(ticket_id))


def get_ticket_to_read(actor: User, ticket_id: int) -> Ticket:
    """A ticket that the actor works, or may read since a queue of theirs got a copy.

    The copy of a desk that the requester accuses later is a copy no more.
    """
    ticket = queries.get_ticket(ticket_id)
    if may_change(actor, ticket):
        return ticket
    mine = [copy.queue_code for copy in ticket.copies if may_work(actor, copy.queue_code)]
    if any(may_get(ticket, queue_code) for queue_code in mine):
        return ticket
    raise NotFoundError(NO_SUCH_TICKET)


def may_get(ticket: Ticket, queue_code: str) -> bool:
    """Whether a desk may get a ticket: not one that its requester accuses, in any message."""
    text = queries.get_requester_text(ticket)
    return routing.may_receive(text, facts_of(ticket), queue_code)


def lock_for(actor: User, ticket_id: int) -> Ticket:
    """Lock a ticket that the actor may work."""
    return _only_for(actor, queries.get_ticket_for_update(ticket_id))


def lock_unchanged_for(actor: User, ticket_id: int, version: int) -> Ticket:
    """Lock a ticket for a change; refuse when someone changed it since the page was made."""
    ticket = lock_for(actor, ticket_id)
    if ticket.version != version:
        raise RefusedError(
            "This ticket changed while you were working on it. Please look again, then repeat."
        )
    return ticket


def _only_for(actor: User, ticket: Ticket) -> Ticket:
    if not may_change(actor, ticket):
        raise NotFoundError(NO_SUCH_TICKET)
    return ticket
