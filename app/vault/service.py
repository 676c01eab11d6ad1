"""Acts of the vault, in the words of the use case. Nothing outside this folder sees a key."""

import json
import os
from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from flask import current_app

from app.core import clock
from app.extensions import db
from app.vault import envelope, queries, receipts
from app.vault.errors import KeyMissingError
from app.vault.keyring import Keyring
from app.vault.models import KeyKind, SealedKey, SealedRecord, SealingKey, VaultParameter


def _keyring() -> Keyring:
    return Keyring(current_app.config["SETTINGS"].keys_dir)


def _wrap(content_key: bytes, record: SealedRecord, key: SealingKey) -> SealedKey:
    wrapped = envelope.wrap_content_key(
        content_key, key.public_key, record.purpose, record.id, key.id
    )
    return SealedKey(record_id=record.id, key_id=key.id, wrapped=wrapped)


def _seal(purpose: str, document: Mapping[str, str], key: SealingKey) -> SealedRecord:
    record_id, content_key = uuid4(), envelope.new_content_key()
    plaintext = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    record = SealedRecord(
        id=record_id,
        purpose=purpose,
        body=envelope.seal_body(content_key, purpose, record_id, plaintext),
    )
    record.keys.append(_wrap(content_key, record, key))
    db.session.add(record)
    return record


def seal_for_router(purpose: str, document: Mapping[str, str]) -> SealedRecord:
    """Seal what the routing job has to read before it seals it to a desk."""
    return _seal(purpose, document, queries.get_current_key(KeyKind.ROUTER))


def seal_for_mailer(purpose: str, document: Mapping[str, str]) -> SealedRecord:
    """Seal what only the mailer needs: an address and the private link."""
    return _seal(purpose, document, queries.get_current_key(KeyKind.MAILER))


def seal_for_custodian(purpose: str, document: Mapping[str, str]) -> SealedRecord:
    """Seal an identity. No server, router or agent opens it; a custodian must agree."""
    return _seal(purpose, document, queries.get_current_key(KeyKind.CUSTODIAN))


def _content_key(record: SealedRecord) -> bytes:
    keyring = _keyring()
    for sealed in record.keys:
        if keyring.holds(sealed.key_id):
            return envelope.unwrap_content_key(
                sealed.wrapped,
                keyring.private(sealed.key_id),
                record.purpose,
                record.id,
                sealed.key_id,
            )
    raise KeyMissingError("no key on this machine opens this record")


def open_sealed(record: SealedRecord) -> dict[str, str]:
    """Open a record with a key of this machine.

    Raises KeyMissingError where no such key is here, SealBrokenError where bytes were altered.
    """
    plaintext = envelope.open_body(_content_key(record), record.purpose, record.id, record.body)
    document: dict[str, str] = json.loads(plaintext)
    return document


def seal_to_desk(record: SealedRecord, queue_code: str) -> None:
    """Seal a record's key to a desk and drop every other copy of it."""
    desk = queries.get_current_key(KeyKind.DESK, queue_code)
    if [sealed.key_id for sealed in record.keys] != [desk.id]:
        record.keys = [_wrap(_content_key(record), record, desk)]


def create_mailbox(words: str) -> receipts.Mailbox:
    """Make the mailbox that belongs to a receipt: lookup id, public key, wrapped private key."""
    return receipts.create_mailbox(words, queries.get_receipt_salt())


def lookup_id(words: str) -> bytes:
    """The id under which a receipt's tip is found; costs the same for every input."""
    return receipts.derive(words, queries.get_receipt_salt()).lookup_id


def _create_key(kind: KeyKind, holder: str = "") -> SealingKey:
    pair = envelope.generate_key_pair()
    key = SealingKey(
        id=uuid4(),
        kind=kind,
        holder=holder,
        version=1,
        public_key=pair.public,
        created_on=clock.today(),
    )
    _keyring().keep(key.id, pair.private)
    db.session.add(key)
    return key


def ensure_keys(queue_codes: Iterable[str]) -> list[UUID]:
    """Create the keys that do not exist yet, and the salt of receipts; return the new ids.

    Runs on a machine with KEYS_DIR; raises KeyMissingError elsewhere.
    """
    if db.session.get(VaultParameter, queries.RECEIPT_SALT) is None:
        db.session.add(VaultParameter(name=queries.RECEIPT_SALT, value=os.urandom(16)))
    wanted = [(KeyKind.ROUTER, ""), (KeyKind.MAILER, ""), (KeyKind.CUSTODIAN, "")]
    wanted += [(KeyKind.DESK, code) for code in queue_codes]
    return [
        _create_key(kind, holder).id
        for kind, holder in wanted
        if queries.find_current_key(kind, holder) is None
    ]


def missing_private_keys() -> list[SealingKey]:
    """Keys in force whose private half should be on this worker and is not."""
    keyring = _keyring()
    return [key for key in queries.list_current_keys() if not keyring.holds(key.id)]
