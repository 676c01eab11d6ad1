"""Who could open what, key by key. Reads only, and nothing secret."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from app.extensions import db
from app.vault import queries, worker_keys
from app.vault.models import KeyGrant, KeyKind, MemberVault, SealedKey, SealingKey
from app.vault.service import worker


@dataclass(frozen=True, slots=True)
class KeyReport:
    """A key and who could open it: `members` are user ids.

    `on_worker` is None for a key that no worker ever holds, or where there is no KEYS_DIR.
    """

    id: UUID
    kind: KeyKind
    holder: str
    version: int
    created_on: date
    retired_on: date | None
    members: tuple[int, ...]
    recovery: bool
    on_worker: bool | None
    records: int


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """The keys of sources, which only receipts open: how many, and how many records they have."""

    keys: int
    records: int


def list_keys() -> list[KeyReport]:
    """Every key but those of mailboxes, by kind, holder and version."""
    found = db.session.scalars(
        select(SealingKey)
        .where(SealingKey.kind != KeyKind.MAILBOX)
        .order_by(SealingKey.kind, SealingKey.holder, SealingKey.version)
    ).all()
    counted = select(SealedKey.key_id, func.count()).group_by(SealedKey.key_id)
    records = {row[0]: row[1] for row in db.session.execute(counted)}
    grantees = _grantees()
    with_vault = set(db.session.scalars(select(MemberVault.key_id)))
    return [_report(key, grantees[key.id], with_vault, records.get(key.id, 0)) for key in found]


def _grantees() -> dict[UUID, list[SealingKey]]:
    grantees: dict[UUID, list[SealingKey]] = defaultdict(list)
    pairs = select(KeyGrant.key_id, SealingKey).join(KeyGrant.grantee)
    for key_id, grantee in db.session.execute(pairs):
        grantees[key_id].append(grantee)
    return grantees


def _report(
    key: SealingKey, grantees: list[SealingKey], with_vault: set[UUID], records: int
) -> KeyReport:
    members = {grantee.holder for grantee in grantees if grantee.kind == KeyKind.MEMBER}
    if key.kind == KeyKind.MEMBER and key.id in with_vault:
        members.add(key.holder)
    keyring = worker()
    on_workers = key.kind in worker_keys.ON_WORKERS and keyring.folder is not None
    return KeyReport(
        id=key.id,
        kind=KeyKind(key.kind),
        holder=key.holder,
        version=key.version,
        created_on=key.created_on,
        retired_on=key.retired_on,
        members=tuple(sorted(int(member) for member in members)),
        recovery=any(grantee.kind == KeyKind.RECOVERY for grantee in grantees),
        on_worker=keyring.holds(key.id) if on_workers else None,
        records=records,
    )


def count_mailboxes() -> Mailboxes:
    """How many mailboxes there are, and how many records are sealed to them."""
    boxes = select(func.count()).select_from(SealingKey).filter_by(kind=KeyKind.MAILBOX)
    sealed = select(func.count()).select_from(SealedKey).join(SealedKey.key)
    return Mailboxes(
        keys=db.session.scalar(boxes) or 0,
        records=db.session.scalar(sealed.where(SealingKey.kind == KeyKind.MAILBOX)) or 0,
    )


def has_recovery_key() -> bool:
    """True once a recovery key was made."""
    return queries.find_current_key(KeyKind.RECOVERY) is not None
