"""Writes of the audit trail. Services call this inside their unit of work."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import update

from app.audit.models import AuditEntry
from app.core import clock
from app.extensions import db


def record(
    act: str,
    subject_type: str,
    subject_id: int | str | UUID,
    actor_id: int | None = None,
    **details: str | int | None,
) -> None:
    """Write one act, named like the endpoint that does it (`tickets.move`).

    What a source does is never written here: rows in order, beside acts with their times,
    would tell when a tip came.
    """
    db.session.add(
        AuditEntry(
            at=clock.now(),
            act=act,
            subject_type=subject_type,
            subject_id=str(subject_id),
            actor_id=actor_id,
            details=details,
        )
    )


DESTROYED = "destroyed"


def forget(ids: Collection[UUID]) -> None:
    """Take the ids of destroyed records, and all details, from the trail; the acts stay in it.

    An act on a tip, or on a part of one, has it as its subject, so its id stands nowhere else.
    """
    db.session.execute(
        update(AuditEntry)
        .where(AuditEntry.subject_id.in_([str(record_id) for record_id in ids]))
        .values(subject_id=DESTROYED, details={})
    )
