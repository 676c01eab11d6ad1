"""Reads of the outbox."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select

from app.core.bulk import among
from app.extensions import db
from app.outbox.models import OutboxItem


def list_claimable(topic: str, now: datetime, limit: int) -> list[int]:
    """Lock items that wait and that no other worker holds, oldest first; give their ids.

    One that was tried before comes alone: should it kill its worker, no other suffers for it.
    """
    waiting = (
        select(OutboxItem.id, OutboxItem.attempts)
        .where(
            OutboxItem.topic == topic,
            OutboxItem.available_at <= now,
            OutboxItem.failed_at.is_(None),
        )
        .order_by(OutboxItem.available_at, OutboxItem.id)
        .with_for_update(skip_locked=True)
    )
    oldest = db.session.execute(waiting.limit(1)).first()
    if oldest is None or oldest.attempts:
        return [oldest.id] if oldest else []
    return list(db.session.scalars(waiting.where(OutboxItem.attempts == 0).limit(limit)))


def find_locked(item_id: int) -> OutboxItem | None:
    """Lock one item; None when it is done or another worker holds it."""
    return db.session.scalar(
        select(OutboxItem).where(OutboxItem.id == item_id).with_for_update(skip_locked=True)
    )


def list_locked(item_ids: Collection[int]) -> list[tuple[int, dict[str, Any]]]:
    """Lock items; give id and arguments of those that are to be done and nobody else holds."""
    query = (
        select(OutboxItem.id, OutboxItem.arguments)
        .where(among(OutboxItem.id, item_ids), OutboxItem.failed_at.is_(None))
        .order_by(OutboxItem.id)
        .with_for_update(skip_locked=True)
    )
    return [(item_id, arguments) for item_id, arguments in db.session.execute(query)]


def list_topics_waiting(now: datetime) -> list[str]:
    """Topics with items that may be carried out now."""
    return list(
        db.session.scalars(
            select(OutboxItem.topic)
            .where(OutboxItem.available_at <= now, OutboxItem.failed_at.is_(None))
            .distinct()
        )
    )


def count_failed() -> int:
    """How many effects were given up."""
    return (
        db.session.scalar(
            select(func.count()).select_from(OutboxItem).where(OutboxItem.failed_at.is_not(None))
        )
        or 0
    )


def list_failed() -> list[OutboxItem]:
    """Lock and return effects that were given up."""
    query = select(OutboxItem).where(OutboxItem.failed_at.is_not(None))
    return list(db.session.scalars(query.with_for_update(skip_locked=True)))


def find_oldest_waiting() -> datetime | None:
    """When the oldest waiting item became due."""
    return db.session.scalar(
        select(func.min(OutboxItem.available_at)).where(OutboxItem.failed_at.is_(None))
    )


def list_about(ids: Collection[str]) -> list[OutboxItem]:
    """Lock and return items with one of these ids among their arguments, but for those in hand."""
    argument = func.jsonb_each_text(OutboxItem.arguments).table_valued("key", "value")
    query = select(OutboxItem).where(exists().where(argument.c.value.in_(ids)))
    return list(db.session.scalars(query.with_for_update(skip_locked=True, of=OutboxItem)))
