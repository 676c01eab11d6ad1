"""Reads of the outbox."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, func, select

from app.extensions import db
from app.outbox.models import OutboxItem


def list_claimable(topic: str, now: datetime, limit: int) -> list[OutboxItem]:
    """Lock and return waiting items that no other worker holds, oldest first."""
    return list(
        db.session.scalars(
            select(OutboxItem)
            .where(
                OutboxItem.topic == topic,
                OutboxItem.available_at <= now,
                OutboxItem.failed_at.is_(None),
            )
            .order_by(OutboxItem.available_at, OutboxItem.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def find_locked(item_id: int) -> OutboxItem | None:
    """Lock one item; None when it is done or another worker holds it."""
    return db.session.scalar(
        select(OutboxItem).where(OutboxItem.id == item_id).with_for_update(skip_locked=True)
    )


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
