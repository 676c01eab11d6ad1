"""The instant answer was enough: its requester says so, and no desk has to work the ticket."""

from app.audit import service as audit
from app.core import clock
from app.core.errors import RefusedError
from app.core.unit_of_work import unit_of_work
from app.tickets import queries
from app.tickets.models import Ticket, TicketState


def may_deflect(ticket: Ticket) -> bool:
    """Whether the instant answer can still be what solves a ticket.

    There is one that the registry proves, and no desk has begun to answer.
    """
    answered = ticket.decision is not None and bool(ticket.decision.answers)
    waits = ticket.state in (TicketState.NEW, TicketState.OPEN)
    return answered and waits and not queries.has_reply(ticket)


def deflect(ticket: Ticket) -> None:
    """Solve a ticket by its instant answer, at its requester's word; twice changes nothing more.

    Raises RefusedError where there is no proven answer, or a desk works on it already.
    """
    with unit_of_work():
        ticket = queries.get_ticket_for_update(ticket.id)
        if ticket.deflected_at:
            return
        if not may_deflect(ticket):
            raise RefusedError("The desk works on this ticket already. Please write to it below.")
        now = clock.now()
        ticket.state = TicketState.SOLVED
        ticket.solved_at = ticket.deflected_at = ticket.updated_at = now
        audit.record("tickets.deflect", "ticket", ticket.id)
