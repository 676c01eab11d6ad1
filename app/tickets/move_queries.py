"""Reads of what goes from desk to desk: moves, and copies."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core.pagination import PAGE_SIZE
from app.extensions import db
from app.tickets.models import Ticket, TicketCopy, TicketMove
from app.tickets.workflow import UNFINISHED


def list_moves(ticket: Ticket) -> list[TicketMove]:
    """Every move of a ticket as it is now, oldest first: who sent it where, why, the answer."""
    query = select(TicketMove).filter_by(ticket_id=ticket.id).order_by(TicketMove.id)
    query = query.options(joinedload(TicketMove.actor))
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def list_sent_to(queue_code: str, limit: int = PAGE_SIZE) -> list[tuple[Ticket, TicketMove]]:
    """Tickets that a queue has to accept or send back, with their move; the next due first."""
    query = (
        select(Ticket, TicketMove)
        .join(Ticket.moves)
        .where(
            TicketMove.answer.is_(None),
            TicketMove.to_queue_code == queue_code,
            Ticket.queue_code == queue_code,
            Ticket.state.in_(UNFINISHED),
        )
        .order_by(TicketMove.accept_by, TicketMove.id)
        .options(joinedload(Ticket.decision))
    )
    return [(ticket, move) for ticket, move in db.session.execute(query.limit(limit))]


def count_sent_to(queues: Collection[str]) -> dict[str, int]:
    """Unfinished tickets that wait for an answer, in each of the queues that have some."""
    query = (
        select(Ticket.queue_code, func.count())
        .join(Ticket.moves)
        .where(
            TicketMove.answer.is_(None),
            Ticket.queue_code.in_(queues),
            Ticket.state.in_(UNFINISHED),
        )
        .group_by(Ticket.queue_code)
    )
    return {code: count for code, count in db.session.execute(query) if code is not None}


def list_copied_to(queue_code: str, limit: int = PAGE_SIZE) -> list[Ticket]:
    """Unfinished tickets of other queues that this one got a copy of, newest first."""
    query = (
        select(Ticket)
        .join(Ticket.copies)
        .where(
            TicketCopy.queue_code == queue_code,
            Ticket.queue_code != queue_code,
            Ticket.state.in_(UNFINISHED),
        )
        .order_by(Ticket.id.desc())
    )
    return list(db.session.scalars(query.limit(limit)))


def list_overdue(now: datetime) -> list[int]:
    """Unfinished tickets that a desk has not answered for in its time."""
    query = (
        select(TicketMove.ticket_id)
        .join(Ticket, Ticket.id == TicketMove.ticket_id)
        .where(
            TicketMove.answer.is_(None),
            TicketMove.accept_by <= now,
            Ticket.state.in_(UNFINISHED),
        )
        .order_by(TicketMove.id)
    )
    return list(db.session.scalars(query))
