"""Reads for changing the rules: what was filed last, and what each rule has decided."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import cast, func, select, true
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH

from app.extensions import db
from app.routing.accusations import ALLEGATIONS
from app.routing.model import ChosenBy
from app.routing.models import DecisionRecord
from app.tickets.models import Message, MessageKind, Ticket


@dataclass(frozen=True, slots=True)
class Filed:
    """A ticket as it was filed: its first message and what the form chose."""

    id: int
    created_at: datetime
    task_code: str | None
    system_code: str | None
    told_by_code: str | None
    told_system_code: str | None
    queue_code: str | None
    text: str


def stream_last_filed(limit: int) -> Iterator[Filed]:
    """The newest tickets, fetched a few at a time."""
    first = (
        select(Message.body)
        .where(Message.ticket_id == Ticket.id, Message.kind == MessageKind.PUBLIC)
        .order_by(Message.id)
        .limit(1)
        .lateral()
    )
    query = (
        select(
            Ticket.id,
            Ticket.created_at,
            Ticket.task_code,
            Ticket.system_code,
            Ticket.told_by_code,
            Ticket.told_system_code,
            Ticket.queue_code,
            first.c.body,
        )
        .join(first, true())
        .order_by(Ticket.id.desc())
        .limit(limit)
    )
    for row in db.session.execute(query.execution_options(yield_per=200)):
        yield Filed(*row)


def list_tickets(ids: Collection[int]) -> list[Ticket]:
    """Tickets by their ids, newest first."""
    query = select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id.desc())
    return list(db.session.scalars(query))


def count_decided_by_reason(since: date, queues: Collection[str]) -> dict[str, int]:
    """How many tickets each rule decided since a day, by the reason that the rule gives.

    Allegations count for those alone who work the queue that has them.
    """
    own_or_harmless = Ticket.queue_code.in_(queues) | ~DecisionRecord.topics.overlap(
        sorted(ALLEGATIONS)
    )
    path = cast('$[*] ? (@.key == "rule").values.because', JSONPATH)
    reason = func.jsonb_path_query_array(DecisionRecord.reasons, path, type_=JSONB)
    decided = (
        select(reason[0].astext.label("because"))
        .join(Ticket, Ticket.decision_id == DecisionRecord.id)
        .where(DecisionRecord.decided_on >= since, DecisionRecord.chosen_by == ChosenBy.RULE)
        .where(own_or_harmless)
        .subquery()
    )
    rows = db.session.execute(select(decided.c.because, func.count()).group_by(decided.c.because))
    return {words: count for words, count in rows if words is not None}
