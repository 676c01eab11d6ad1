"""Reads of the audit trail."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit.models import AuditEntry
from app.extensions import db


def list_for(subject_type: str, subject_id: int | str) -> list[AuditEntry]:
    """Every act on one record, oldest first."""
    return list(
        db.session.scalars(
            select(AuditEntry)
            .filter_by(subject_type=subject_type, subject_id=str(subject_id))
            .options(joinedload(AuditEntry.actor))
            .order_by(AuditEntry.id)
        )
    )
