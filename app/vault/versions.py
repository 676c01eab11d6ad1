"""Versions of a key: one is in force, the older ones are retired."""

from uuid import uuid4

from app.core import clock
from app.extensions import db
from app.vault import envelope, queries
from app.vault.models import KeyKind, SealedKey, SealingKey


def add_version(kind: KeyKind, holder: str, public: bytes) -> SealingKey:
    """Put a key in force, and retire the versions before it."""
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


def seal_also_to(sealed: SealedKey, private: bytes, key: SealingKey) -> None:
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
