"""Acts on the recovery key, which is on paper only."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.vault import queries, recovery
from app.vault.errors import (
    RecoveryError,
)
from app.vault.models import (
    KeyGrant,
    KeyKind,
    SealedKey,
    SealingKey,
)
from app.vault.openers import Holder
from app.vault.service import worker
from app.vault.versions import add_version, seal_also_to
from app.vault.worker_keys import BATCH, add_worker_key, destroy_key, missing_private_halves


def create_recovery_key(threshold: int, shares: int, *, replace: bool = False) -> list[str]:
    """Make the recovery key; return its shares, which are kept nowhere.

    With `replace` the former one opens nothing any more. What waits for a router key on this
    worker is sealed to the new one here, desks' keys as their members unlock. Raises
    RecoveryError when there is one already, or for an impossible number of shares.
    """
    with unit_of_work():
        if queries.find_current_key(KeyKind.RECOVERY) and not replace:
            raise RecoveryError("There is a recovery key already. --replace makes another.")
        pair, mnemonics = recovery.create(threshold, shares)
        former = select(SealingKey.id).filter_by(kind=KeyKind.RECOVERY)
        db.session.execute(delete(KeyGrant).where(KeyGrant.grantee_id.in_(former)))
        db.session.execute(delete(SealedKey).where(SealedKey.key_id.in_(former)))
        key = add_version(KeyKind.RECOVERY, "", pair.public)
        for router in queries.list_versions(KeyKind.ROUTER):
            if private := worker().find_private(router.id):
                for sealed in queries.list_sealed_to(router):
                    seal_also_to(sealed, private, key)
        return mnemonics


def open_recovery(mnemonics: Sequence[str]) -> Holder:
    """The opener of the recovery key's shares.

    Raises RecoveryError, for the person who types them, when they do not restore our key.
    """
    key = queries.find_current_key(KeyKind.RECOVERY)
    if key is None:
        raise RecoveryError("No recovery key was ever made.")
    pair = recovery.restore(mnemonics)
    if pair.public != key.public_key:
        raise RecoveryError("These shares fit together, and are of another recovery key.")
    return Holder(key.id, pair.private)


def restore_router(on_paper: Holder) -> tuple[int, int]:
    """After a worker's disk was lost: seal what waits for its keys to today's router key.

    Today's is made here if it was lost as well. Only where no other worker holds the keys that
    this one does not. Returns how many records were rescued, and how many cannot be.
    """
    with unit_of_work():
        for missing in missing_private_halves():
            add_worker_key(missing.kind)
    lost = [key for key in queries.list_versions(KeyKind.ROUTER) if not worker().holds(key.id)]
    rescued, left = 0, 0
    for key in lost:
        while batch := _rescue(key, on_paper):
            rescued += batch
        left += queries.count_sealed_to(key)
        destroy_key(key.id)
    return rescued, left


def _rescue(key: SealingKey, on_paper: Holder) -> int:
    with unit_of_work():
        today = queries.get_current_key(KeyKind.ROUTER)
        copies = queries.list_copies(key, on_paper.key_id, BATCH)
        for copy in copies:
            seal_also_to(copy, on_paper.private, today)
            db.session.execute(delete(SealedKey).filter_by(record_id=copy.record_id, key_id=key.id))
        return len(copies)
