"""Reads of where tickets really ended, to learn from. Of tips nothing is ever read here."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Subquery, case, exists, func, or_, select, true

from app.extensions import db
from app.routing.features import LONGEST
from app.routing.model import ChosenBy
from app.routing.models import DecisionRecord
from app.tickets.models import Message, MessageKind, MoveAnswer, MoveReason, Ticket, TicketMove
from app.tickets.workflow import UNFINISHED

MOST = 100_000
"""The newest tickets that ended: what a night, and the memory of a worker, has room for."""


class Ended(NamedTuple):
    """A ticket, the keyed hash of its requester's address, where it ended, and its first words.

    `ruled` is the queue to which a rule had sent it, if one had.
    """

    ticket_id: int
    requester: bytes | None
    queue: str
    ruled: str | None
    text: str


def stream_ended(most: int = MOST) -> Iterator[Ended]:
    """Tickets that ended, oldest first, fetched a few at a time.

    A ticket ended when it was solved, or when the desk to which it was moved accepted it. One
    that moved as a duplicate ended where it was before: where its twin lies says nothing about
    what it is about. One that the instant answer solved, and that nobody moved, ended nowhere:
    no person has looked whether the desk was right.
    """
    first = (
        select(func.left(Message.body, LONGEST).label("body"))
        .where(Message.ticket_id == Ticket.id, Message.kind == MessageKind.PUBLIC)
        .where(Message.author_id.is_(None))
        .order_by(Message.id)
        .limit(1)
        .lateral()
    )
    chosen = _newest_ended(most)
    query = (
        select(
            Ticket.id,
            Ticket.mail_index,
            chosen.c.queue,
            case((DecisionRecord.chosen_by == ChosenBy.RULE, DecisionRecord.queue_code)),
            first.c.body,
        )
        .join(chosen, chosen.c.id == Ticket.id)
        .join(DecisionRecord, DecisionRecord.id == Ticket.decision_id)
        .join(first, true())
        .order_by(Ticket.id)
    )
    for row in db.session.execute(query.execution_options(yield_per=500)):
        yield Ended(*row)


def _newest_ended(most: int) -> Subquery:
    moves = select(TicketMove).where(TicketMove.ticket_id == Ticket.id)
    moved = moves.where(TicketMove.reason != MoveReason.DUPLICATE)
    last = moved.order_by(TicketMove.id.desc()).limit(1).lateral()
    twin = moves.order_by(TicketMove.id).limit(1).lateral()
    queue = func.coalesce(last.c.to_queue_code, twin.c.from_queue_code, Ticket.queue_code)
    answered = or_(Ticket.deflected_at.is_(None), exists().where(TicketMove.ticket_id == Ticket.id))
    return (
        select(Ticket.id, queue.label("queue"))
        .outerjoin(last, true())
        .outerjoin(twin, true())
        .where(
            Ticket.queue_code.is_not(None),
            or_(Ticket.state.not_in(UNFINISHED), last.c.answer == MoveAnswer.ACCEPTED),
            answered,
        )
        .order_by(Ticket.id.desc())
        .limit(most)
        .subquery()
    )
