"""Reads of tips: their readable facts only."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core.errors import NotFoundError
from app.extensions import db
from app.tips.models import (
    IdentityRequest,
    RequestState,
    Tip,
    TipMessage,
    TipMessageKind,
    TipState,
)
from app.vault.models import KeyKind, SealedKey, SealedRecord, SealingKey


def get_tip(tip_id: UUID) -> Tip:
    """A tip by its id; raise NotFoundError when there is none."""
    if tip := db.session.get(Tip, tip_id):
        return tip
    raise NotFoundError("There is no such tip.")


def get_tip_for_update(tip_id: UUID) -> Tip:
    """A tip as it is now, locked until the unit of work ends; NotFoundError when none is."""
    query = select(Tip).filter_by(id=tip_id).with_for_update()
    tip = db.session.scalar(query.execution_options(populate_existing=True))
    if tip is None:
        raise NotFoundError("There is no such tip.")
    return tip


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


def list_open(queue_code: str, limit: int = 100) -> list[Tip]:
    """Tips of a queue that are not closed, newest day first."""
    return list(
        db.session.scalars(
            select(Tip)
            .where(Tip.queue_code == queue_code, Tip.state != TipState.CLOSED)
            .options(joinedload(Tip.decision))
            .order_by(Tip.received_on.desc(), Tip.id)
            .limit(limit)
        )
    )
