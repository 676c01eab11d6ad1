"""Acts on the workers' own keys: the router's, new each day, the mailer's, the signing key."""

import logging
import os
from uuid import UUID

from sqlalchemy import delete

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.vault import envelope, proofs, queries
from app.vault.errors import (
    SealBrokenError,
)
from app.vault.models import (
    KeyGrant,
    KeyKind,
    SealingKey,
    VaultParameter,
)
from app.vault.service import worker
from app.vault.shared_keys import SHARED
from app.vault.versions import add_version, seal_also_to

log = logging.getLogger(__name__)
ON_WORKERS = (KeyKind.ROUTER, KeyKind.MAILER)
BATCH = 200


def ensure_worker_keys() -> None:
    """Create the workers' keys, the salt of receipts and the key of proofs, where missing.

    Runs on a machine with KEYS_DIR; raises KeyMissingError elsewhere.
    """
    with unit_of_work():
        if db.session.get(VaultParameter, queries.RECEIPT_SALT) is None:
            db.session.add(VaultParameter(name=queries.RECEIPT_SALT, value=os.urandom(16)))
        if queries.find_proof_key() is None:
            db.session.add(VaultParameter(name=queries.PROOF_KEY, value=_make_signing_key()))
        for kind in ON_WORKERS:
            if queries.find_current_key(kind) is None:
                add_worker_key(kind)


def _make_signing_key() -> bytes:
    """The public half of the signing key; a file that a crash left behind is used."""
    private = worker().find_signing_key()
    if private is None:
        private = proofs.generate_signing_key().private
        worker().keep_signing_key(private)
    return proofs.public_half(private)


def add_worker_key(kind: KeyKind) -> SealingKey:
    """Put a key in force whose private half this worker keeps."""
    pair = envelope.generate_key_pair()
    key = add_version(kind, "", pair.public)
    worker().keep(key.id, pair.private)
    return key


def rotate_router() -> None:
    """Make today's router key; made already, do nothing. Once a day, by cron."""
    with unit_of_work():
        current = queries.get_current_key(KeyKind.ROUTER)
        db.session.refresh(current, with_for_update=True)
        if current.created_on < clock.today() and current.retired_on is None:
            add_worker_key(KeyKind.ROUTER)


def destroy_retired() -> int:
    """Destroy old private halves on this worker; return how many.

    What still waits for one (a desk that nobody has joined, an effect that failed) is sealed
    to its successor first. A key is destroyed on the day after it retired at the earliest, so
    no request that had read it is still under way; the row goes with it, so a later one fails
    rather than seal what nobody can open.
    """
    destroyed = 0
    for key in queries.list_retired_keys(KeyKind.ROUTER, *SHARED):
        if not worker().holds(key.id) or key.retired_on == clock.today():
            continue
        key_id = key.id
        try:
            while _move_to_successor(key):
                pass
            destroyed += destroy_key(key_id)
        except SealBrokenError:
            # Something altered waits for it: kept, so that a backup can make it good. The
            # doctor names it, and the other keys go.
            log.error("vault.key_kept", extra={"key": str(key_id)})  # noqa: TRY400 (says it all)
    return destroyed + _destroy_orphans()


def _destroy_orphans() -> int:
    """Destroy old files of keys that the database does not know: a crash left them behind.

    Only beside a database whose router key is here: another one must not cost us our keys.
    """
    keyring = worker()
    if not keyring.holds(queries.get_current_key(KeyKind.ROUTER).id):
        return 0
    orphans = [key for key in keyring.list_old() if db.session.get(SealingKey, key) is None]
    for key in orphans:
        keyring.destroy(key)
    return len(orphans)


def _move_to_successor(key: SealingKey) -> bool:
    """Seal a batch of what waits for a key to the one in force; False when nothing was left."""
    with unit_of_work():
        successor = queries.find_current_key(key.kind, key.holder)
        private = worker().find_private(key.id)
        sealed_keys = queries.list_sealed_to(key, BATCH)
        if successor is None or private is None:
            return False
        for sealed in sealed_keys:
            seal_also_to(sealed, private, successor)
            db.session.delete(sealed)
        return bool(sealed_keys)


def destroy_key(key_id: UUID) -> bool:
    """Destroy a worker's key with its row; False while anything is sealed to it."""
    with unit_of_work() as unit:
        key = db.session.get(SealingKey, key_id, with_for_update=True)
        if key is None or queries.has_sealed(key):
            return False
        db.session.execute(delete(KeyGrant).filter_by(key_id=key.id))
        db.session.delete(key)
        keyring = worker()
        unit.after_commit(f"destroy {key_id}", lambda: keyring.destroy(key_id))
        return True


def missing_private_halves() -> list[SealingKey]:
    """Workers' keys in force whose private half should be on this worker and is not."""
    keyring = worker()
    return [key for key in queries.list_current_keys(*ON_WORKERS) if not keyring.holds(key.id)]


def can_sign() -> bool:
    """True where this worker holds the private half of the key that signs proofs of filing."""
    private = worker().find_signing_key()
    return private is not None and proofs.public_half(private) == queries.find_proof_key()
