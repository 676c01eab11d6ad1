"""Reads of the vault."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.core import clock
from app.core.bulk import among
from app.extensions import db
from app.vault.errors import KeyMissingError
from app.vault.models import (
    KeyGrant,
    KeyKind,
    MemberVault,
    SealedKey,
    SealedRecord,
    SealingKey,
    VaultParameter,
)

RECEIPT_SALT = "receipt-salt"
PROOF_KEY = "proof-key"
LONGEST_ROUTER_LIFE = timedelta(days=7)
"""A router key this old means that rotation has stopped: the doors close until it runs again."""


@dataclass(frozen=True, slots=True)
class HeldCopy:
    """A record's content key as it is sealed to one key, of which kind, for which purpose."""

    record_id: UUID
    purpose: str
    key_id: UUID
    kind: KeyKind
    wrapped: bytes


def find_current_key(kind: KeyKind, holder: str = "") -> SealingKey | None:
    """The key in force for this kind and holder."""
    return db.session.scalar(
        select(SealingKey).filter_by(kind=kind, holder=holder, retired_on=None)
    )


def get_current_key(kind: KeyKind, holder: str = "") -> SealingKey:
    """The key in force; raise KeyMissingError when there is none."""
    if found := find_current_key(kind, holder):
        return found
    raise KeyMissingError(f"no {kind} key" + (f" for {holder}" if holder else ""))


def get_router_key() -> SealingKey:
    """The router key in force; raise KeyMissingError when there is none or it has expired."""
    key = get_current_key(KeyKind.ROUTER)
    if clock.today() - key.created_on > LONGEST_ROUTER_LIFE:
        raise KeyMissingError("the router key has expired: does the scheduler run?")
    return key


def list_current_keys(*kinds: KeyKind) -> list[SealingKey]:
    """Every key in force of these kinds."""
    return list(
        db.session.scalars(
            select(SealingKey)
            .where(SealingKey.kind.in_(kinds), SealingKey.retired_on.is_(None))
            .order_by(SealingKey.kind, SealingKey.holder)
        )
    )


def list_desk_keys(queue_codes: Collection[str]) -> dict[str, SealingKey]:
    """The keys in force of those desks that somebody has joined, by queue."""
    found = db.session.scalars(
        select(SealingKey).where(
            SealingKey.kind == KeyKind.DESK,
            SealingKey.holder.in_(queue_codes),
            SealingKey.retired_on.is_(None),
        )
    )
    return {key.holder: key for key in found}


def list_retired_keys(*kinds: KeyKind) -> list[SealingKey]:
    """Keys of these kinds that seal nothing new, oldest first."""
    return list(
        db.session.scalars(
            select(SealingKey)
            .where(SealingKey.kind.in_(kinds), SealingKey.retired_on.is_not(None))
            .order_by(SealingKey.kind, SealingKey.holder, SealingKey.version)
        )
    )


def list_versions(kind: KeyKind, holder: str = "") -> list[SealingKey]:
    """Every version of a key, the newest first."""
    return list(
        db.session.scalars(
            select(SealingKey)
            .filter_by(kind=kind, holder=holder)
            .order_by(SealingKey.version.desc())
        )
    )


def lock_versions(kind: KeyKind, holder: str) -> None:
    """Let one act at a time change who holds a shared key, until the unit of work ends."""
    name = func.hashtextextended(f"{kind}\x1f{holder}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(name)))


def find_grant(key: UUID, grantee: UUID) -> KeyGrant | None:
    """The grant of one key to another."""
    return db.session.get(KeyGrant, (key, grantee))


def list_grants(key: SealingKey) -> list[KeyGrant]:
    """To whom a key's private half is sealed."""
    return list(
        db.session.scalars(
            select(KeyGrant).filter_by(key_id=key.id).options(joinedload(KeyGrant.grantee))
        )
    )


def find_member_vault(member: str) -> MemberVault | None:
    """The vault of a member, None before a passphrase was set."""
    return db.session.scalar(
        select(MemberVault)
        .join(MemberVault.key)
        .where(
            SealingKey.kind == KeyKind.MEMBER,
            SealingKey.holder == member,
            SealingKey.retired_on.is_(None),
        )
    )


def list_member_keys(members: Sequence[str]) -> dict[str, SealingKey]:
    """The keys in force of those members who have a vault, by member."""
    found = db.session.scalars(
        select(SealingKey).where(
            SealingKey.kind == KeyKind.MEMBER,
            SealingKey.holder.in_(members),
            SealingKey.retired_on.is_(None),
        )
    )
    return {key.holder: key for key in found}


def list_sealed_to(key: SealingKey, limit: int | None = None) -> list[SealedKey]:
    """Content keys that are sealed to a key, locked with their records.

    Those of records that someone else works on are left out.
    """
    return list(
        db.session.scalars(
            select(SealedKey)
            .join(SealedKey.record)
            .where(SealedKey.key_id == key.id)
            .options(contains_eager(SealedKey.record))
            .limit(limit)
            .with_for_update(skip_locked=True, of=(SealedKey, SealedRecord))
        )
    )


def lock_copies(records: Collection[UUID]) -> dict[UUID, list[HeldCopy]]:
    """Lock records until the unit of work ends; give the copies of their keys as they are then.

    Two statements, since one would show the copies from before it waited for the lock.
    """
    locked = (
        select(SealedRecord.id).where(among(SealedRecord.id, records)).order_by(SealedRecord.id)
    )
    ids = list(db.session.scalars(locked.with_for_update()))
    rows = db.session.execute(
        select(
            SealedKey.record_id,
            SealedRecord.purpose,
            SealedKey.key_id,
            SealingKey.kind,
            SealedKey.wrapped,
        )
        .join(SealedKey.record)
        .join(SealedKey.key)
        .where(among(SealedKey.record_id, ids))
    )
    copies: dict[UUID, list[HeldCopy]] = {}
    for row in rows:
        copies.setdefault(row.record_id, []).append(HeldCopy(*row))
    return copies


def has_sealed(key: SealingKey) -> bool:
    """True while anything is sealed to a key."""
    return db.session.scalar(select(SealedKey.key_id).filter_by(key_id=key.id).limit(1)) is not None


def count_sealed_to(key: SealingKey) -> int:
    """How many records are sealed to a key."""
    query = select(func.count()).select_from(SealedKey).filter_by(key_id=key.id)
    return db.session.scalar(query) or 0


def list_copies(key: SealingKey, other: UUID, limit: int) -> list[SealedKey]:
    """Of records that are sealed to a key: what is sealed to another, locked."""
    sealed = select(SealedKey.record_id).filter_by(key_id=key.id)
    return list(
        db.session.scalars(
            select(SealedKey)
            .where(SealedKey.key_id == other, SealedKey.record_id.in_(sealed))
            .options(joinedload(SealedKey.record, innerjoin=True))
            .limit(limit)
            .with_for_update(of=SealedKey)
        )
    )


def get_receipt_salt() -> bytes:
    """The installation's salt of receipts; raise KeyMissingError before the first set-up."""
    parameter = db.session.get(VaultParameter, RECEIPT_SALT)
    if parameter is None:
        raise KeyMissingError("the vault is not set up")
    return parameter.value


def find_proof_key() -> bytes | None:
    """The public half of the key that signs proofs of filing; None before `prepare` made one."""
    parameter = db.session.get(VaultParameter, PROOF_KEY)
    return parameter.value if parameter else None
