"""A ticket's way: the chain of its referrals, then its moves inside the house.

**The right desk** is the one that has the ticket once it is *settled*: the desk accepted it or
solved it or, where it never moved, has begun to work on it (it is no longer new). The ticket
reached it on the day of the last move to it or, without any move, on the day it was routed.
`app/insight/queries.py` asks the database the same.
"""

from app.core import clock
from app.routing.drawing import Picture
from app.routing.journey_wording import picture_of
from app.routing.journeys import DeskMove, House
from app.tickets.models import MoveAnswer, Ticket, TicketState


def picture_of_ticket(ticket: Ticket, *, for_staff: bool = False) -> Picture | None:
    """The picture of a ticket's way; None where nobody sent its requester or moved it."""
    if ticket.decision is None:
        return None
    return picture_of(ticket.decision, house_of(ticket), for_staff=for_staff)


def house_of(ticket: Ticket) -> House | None:
    """The ticket's way from filing to the desk that has it; None before it is routed."""
    if ticket.queue_code is None:
        return None
    moves = [
        DeskMove(move.to_queue_code, clock.day_of(move.moved_at), move.reason)
        for move in ticket.moves
        if move.to_queue_code != move.from_queue_code  # kept, and put before its lead
    ]
    return House(
        filed_on=clock.day_of(ticket.created_at),
        first_desk=ticket.moves[0].from_queue_code if moves else ticket.queue_code,
        routed_on=clock.day_of(ticket.routed_at or ticket.created_at),
        moves=moves,
        settled=is_settled(ticket),
    )


def is_settled(ticket: Ticket) -> bool:
    """True when the desk that has the ticket has taken it on."""
    if ticket.state in (TicketState.SOLVED, TicketState.CLOSED):
        return True
    if ticket.moves:
        return ticket.moves[-1].answer == MoveAnswer.ACCEPTED
    return ticket.state != TicketState.NEW
