"""The end of a tip: its source deletes it, its time is over, or an old backup brought it back.

Destroyed, nothing is left but a tombstone (a hash of its random id, and the day) and its part
in the counts of the destruction report. What lies in the database's pages after that is taken
away by app/cases/reclaim.py.
"""

import hashlib
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.audit import service as audit
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.files import service as files
from app.outbox import service as outbox
from app.problems import service as problems
from app.routing.models import DecisionRecord
from app.tips import queries, tombstones
from app.tips.models import (
    Destruction,
    IdentityRequest,
    Tip,
    TipFile,
    TipMessage,
    Tombstone,
)
from app.vault import service as vault
from app.vault.errors import KeyMissingError

log = logging.getLogger(__name__)


class Cause(StrEnum):
    """Why something was destroyed, as the report says it."""

    SOURCE = "source"
    RETENTION = "retention"
    RESTORE = "restore"
    HELD = "held"
    """Its source deleted a tip under legal hold: only the source's own way to it was destroyed."""
    PROTECTED = "protected"
    """A ticket became a tip, and what was readable of it was destroyed."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """Ids of everything that belongs to a tip."""

    ids: frozenset[UUID]
    records: frozenset[UUID]
    files: frozenset[UUID]
    messages: int
    sent_files: int


def destroy(tip_id: UUID, cause: Cause) -> bool:
    """Destroy a tip with everything that belongs to it; False, and no change, if it must stay.

    A tip under legal hold stays, unless it was destroyed before and an old backup has brought
    it back. One that is gone already is no error.
    """
    with unit_of_work():
        tip = queries.find_tip_for_update(tip_id)
        if tip is None or (tip.legal_hold and cause != Cause.RESTORE):
            return False
        if cause == Cause.RETENTION and not queries.is_due(tip.id, clock.today(), _default_days()):
            return False
        _destroy(tip, cause)
        return True


def destroy_for_source(tip_id: UUID) -> bool:
    """Destroy a tip because its source wants it; False when a legal hold keeps it for the desk.

    Then the source's way to it is destroyed at once, and the tip when the hold ends.
    """
    with unit_of_work():
        tip = queries.find_tip_for_update(tip_id)
        if tip and tip.legal_hold:
            _shut_out_source(tip)
            return False
        if tip:
            _destroy(tip, Cause.SOURCE)
        return True


def _shut_out_source(tip: Tip) -> None:
    """Destroy the mailbox key and what a receipt finds; what the desk writes nobody reads."""
    if tip.source_has_left:
        return
    former = tip.mailbox_id
    tip.mailbox = vault.create_mailbox_of_nobody(tip.id, former)
    tip.lookup_id, tip.mailbox_wrapped_key = os.urandom(len(tip.lookup_id)), b""
    db.session.flush()
    vault.destroy_mailbox(former)
    report(tip.queue_code, Cause.HELD)


def _destroy(tip: Tip, cause: Cause) -> None:
    parts = _collect(tip)
    vault.destroy_keys_of(parts.records)
    queue_code, decision_id, mailbox_id = tip.queue_code, tip.decision_id, tip.mailbox_id
    for table in (IdentityRequest, TipFile, TipMessage):
        db.session.execute(delete(table).filter_by(tip_id=tip.id))
    db.session.execute(delete(Tip).filter_by(id=tip.id))
    vault.destroy_records(parts.records)
    vault.destroy_mailbox(mailbox_id)
    files.destroy_files(parts.files)
    if decision_id:
        problems.leave(decision_id)
    db.session.execute(delete(DecisionRecord).filter_by(id=decision_id))
    outbox.forget(parts.ids)
    audit.forget_ids(parts.ids)
    report(queue_code, cause, messages=parts.messages, files=parts.sent_files)
    _bury(tip.id)
    db.session.expire_all()


def _collect(tip: Tip) -> _Parts:
    messages = db.session.execute(
        select(TipMessage.id, TipMessage.content_id).filter_by(tip_id=tip.id)
    ).all()
    requests = db.session.execute(
        select(IdentityRequest.id, IdentityRequest.reason_id).filter_by(tip_id=tip.id)
    ).all()
    sent = list(db.session.scalars(select(TipFile).filter_by(tip_id=tip.id)))
    records = {tip.content_id, tip.identity_id, *(file.content_id for file in sent)}
    records |= {record for _id, record in (*messages, *requests)}
    stored = {file.file_id for file in sent} | {file.cleaned_id for file in sent}
    stored_ids = frozenset(file_id for file_id in stored if file_id)
    ids = {tip.id, *(file.id for file in sent), *stored_ids}
    ids |= {tip.decision_id} if tip.decision_id else set()
    return _Parts(
        ids=frozenset(ids | {row_id for row_id, _record in (*messages, *requests)}),
        records=frozenset(record for record in records if record),
        files=stored_ids,
        messages=len(messages),
        sent_files=len(sent),
    )


def report(
    queue_code: str | None, cause: Cause, *, tips: int = 1, messages: int = 0, files: int = 0
) -> None:
    """Count something in the destruction report; the next night takes it from the disk too."""
    line = insert(Destruction).values(
        destroyed_on=clock.today(),
        queue_code=queue_code or "",
        cause=cause.value,
        tips=tips,
        messages=messages,
        files=files,
    )
    counted = {name: getattr(Destruction, name) + line.excluded[name] for name in _COUNTS}
    columns = ["destroyed_on", "queue_code", "cause"]
    db.session.execute(line.on_conflict_do_update(index_elements=columns, set_=counted))


_COUNTS = ("tips", "messages", "files")


def _bury(tip_id: UUID) -> None:
    """Write the tombstone, and promise the line on the workers' own list.

    The line is written after the commit: written before, a destruction that failed would leave
    a line behind by which the tip is destroyed later, though a hold may then be on it.
    """
    id_hash, today = hash_of(tip_id), clock.today()
    row = insert(Tombstone).values(id_hash=id_hash, destroyed_on=today)
    db.session.execute(row.on_conflict_do_nothing())
    outbox.promise("tips.bury", id_hash=id_hash.hex(), day=today.isoformat())


def hash_of(tip_id: UUID) -> bytes:
    """What a tombstone says of a tip."""
    return hashlib.sha256(tip_id.bytes).digest()


# On a worker


def bury(id_hash: bytes, day: date) -> None:
    """Put a destroyed tip on this worker's list; raise KeyMissingError without KEYS_DIR."""
    folder = current_app.config["SETTINGS"].keys_dir
    if folder is None:
        raise KeyMissingError("tombstones are written where KEYS_DIR is")
    tombstones.append(folder, {id_hash: day})


def destroy_restored() -> int:
    """Level the table and this worker's list; destroy again what an old backup brought back."""
    folder = current_app.config["SETTINGS"].keys_dir
    if folder is not None:
        listed = tombstones.read(folder)
        with unit_of_work():
            in_table = queries.list_tombstones()
            missing = [
                {"id_hash": id_hash, "destroyed_on": day}
                for id_hash, day in listed.items()
                if id_hash not in in_table
            ]
            if missing:
                db.session.execute(insert(Tombstone).on_conflict_do_nothing(), missing)
        tombstones.append(folder, {h: day for h, day in in_table.items() if h not in listed})
    return _destroy_each(queries.list_buried(), Cause.RESTORE)


def destroy_due() -> int:
    """Destroy tips whose time is over, and those that a hold alone has kept from their source."""
    due = queries.list_due(clock.today(), _default_days())
    return _destroy_each(queries.list_left_by_source(), Cause.SOURCE) + _destroy_each(
        due, Cause.RETENTION
    )


def _default_days() -> int:
    days: int = current_app.config["SETTINGS"].tip_retention_days
    return days


def _destroy_each(tip_ids: Iterable[UUID], cause: Cause) -> int:
    """One unit of work each: one that fails does not stop the rest."""
    destroyed = 0
    for tip_id in tip_ids:
        try:
            destroyed += destroy(tip_id, cause)
        except Exception:
            log.exception("destruction.failed", extra={"cause": cause.value})
    return destroyed


# By an admin


def hold(tip: Tip, *, on: bool) -> None:
    """Put a tip under legal hold, or end the hold."""
    with unit_of_work():
        found = queries.get_tip_for_update(tip.id)
        if found.legal_hold != on:
            found.legal_hold = on
            audit.record("tips.hold" if on else "tips.end_hold", "tip", found.id)
