"""Reads of tickets."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload, selectinload

from app.core.bulk import among
from app.core.errors import NotFoundError
from app.core.identifiers import hash_token
from app.core.pagination import PAGE_SIZE, Page, page_of
from app.extensions import db
from app.files.models import File
from app.routing.models import DecisionRecord
from app.tickets.models import Message, MessageKind, Ticket, message_file
from app.tickets.workflow import UNFINISHED
from app.vault.models import KeyKind, SealedKey, SealingKey


@dataclass(frozen=True, slots=True)
class Unrouted:
    """What the router has to know of a ticket: its first message and what the form chose."""

    id: int
    contact_id: UUID
    task_code: str | None
    system_code: str | None
    told_by_code: str | None
    told_system_code: str | None
    text: str


def get_ticket(ticket_id: int) -> Ticket:
    """A ticket by its id; raise NotFoundError when there is none."""
    if ticket := db.session.get(Ticket, ticket_id):
        return ticket
    raise NotFoundError("There is no such ticket.")


def get_ticket_for_update(ticket_id: int) -> Ticket:
    """A ticket as it is now, locked until the unit of work ends; NotFoundError when none is.

    A select, not Session.get: that would fail on a ticket that was loaded before and has
    changed since.
    """
    query = select(Ticket).filter_by(id=ticket_id).with_for_update()
    ticket = db.session.scalar(query.execution_options(populate_existing=True))
    if ticket is None:
        raise NotFoundError("There is no such ticket.")
    return ticket


def list_unrouted_for_update(ticket_ids: Collection[int]) -> list[Unrouted]:
    """Those of the tickets that wait for the router, locked in the order of their ids.

    Their columns alone, since hundreds are asked for at once.
    """
    rows = db.session.execute(
        select(
            Ticket.id,
            Ticket.contact_id,
            Ticket.task_code,
            Ticket.system_code,
            Ticket.told_by_code,
            Ticket.told_system_code,
        )
        .where(among(Ticket.id, ticket_ids), Ticket.decision_id.is_(None))
        .order_by(Ticket.id)
        .with_for_update()
    ).all()
    firsts = db.session.execute(
        select(Message.ticket_id, Message.body)
        .where(among(Message.ticket_id, [row.id for row in rows]))
        .where(Message.kind == MessageKind.PUBLIC)
        .ext(distinct_on(Message.ticket_id))
        .order_by(Message.ticket_id, Message.id)
    )
    texts = {first.ticket_id: first.body for first in firsts}
    return [Unrouted(*row, text=texts[row.id]) for row in rows]


def get_ticket_by_link(token: str) -> Ticket:
    """The ticket of a private link; raise NotFoundError when there is none."""
    found = db.session.scalar(
        select(Ticket)
        .filter_by(link_hash=hash_token(token))
        .options(joinedload(Ticket.decision).selectinload(DecisionRecord.referrals))
    )
    if found is None:
        raise NotFoundError("There is no such ticket.")
    return found


def find_ticket_by_submission(submission: bytes) -> Ticket | None:
    """The ticket that a form made, by the hash of its submission id."""
    return db.session.scalar(select(Ticket).filter_by(submission_hash=submission))


def has_message(submission: bytes) -> bool:
    """True when a form has made a message already."""
    return db.session.scalar(select(Message.id).filter_by(submission_hash=submission)) is not None


def has_reply(ticket: Ticket) -> bool:
    """True when staff have written to the requester."""
    query = select(Message.id).filter_by(ticket_id=ticket.id, kind=MessageKind.PUBLIC)
    return db.session.scalar(query.where(Message.author_id.is_not(None)).limit(1)) is not None


def list_messages(ticket: Ticket, *, notes: bool) -> list[Message]:
    """A ticket's messages, oldest first; notes only for staff."""
    query = (
        select(Message)
        .filter_by(ticket_id=ticket.id)
        .order_by(Message.id)
        .options(joinedload(Message.author), selectinload(Message.files))
    )
    if not notes:
        query = query.filter_by(kind=MessageKind.PUBLIC)
    return list(db.session.scalars(query))


def get_requester_text(ticket: Ticket) -> str:
    """All that the requester has written, the first message first."""
    messages = list_messages(ticket, notes=False)
    return "\n\n".join(message.body for message in messages if message.author_id is None)


def get_message(message_id: int) -> Message:
    """A message by its id; raise NotFoundError when there is none."""
    if message := db.session.get(Message, message_id):
        return message
    raise NotFoundError("There is no such message.")


def count_unfinished(queues: Collection[str]) -> dict[str, int]:
    """Unfinished tickets in each of the queues that have some."""
    rows = db.session.execute(
        select(Ticket.queue_code, func.count())
        .where(Ticket.queue_code.in_(queues), Ticket.state.in_(UNFINISHED))
        .group_by(Ticket.queue_code)
    )
    return {code: count for code, count in rows if code is not None}


def list_waiting_contacts(queue_code: str) -> list[int]:
    """Tickets of a queue whose contact still waits with the router."""
    return list(
        db.session.scalars(
            select(Ticket.id)
            .join(SealedKey, SealedKey.record_id == Ticket.contact_id)
            .join(SealedKey.key)
            .where(Ticket.queue_code == queue_code, SealingKey.kind == KeyKind.ROUTER)
            .order_by(Ticket.id)
        )
    )


def list_of_same_requester(ticket: Ticket, limit: int = 20) -> list[Ticket]:
    """Other tickets that were filed with the same mail address, newest first."""
    if ticket.mail_index is None:
        return []
    return list(
        db.session.scalars(
            select(Ticket)
            .where(Ticket.mail_index == ticket.mail_index, Ticket.id != ticket.id)
            .order_by(Ticket.id.desc())
            .limit(limit)
        )
    )


def list_queue(queue_code: str, *, finished: bool, after: int | None = None) -> Page[Ticket]:
    """One page of a queue, newest first, beginning below the ticket id `after`."""
    chosen = Ticket.state.not_in(UNFINISHED) if finished else Ticket.state.in_(UNFINISHED)
    query = select(Ticket).where(Ticket.queue_code == queue_code, chosen)
    if after is not None:
        query = query.where(Ticket.id < after)
    query = query.options(joinedload(Ticket.decision)).order_by(Ticket.id.desc())
    return page_of(db.session.scalars(query.limit(PAGE_SIZE + 1)).all())


def get_file(ticket: Ticket, file_id: UUID, *, notes: bool) -> File:
    """A file of a ticket's messages, of notes only for staff; NotFoundError when it is not one."""
    query = (
        select(File)
        .join(message_file, message_file.c.file_id == File.id)
        .join(Message, Message.id == message_file.c.message_id)
        .where(File.id == file_id, Message.ticket_id == ticket.id)
    )
    if not notes:
        query = query.where(Message.kind == MessageKind.PUBLIC)
    if file := db.session.scalar(query):
        return file
    raise NotFoundError("There is no such file.")
