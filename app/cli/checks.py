"""What the doctor looks for in the vault and among the rows: read only, with a remedy each."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import Column, Table, exists, func, select

from app.accounts import queries as accounts
from app.core import clock, health
from app.extensions import db
from app.files.models import File
from app.tips import queries as tips
from app.tips.models import TipFile
from app.vault import inspection, queries, shared_keys, worker_keys
from app.vault.errors import KeyMissingError
from app.vault.models import KeyKind, SealedKey, SealedRecord, SealingKey
from app.vault.service import worker

UNKNOWN = "Not known before the migrations are well."
LONG_RETIRED = timedelta(days=3)
_PARTS = ("sealed_key", "file_chunk")
"""Tables that go with the row they refer to, and so do not keep it."""


def _referring(table: Table) -> list[Column[object]]:
    """Columns that refer to a table's key and keep its rows in use."""
    return [
        column
        for other in db.metadata.tables.values()
        if other.name not in _PARTS
        for column in other.columns
        if any(key.column.table is table for key in column.foreign_keys)
    ]


def _count_unreferred(model: type[File] | type[SealedRecord]) -> int:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 (for the type checker: it is mapped to one)
    unused = [~exists().where(column == model.id) for column in _referring(table)]
    return db.session.scalar(select(func.count()).select_from(model).where(*unused)) or 0


def router_key() -> str | None:
    """The router key is younger than a week."""
    if health.migrations_fault():
        return UNKNOWN
    try:
        queries.get_router_key()
    except KeyMissingError:
        return (
            "There is no router key, or it has expired: nothing is taken in. Start the scheduler "
            "and a worker, or run `flask --app wsgi prepare` on a worker."
        )
    return None


def retired_keys() -> str | None:
    """Keys that have retired are destroyed within days."""
    if health.migrations_fault():
        return UNKNOWN
    before = clock.today() - LONG_RETIRED
    late = [
        key
        for key in queries.list_retired_keys(*worker_keys.ON_WORKERS)
        if key.retired_on and key.retired_on < before
    ]
    if not late:
        return None
    keyring = worker()
    if keyring.folder is not None and not all(keyring.holds(key.id) for key in late):
        return (
            f"{len(late)} router keys retired long ago, and their private halves are not on this "
            "worker. If no other worker has them, run `flask --app wsgi vault restore --router`."
        )
    return (
        f"{len(late)} router keys retired long ago and are not destroyed: something waits for "
        "them. See the worker's log for vault.rotate."
    )


def recovery_key() -> str | None:
    """A recovery key exists, and has every desk's key."""
    if health.migrations_fault():
        return UNKNOWN
    if not inspection.has_recovery_key():
        return (
            "There is no recovery key: lost passphrases cannot be made good. Run "
            "`flask --app wsgi vault recovery-key`."
        )
    without = [
        key.holder or "custodians"
        for key in inspection.list_keys()
        if key.kind in shared_keys.SHARED and key.retired_on is None and not key.recovery
    ]
    if without:
        return (
            f"The recovery key does not have the keys of: {', '.join(without)}. It gets them "
            "when a member of each unlocks."
        )
    return None


def desks() -> str | None:
    """Somebody can open every desk for which something waits."""
    if health.migrations_fault():
        return UNKNOWN
    waiting = _waiting_desks()
    unmanned = sorted(code for code in waiting if not shared_keys.holders_of(KeyKind.DESK, code))
    if unmanned:
        names = ", ".join(
            f"{code} ({len(accounts.list_members(code))} members)" for code in unmanned
        )
        return (
            f"Nobody can open what came for: {names}. A member has to set a vault passphrase at "
            "/desk/vault; where all have lost theirs, then run "
            "`flask --app wsgi vault restore --member`."
        )
    return None


def _waiting_desks() -> set[str]:
    """Desks with open tips, or with records that their key alone opens."""
    sealed = (
        select(SealingKey.holder)
        .where(SealingKey.kind == KeyKind.DESK)
        .where(exists().where(SealedKey.key_id == SealingKey.id))
    )
    return set(db.session.scalars(sealed)) | tips.list_queues_with_open_tips()


def rows() -> str | None:
    """Every file and every sealed record belongs to something."""
    if health.migrations_fault():
        return UNKNOWN
    lost_files = exists().where(File.id == TipFile.file_id)
    counts = {
        "files that no message or tip refers to": _count_unreferred(File),
        "sealed records that nothing refers to": _count_unreferred(SealedRecord),
        "files of tips without their bytes": db.session.scalar(
            select(func.count()).select_from(TipFile).where(~lost_files)
        ),
    }
    if found := [f"{count} {what}" for what, count in counts.items() if count]:
        return (
            f"{'; '.join(found)}. They can be opened by nobody through a page. Restore them from "
            "a backup if they belong to something, or delete the rows."
        )
    return None


def restored_tips() -> str | None:
    """No destroyed tip is here again."""
    if health.migrations_fault():
        return UNKNOWN
    if back := len(tips.list_buried()):
        return (
            f"{back} destroyed tips are here again, from a backup. Run `flask --app wsgi prepare` "
            "on a worker before anybody signs in."
        )
    return None


def log_of_the_database() -> str | None:
    """The database does not keep used-up segments of its log with their old bytes."""
    if health.database_fault():
        return "Not known while the database does not answer."
    recycles = db.session.execute(db.text("SHOW wal_recycle")).scalar_one()
    if recycles == "off" or not current_app.config["SETTINGS"].production:
        return None
    return (
        "PostgreSQL reuses segments of its log with their old bytes, so what was destroyed stays "
        "there for a time. Set wal_recycle = off on the server."
    )
