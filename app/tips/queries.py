"""Reads of tips: their readable facts only."""

import re
from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, func, select, tuple_, union_all
from sqlalchemy.orm import joinedload

from app.core.errors import NotFoundError, RefusedError
from app.core.pagination import PAGE_SIZE, Page, page_of
from app.extensions import db
from app.registry.models import Queue
from app.tips.models import (
    Destruction,
    IdentityRequest,
    RequestState,
    Tip,
    TipFile,
    TipMessage,
    TipMessageKind,
    TipState,
    Tombstone,
)
from app.vault.models import KeyKind, SealedKey, SealedRecord, SealingKey


def get_tip(tip_id: UUID) -> Tip:
    """A tip by its id; raise NotFoundError when there is none."""
    if tip := db.session.get(Tip, tip_id):
        return tip
    raise NotFoundError("There is no such tip.")


def find_tip_for_update(tip_id: UUID) -> Tip | None:
    """A tip as it is now, locked until the unit of work ends; None when it is gone."""
    query = select(Tip).filter_by(id=tip_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def get_tip_for_update(tip_id: UUID) -> Tip:
    """A tip as it is now, locked until the unit of work ends; NotFoundError when none is."""
    tip = find_tip_for_update(tip_id)
    if tip is None:
        raise NotFoundError("There is no such tip.")
    return tip


def get_tip_of_decision_for_update(decision_id: UUID) -> Tip:
    """The tip of a decision, locked until the unit of work ends; NotFoundError when none is."""
    tip_id = db.session.scalar(select(Tip.id).filter_by(decision_id=decision_id))
    if tip_id is None:
        raise NotFoundError("There is no such tip.")
    return get_tip_for_update(tip_id)


def find_tip_by_lookup(lookup_id: bytes) -> Tip | None:
    """The tip of a receipt."""
    return db.session.scalar(select(Tip).filter_by(lookup_id=lookup_id))


def find_tip_by_submission(submission: bytes) -> Tip | None:
    """The tip that a form made, by the hash of its submission id."""
    return db.session.scalar(select(Tip).filter_by(submission_hash=submission))


def find_tip_by_mailbox(mailbox: UUID) -> Tip | None:
    """The tip of a mailbox key."""
    return db.session.scalar(select(Tip).filter_by(mailbox_id=mailbox))


def find_message_by_submission(submission: bytes) -> TipMessage | None:
    """The message that a form made, by the hash of its submission id."""
    return db.session.scalar(select(TipMessage).filter_by(submission_hash=submission))


def get_message(message_id: UUID) -> TipMessage:
    """A message by its id; raise NotFoundError when there is none."""
    if message := db.session.get(TipMessage, message_id):
        return message
    raise NotFoundError("There is no such message.")


def list_messages(tip: Tip, *kinds: TipMessageKind) -> list[TipMessage]:
    """A tip's messages in their order, of these kinds or of all."""
    return list(
        db.session.scalars(
            select(TipMessage)
            .where(TipMessage.tip_id == tip.id, TipMessage.kind.in_(kinds or TipMessageKind))
            .order_by(TipMessage.position)
            .options(
                joinedload(TipMessage.author),
                joinedload(TipMessage.content)
                .selectinload(SealedRecord.keys)
                .joinedload(SealedKey.key),
            )
        )
    )


def list_unfinished() -> list[Tip]:
    """Every tip that is with a desk and not closed."""
    return list(
        db.session.scalars(
            select(Tip)
            .where(Tip.queue_code.is_not(None), Tip.state != TipState.CLOSED)
            .options(joinedload(Tip.assignee))
        )
    )


def list_all(queue_code: str) -> list[Tip]:
    """Every tip of a queue, closed ones too."""
    return list(
        db.session.scalars(
            select(Tip)
            .filter_by(queue_code=queue_code)
            .options(
                joinedload(Tip.content).selectinload(SealedRecord.keys).joinedload(SealedKey.key)
            )
        )
    )


def list_record_ids(queue_code: str) -> list[UUID]:
    """Every record of the tips of a queue that staff may open."""
    tips = select(Tip.id).filter_by(queue_code=queue_code)
    of_queue = union_all(
        select(Tip.content_id).filter_by(queue_code=queue_code),
        select(TipMessage.content_id).where(TipMessage.tip_id.in_(tips)),
        select(TipFile.content_id).where(TipFile.tip_id.in_(tips)),
    )
    return list(db.session.scalars(of_queue))


def has_alike(tip: Tip) -> bool:
    """True when an open tip of the same text is in the same queue."""
    alike = select(Tip.id).where(
        Tip.likeness == tip.likeness,
        Tip.queue_code == tip.queue_code,
        Tip.state != TipState.CLOSED,
        Tip.id != tip.id,
    )
    return db.session.scalar(alike.limit(1)) is not None


def count_alike(tips: Collection[Tip]) -> dict[bytes, int]:
    """How many tips there are of each text of these."""
    rows = db.session.execute(
        select(Tip.likeness, func.count())
        .where(Tip.likeness.in_([tip.likeness for tip in tips if tip.likeness]))
        .group_by(Tip.likeness)
    )
    return {likeness: count for likeness, count in rows if likeness is not None}


def count_files(tip: Tip) -> int:
    """How many files a tip has."""
    return (
        db.session.scalar(select(func.count()).select_from(TipFile).filter_by(tip_id=tip.id)) or 0
    )


def find_file(tip_file_id: UUID) -> TipFile | None:
    """A tip's file, locked until the unit of work ends; None when it is gone."""
    return db.session.get(TipFile, tip_file_id, with_for_update={"of": TipFile})


def get_file(tip: Tip, tip_file_id: UUID) -> TipFile:
    """A file of this tip; raise NotFoundError when it is not one."""
    found = db.session.get(TipFile, tip_file_id)
    if found is None or found.tip_id != tip.id:
        raise NotFoundError("There is no such file.")
    return found


def list_files(tip: Tip) -> list[TipFile]:
    """A tip's files in their order."""
    return list(
        db.session.scalars(
            select(TipFile)
            .filter_by(tip_id=tip.id)
            .order_by(TipFile.position)
            .options(
                joinedload(TipFile.content)
                .selectinload(SealedRecord.keys)
                .joinedload(SealedKey.key)
            )
        )
    )


def next_position(tip: Tip) -> int:
    """The position of a tip's next message; the caller holds the tip's lock."""
    last = db.session.scalar(select(func.max(TipMessage.position)).filter_by(tip_id=tip.id))
    return (last or 0) + 1


def count_additions(tip: Tip, day: date) -> int:
    """How often a source added to a tip on a day."""
    query = select(func.count()).select_from(TipMessage)
    found = query.filter_by(tip_id=tip.id, kind=TipMessageKind.SOURCE, written_on=day)
    return db.session.scalar(found) or 0


def list_identity_requests(tip: Tip, state: RequestState) -> list[IdentityRequest]:
    """The requests for a source's identity that are in this state."""
    return list(db.session.scalars(select(IdentityRequest).filter_by(tip_id=tip.id, state=state)))


def list_waiting(queue_code: str) -> list[UUID]:
    """Tips of a queue that still wait with the router."""
    return list(
        db.session.scalars(
            select(Tip.id)
            .join(SealedKey, SealedKey.record_id == Tip.content_id)
            .join(SealedKey.key)
            .where(Tip.queue_code == queue_code, SealingKey.kind == KeyKind.ROUTER)
        )
    )


def count_open(queues: Collection[str]) -> dict[str, int]:
    """Tips that are not closed, in each of the queues that have some."""
    rows = db.session.execute(
        select(Tip.queue_code, func.count())
        .where(Tip.queue_code.in_(queues), Tip.state != TipState.CLOSED)
        .group_by(Tip.queue_code)
    )
    return {code: count for code, count in rows if code is not None}


def list_queue(
    queue_code: str, *, closed: bool, after: tuple[date, UUID] | None = None
) -> Page[Tip]:
    """One page of a queue's tips, newest day first, beginning below a day and id."""
    chosen = Tip.state == TipState.CLOSED if closed else Tip.state != TipState.CLOSED
    query = select(Tip).where(Tip.queue_code == queue_code, chosen)
    if after is not None:
        query = query.where(tuple_(Tip.received_on, Tip.id) < tuple_(*after))
    query = query.order_by(Tip.received_on.desc(), Tip.id.desc()).options(
        joinedload(Tip.decision),
        joinedload(Tip.assignee),
        joinedload(Tip.content).selectinload(SealedRecord.keys).joinedload(SealedKey.key),
    )
    return page_of(db.session.scalars(query.limit(PAGE_SIZE + 1)).all())


def list_queues_with_open_tips() -> set[str]:
    """Queues that have tips which are not closed."""
    query = select(Tip.queue_code).where(Tip.state != TipState.CLOSED).distinct()
    return {code for code in db.session.scalars(query) if code is not None}


# The end of tips


def get_tip_by_number(number: str) -> Tip:
    """A tip by its number (`T-0a1b2c3d`) or whole id.

    Raises NotFoundError when there is none, RefusedError when a short number fits several.
    """
    digits = re.sub("[^0-9a-f]", "", number.casefold().removeprefix("t-"))
    text_of_id = func.replace(cast(Tip.id, String), "-", "")
    found = list(db.session.scalars(select(Tip).where(text_of_id.startswith(digits)).limit(2)))
    if len(digits) < SHORTEST_NUMBER or not found:
        raise NotFoundError("There is no such tip.")
    if len(found) > 1:
        raise RefusedError("Several tips have this number. Please give the whole id.")
    return found[0]


SHORTEST_NUMBER = 8


def _is_due(today: date, default_days: int) -> ColumnElement[bool]:
    days = func.coalesce(Queue.tip_retention_days, default_days)
    return and_(
        Tip.state == TipState.CLOSED, Tip.legal_hold.is_(False), Tip.closed_on + days <= today
    )


def list_due(today: date, default_days: int) -> list[UUID]:
    """Closed tips, not under hold, that have been kept as long as their queue keeps them."""
    query = select(Tip.id).outerjoin(Queue, Queue.code == Tip.queue_code)
    return list(db.session.scalars(query.where(_is_due(today, default_days))))


def is_due(tip_id: UUID, today: date, default_days: int) -> bool:
    """True when a tip has been kept as long as its queue keeps them."""
    query = select(Tip.id).outerjoin(Queue, Queue.code == Tip.queue_code)
    query = query.where(_is_due(today, default_days), Tip.id == tip_id)
    return db.session.scalar(query) is not None


def list_left_by_source() -> list[UUID]:
    """Tips whose source deleted them under a hold that has ended since."""
    query = select(Tip.id).where(Tip.mailbox_wrapped_key == b"", Tip.legal_hold.is_(False))
    return list(db.session.scalars(query))


def list_tombstones() -> dict[bytes, date]:
    """Hashes of destroyed tips' ids, and the days."""
    return {row.id_hash: row.destroyed_on for row in db.session.scalars(select(Tombstone))}


def list_buried() -> list[UUID]:
    """Tips that are here although they were destroyed: an old backup has brought them back."""
    id_hash = func.sha256(func.uuid_send(Tip.id))
    return list(db.session.scalars(select(Tip.id).where(id_hash.in_(select(Tombstone.id_hash)))))


def list_destructions(since: date | None = None) -> list[Destruction]:
    """The destruction report, oldest line first."""
    query = select(Destruction).order_by(
        Destruction.destroyed_on, Destruction.queue_code, Destruction.cause
    )
    if since:
        query = query.where(Destruction.destroyed_on >= since)
    return list(db.session.scalars(query))
