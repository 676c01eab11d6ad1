"""Writes of the audit trail. Services call this inside their unit of work."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import delete, select, update

from app.audit.models import AuditEntry
from app.core import clock
from app.core.bulk import insert_rows
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


def record_all(
    act: str, subject_type: str, details: Mapping[int, Mapping[str, str | int | None]]
) -> None:
    """Write one act of nobody's on many subjects: by each one's id, its details."""
    at = clock.now()
    rows = [
        {
            "at": at,
            "act": act,
            "subject_type": subject_type,
            "subject_id": str(subject_id),
            "details": dict(of_it),
        }
        for subject_id, of_it in details.items()
    ]
    insert_rows(AuditEntry, rows)


def record_daily(act: str, subject_type: str, subject_id: UUID, actor_id: int) -> None:
    """Write an act that is done often, such as reading: once for each actor, subject and day."""
    known = select(AuditEntry.id).where(
        AuditEntry.subject_type == subject_type,
        AuditEntry.subject_id == str(subject_id),
        AuditEntry.actor_id == actor_id,
        AuditEntry.act == act,
        AuditEntry.at >= clock.start_of_today(),
    )
    if db.session.scalar(known.limit(1)) is None:
        record(act, subject_type, subject_id, actor_id)


def forget(subject_type: str, subject_id: int | str | UUID) -> None:
    """Delete what is written about a subject that must leave no trace."""
    db.session.execute(
        delete(AuditEntry).filter_by(subject_type=subject_type, subject_id=str(subject_id))
    )


DESTROYED = "destroyed"


def forget_ids(ids: Collection[UUID]) -> None:
    """Take the ids of destroyed records, and all details, from the trail; the acts stay in it.

    An act on a tip, or on a part of one, has it as its subject, so its id stands nowhere else.
    """
    db.session.execute(
        update(AuditEntry)
        .where(AuditEntry.subject_id.in_([str(record_id) for record_id in ids]))
        .values(subject_id=DESTROYED, details={})
    )
