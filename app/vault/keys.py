"""Acts on keys: who holds which, from the first to the last day of each."""

import logging
import os
from collections.abc import Iterable, Sequence
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.vault import envelope, passphrases, proofs, queries, recovery
from app.vault.errors import (
    KeyMissingError,
    RecoveryError,
    SealBrokenError,
    WrongPassphraseError,
)
from app.vault.models import (
    KeyGrant,
    KeyKind,
    MemberVault,
    SealedKey,
    SealingKey,
    VaultParameter,
)
from app.vault.openers import GRANT, Holder, Opener, get_private
from app.vault.service import worker

log = logging.getLogger(__name__)
ON_WORKERS = (KeyKind.ROUTER, KeyKind.MAILER)
SHARED = (KeyKind.DESK, KeyKind.CUSTODIAN)
"""Kinds whose private half is sealed to members."""

BATCH = 200


def _add_key(kind: KeyKind, holder: str, public: bytes) -> SealingKey:
    versions = queries.list_versions(kind, holder)
    for older in versions:
        older.retired_on = older.retired_on or clock.today()
    db.session.flush()
    key = SealingKey(
        id=uuid4(),
        kind=kind,
        holder=holder,
        version=versions[0].version + 1 if versions else 1,
        public_key=public,
        created_on=clock.today(),
    )
    db.session.add(key)
    db.session.flush()
    return key


# The workers' keys


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
                _add_worker_key(kind)


def _make_signing_key() -> bytes:
    """The public half of the signing key; a file that a crash left behind is used."""
    private = worker().find_signing_key()
    if private is None:
        private = proofs.generate_signing_key().private
        worker().keep_signing_key(private)
    return proofs.public_half(private)


def _add_worker_key(kind: KeyKind) -> SealingKey:
    pair = envelope.generate_key_pair()
    key = _add_key(kind, "", pair.public)
    worker().keep(key.id, pair.private)
    return key


def rotate_router() -> None:
    """Make today's router key; made already, do nothing. Once a day, by cron."""
    with unit_of_work():
        current = queries.get_current_key(KeyKind.ROUTER)
        db.session.refresh(current, with_for_update=True)
        if current.created_on < clock.today() and current.retired_on is None:
            _add_worker_key(KeyKind.ROUTER)


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
            destroyed += _destroy(key_id)
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
            _seal_also_to(sealed, private, successor)
            db.session.delete(sealed)
        return bool(sealed_keys)


def _destroy(key_id: UUID) -> bool:
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


# Members


def _member_context(key: UUID) -> bytes:
    return f"rightdesk\x1f1\x1fmember\x1f{key}".encode()


def create_member_vault(member: str, passphrase: str) -> Holder:
    """Give a member a key of their own under a passphrase; what an older one held is lost.

    The older key's grants go, so a fellow member has to grant anew.
    """
    with unit_of_work():
        for older in queries.list_versions(KeyKind.MEMBER, member):
            db.session.execute(delete(KeyGrant).filter_by(grantee_id=older.id))
            db.session.execute(delete(SealedKey).filter_by(key_id=older.id))
            db.session.execute(delete(MemberVault).filter_by(key_id=older.id))
        pair = envelope.generate_key_pair()
        key = _add_key(KeyKind.MEMBER, member, pair.public)
        _lock_vault(MemberVault(key_id=key.id), passphrase, pair.private)
        return Holder(key.id, pair.private)


def _lock_vault(vault: MemberVault, passphrase: str, private: bytes) -> None:
    locked = passphrases.lock(passphrase, _member_context(vault.key_id), private)
    vault.salt, vault.box = locked.salt, locked.box
    vault.memory_kib, vault.passes = locked.memory_kib, locked.passes
    db.session.add(vault)


def unlock_member_vault(member: str, passphrase: str) -> Holder:
    """Open a member's vault; raise WrongPassphraseError, also where there is no vault."""
    vault = queries.find_member_vault(member)
    if vault is None:
        raise WrongPassphraseError
    locked = passphrases.Lock(vault.salt, vault.memory_kib, vault.passes, vault.box)
    private = passphrases.unlock(passphrase, _member_context(vault.key_id), locked)
    return Holder(vault.key_id, private)


def change_passphrase(member: str, old: str, new: str) -> None:
    """Lock the same private half under another passphrase; WrongPassphraseError if `old` is not."""
    with unit_of_work():
        holder = unlock_member_vault(member, old)
        vault = db.session.get_one(MemberVault, holder.key_id)
        _lock_vault(vault, new, holder.private)


# Keys that members share: a desk's, the custodians'


def found(kind: KeyKind, holder: str, members: Iterable[str]) -> bool:
    """Make a shared key's next version for these members and the recovery key.

    The private half exists in this call only. False when none of the members has a vault:
    then the last version, if any, is retired, and what comes waits with the router.
    """
    with unit_of_work():
        grantees = list(queries.list_member_keys(list(members)).values())
        if not grantees:
            for version in queries.list_versions(kind, holder):
                version.retired_on = version.retired_on or clock.today()
            return False
        pair = envelope.generate_key_pair()
        key = _add_key(kind, holder, pair.public)
        if on_paper := queries.find_current_key(KeyKind.RECOVERY):
            grantees.append(on_paper)
        for grantee in grantees:
            _grant(key, pair.private, grantee)
        return True


def _grant(key: SealingKey, private: bytes, grantee: SealingKey) -> None:
    if queries.find_grant(key.id, grantee.id):
        return
    wrapped = envelope.wrap_content_key(private, grantee.public_key, GRANT, key.id, grantee.id)
    db.session.add(
        KeyGrant(key_id=key.id, grantee_id=grantee.id, wrapped=wrapped, granted_on=clock.today())
    )


def holders_of(kind: KeyKind, holder: str = "") -> set[str]:
    """The members who can open the shared key in force."""
    key = queries.find_current_key(kind, holder)
    if key is None:
        return set()
    return {
        grant.grantee.holder
        for grant in queries.list_grants(key)
        if grant.grantee.kind == KeyKind.MEMBER
    }


def grant(opener: Opener, kind: KeyKind, holder: str, member: str) -> None:
    """Seal every version that the opener holds to a fellow member's key.

    Raises KeyMissingError when the member has no vault, NotHeldError when the opener does not
    hold the version in force.
    """
    with unit_of_work():
        grantee = queries.list_member_keys([member]).get(member)
        if grantee is None:
            raise KeyMissingError("this member has not set a vault passphrase yet")
        get_private(opener, queries.get_current_key(kind, holder).id)
        for version in queries.list_versions(kind, holder):
            private = opener.find_private(version.id)
            if private is not None:
                _grant(version, private, grantee)


def revoke(kind: KeyKind, holder: str, member: str) -> None:
    """Take a shared key from a member: every grant goes, and those who stay get a new version."""
    with unit_of_work():
        staying = holders_of(kind, holder) - {member}
        held = select(SealingKey.id).filter_by(kind=KeyKind.MEMBER, holder=member)
        versions = select(SealingKey.id).filter_by(kind=kind, holder=holder)
        db.session.execute(
            delete(KeyGrant).where(KeyGrant.grantee_id.in_(held), KeyGrant.key_id.in_(versions))
        )
        if queries.find_current_key(kind, holder):
            found(kind, holder, staying)


def complete_recovery(opener: Opener) -> None:
    """Seal to the recovery key what the opener holds and recovery does not yet."""
    on_paper = queries.find_current_key(KeyKind.RECOVERY)
    if on_paper is None:
        return
    with unit_of_work():
        for key in [*queries.list_current_keys(*SHARED), *queries.list_retired_keys(*SHARED)]:
            if queries.find_grant(key.id, on_paper.id) is None:
                private = opener.find_private(key.id)
                if private is not None:
                    _grant(key, private, on_paper)


# The recovery key, which is on paper only


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
        key = _add_key(KeyKind.RECOVERY, "", pair.public)
        for router in queries.list_versions(KeyKind.ROUTER):
            if private := worker().find_private(router.id):
                for sealed in queries.list_sealed_to(router):
                    _seal_also_to(sealed, private, key)
        return mnemonics


def _seal_also_to(sealed: SealedKey, private: bytes, key: SealingKey) -> None:
    """Seal a content key, which is sealed to one key, to another as well."""
    record = sealed.record
    if db.session.get(SealedKey, (record.id, key.id)):
        return
    content_key = envelope.unwrap_content_key(
        sealed.wrapped, private, record.purpose, record.id, sealed.key_id
    )
    wrapped = envelope.wrap_content_key(
        content_key, key.public_key, record.purpose, record.id, key.id
    )
    db.session.add(SealedKey(record_id=record.id, key_id=key.id, wrapped=wrapped))


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


def grant_all(opener: Opener, kind: KeyKind, holder: str, member: str) -> tuple[int, int]:
    """Seal to a member every version that the opener holds; return how many, and of how many.

    Raises KeyMissingError when the member has no vault.
    """
    with unit_of_work():
        grantee = queries.list_member_keys([member]).get(member)
        if grantee is None:
            raise KeyMissingError("this member has not set a vault passphrase yet")
        versions = queries.list_versions(kind, holder)
        held = [(version, opener.find_private(version.id)) for version in versions]
        for version, private in held:
            if private is not None:
                _grant(version, private, grantee)
        return sum(private is not None for _version, private in held), len(versions)


def restore_router(on_paper: Holder) -> tuple[int, int]:
    """After a worker's disk was lost: seal what waits for its keys to today's router key.

    Today's is made here if it was lost as well. Only where no other worker holds the keys that
    this one does not. Returns how many records were rescued, and how many cannot be.
    """
    with unit_of_work():
        for missing in missing_private_halves():
            _add_worker_key(missing.kind)
    lost = [key for key in queries.list_versions(KeyKind.ROUTER) if not worker().holds(key.id)]
    rescued, left = 0, 0
    for key in lost:
        while batch := _rescue(key, on_paper):
            rescued += batch
        left += queries.count_sealed_to(key)
        _destroy(key.id)
    return rescued, left


def _rescue(key: SealingKey, on_paper: Holder) -> int:
    with unit_of_work():
        today = queries.get_current_key(KeyKind.ROUTER)
        copies = queries.list_copies(key, on_paper.key_id, BATCH)
        for copy in copies:
            _seal_also_to(copy, on_paper.private, today)
            db.session.execute(delete(SealedKey).filter_by(record_id=copy.record_id, key_id=key.id))
        return len(copies)
