"""Acts on sealed records, in the words of the use case. Nothing outside this folder sees a key."""

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import delete, select

from app.core import clock
from app.extensions import db
from app.vault import envelope, proofs, queries, receipts
from app.vault.errors import NotHeldError, ProofError, SealBrokenError
from app.vault.handover import OF_OTHERS, hand_over
from app.vault.keyring import Keyring
from app.vault.models import KeyKind, SealedKey, SealedRecord, SealingKey
from app.vault.openers import Holder, Opener

log = logging.getLogger(__name__)
Document = Mapping[str, str]


def worker() -> Keyring:
    """The keys of this machine: the router's and the mailer's on a worker, none on the web."""
    return Keyring(current_app.config["SETTINGS"].keys_dir)


def _wrap(content_key: bytes, record: SealedRecord, key: SealingKey) -> SealedKey:
    wrapped = envelope.wrap_content_key(
        content_key, key.public_key, record.purpose, record.id, key.id
    )
    return SealedKey(record_id=record.id, key_id=key.id, key=key, wrapped=wrapped)


def _seal(purpose: str, document: Document, keys: Sequence[SealingKey]) -> SealedRecord:
    record_id, content_key = uuid4(), envelope.new_content_key()
    plaintext = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    record = SealedRecord(
        id=record_id,
        purpose=purpose,
        body=envelope.seal_body(content_key, purpose, record_id, plaintext),
    )
    record.keys = [_wrap(content_key, record, key) for key in keys]
    db.session.add(record)
    return record


def _for_router() -> list[SealingKey]:
    """The router key, and the recovery key for the day on which a worker's disk is lost."""
    recovery = queries.find_current_key(KeyKind.RECOVERY)
    return [queries.get_router_key(), *([recovery] if recovery else [])]


def seal_for_router(purpose: str, document: Document) -> SealedRecord:
    """Seal what the routing job has to read before it seals it to a desk."""
    return _seal(purpose, document, _for_router())


def seal_for_router_and_custodians(purpose: str, document: Document) -> SealedRecord:
    """Seal a requester's contact: for a desk, and for custodians should it become a tip."""
    custodian = queries.find_current_key(KeyKind.CUSTODIAN)
    return _seal(purpose, document, [*_for_router(), *([custodian] if custodian else [])])


def seal_for_mailer(purpose: str, document: Document) -> SealedRecord:
    """Seal what only the mailer needs: an address and the private link."""
    return _seal(purpose, document, [queries.get_current_key(KeyKind.MAILER)])


def has_custodian() -> bool:
    """True when somebody guards identities, so that one can be taken."""
    return queries.find_current_key(KeyKind.CUSTODIAN) is not None


def has_desk(queue_code: str) -> bool:
    """True when somebody can open what is sealed to a queue's desk."""
    return queries.find_current_key(KeyKind.DESK, queue_code) is not None


def seal_for_custodian(purpose: str, document: Document) -> SealedRecord:
    """Seal an identity. No server, router or agent opens it; a custodian must agree.

    Raises KeyMissingError while there is no custodian.
    """
    return _seal(purpose, document, [queries.get_current_key(KeyKind.CUSTODIAN)])


def _readers(record: SealedRecord) -> list[SealingKey]:
    """Whose a record is: its desk by the version in force, or the members it was sealed to."""
    readers = []
    for key in (sealed.key for sealed in record.keys if sealed.key.kind not in OF_OTHERS):
        current = queries.find_current_key(key.kind, key.holder)
        readers.append(current or key)
    return readers


def seal_like(
    record: SealedRecord, purpose: str, document: Document, mailbox: SealingKey | None = None
) -> SealedRecord:
    """Seal something for whoever opens another record, and with `mailbox` for its source."""
    return _seal(purpose, document, [*_readers(record), *([mailbox] if mailbox else [])])


def seal_again(record: SealedRecord, document: Document) -> SealedRecord:
    """Seal something in place of a record, to exactly the same keys."""
    return _seal(record.purpose, document, [sealed.key for sealed in record.keys])


def _content_key(record: SealedRecord, opener: Opener) -> bytes:
    for sealed in record.keys:
        private = opener.find_private(sealed.key_id)
        if private is not None:
            return envelope.unwrap_content_key(
                sealed.wrapped, private, record.purpose, record.id, sealed.key_id
            )
    raise NotHeldError


def can_open(record: SealedRecord, opener: Opener) -> bool:
    """True when the opener holds a key that the record is sealed to."""
    return any(opener.find_private(sealed.key_id) is not None for sealed in record.keys)


def open_sealed(record: SealedRecord, opener: Opener) -> dict[str, str]:
    """Open a record.

    Raises NotHeldError where the opener holds none of its keys, SealBrokenError where bytes
    were altered.
    """
    content_key = _content_key(record, opener)
    plaintext = envelope.open_body(content_key, record.purpose, record.id, record.body)
    document: dict[str, str] = json.loads(plaintext)
    return document


def try_to_open(record: SealedRecord, opener: Opener) -> dict[str, str] | None:
    """Open a record among others; None where the opener cannot or where it is broken."""
    try:
        return open_sealed(record, opener)
    except (NotHeldError, SealBrokenError):
        return None


def seal_to_desk(record: SealedRecord, queue_code: str, opener: Opener) -> None:
    """Seal a record's key to a desk, and drop the copies of the router and of other desks.

    For a desk that nobody has joined the copy waits with the router. Raises NotHeldError when
    the opener has no way to the record.
    """
    desk = queries.find_current_key(KeyKind.DESK, queue_code)
    _hand_over(record, [desk] if desk else _for_router(), opener)


def seal_all_to_desks(desks: Mapping[UUID, str], opener: Opener) -> None:
    """As seal_to_desk, for many records by their ids: all are handed over, or none."""
    keys = queries.list_desk_keys(set(desks.values()))
    waiting = _for_router() if set(desks.values()) - keys.keys() else []
    readers = {record: [keys[code]] if code in keys else waiting for record, code in desks.items()}
    hand_over(readers, opener)


def waits(record: SealedRecord) -> bool:
    """True while a record is with the router."""
    return any(sealed.key.kind == KeyKind.ROUTER for sealed in record.keys)


def seal_to_members(record: SealedRecord, members: Sequence[str], opener: Opener) -> bool:
    """Seal a record's key to some members of a desk instead of to the desk's own key.

    False, and no change, when none of them has a vault.
    """
    keys = list(queries.list_member_keys(members).values())
    if keys:
        _hand_over(record, keys, opener)
    return bool(keys)


def seal_to_readers_of(pattern: SealedRecord, record: SealedRecord, opener: Opener) -> None:
    """Seal a record's key to whoever opens another record, and to nobody else of the staff."""
    _hand_over(record, _readers(pattern), opener)


def _hand_over(record: SealedRecord, keys: Sequence[SealingKey], opener: Opener) -> None:
    db.session.flush()
    hand_over({record.id: keys}, opener)
    db.session.expire(record, ["keys"])


def list_member_readers(record: SealedRecord) -> set[str]:
    """The members who can open a record, by their own key or through their desk's."""
    keys = [sealed.key for sealed in record.keys if sealed.key.kind not in OF_OTHERS]
    granted = {grant.grantee for key in keys for grant in queries.list_grants(key)}
    return {key.holder for key in [*keys, *granted] if key.kind == KeyKind.MEMBER}


def share_with_member(record: SealedRecord, member: str, opener: Opener) -> None:
    """Let one member open a record besides those who do; NotHeldError without a vault."""
    keys = queries.list_member_keys([member])
    if member not in keys:
        raise NotHeldError
    if all(sealed.key_id != keys[member].id for sealed in record.keys):
        record.keys.append(_wrap(_content_key(record, opener), record, keys[member]))


def unshare_with_members(record: SealedRecord) -> None:
    """Take back what share_with_member gave."""
    record.keys = [sealed for sealed in record.keys if sealed.key.kind != KeyKind.MEMBER]


def unshare_with_source(record: SealedRecord) -> None:
    """Drop the copy of a record's key that the source's mailbox opens; staff keep theirs."""
    record.keys = [sealed for sealed in record.keys if sealed.key.kind != KeyKind.MAILBOX]


def destroy(record: SealedRecord) -> None:
    """Destroy a record with every copy of its key; nothing may refer to it any more."""
    db.session.flush()
    db.session.delete(record)


def seal_to_custodians_and_readers_of(
    pattern: SealedRecord, purpose: str, document: Document
) -> SealedRecord:
    """Seal something for custodians and for whoever opens another record.

    Raises KeyMissingError while there is no custodian.
    """
    custodian = queries.get_current_key(KeyKind.CUSTODIAN)
    return _seal(purpose, document, [custodian, *_readers(pattern)])


def share_as_custodian(record: SealedRecord, member: str, opener: Opener) -> None:
    """Let one member open an identity; NotHeldError unless a custodian's key opens it.

    Whoever was let in as a member cannot let in others.
    """
    keys = [sealed.key_id for sealed in record.keys if sealed.key.kind == KeyKind.CUSTODIAN]
    if all(opener.find_private(key) is None for key in keys):
        raise NotHeldError
    share_with_member(record, member, opener)


def list_shared_with(record: SealedRecord) -> set[str]:
    """The members who were let in by their own key."""
    return {sealed.key.holder for sealed in record.keys if sealed.key.kind == KeyKind.MEMBER}


def unshare_with_member(record: SealedRecord, member: str) -> None:
    """Take back from one member what share_with_member gave."""
    record.keys = [
        sealed
        for sealed in record.keys
        if (sealed.key.kind, sealed.key.holder) != (KeyKind.MEMBER, member)
    ]


def unshare_records(records: Collection[UUID], member: str) -> None:
    """Take back from one member what was sealed to their own key, of these records."""
    held = select(SealingKey.id).filter_by(kind=KeyKind.MEMBER, holder=member)
    db.session.execute(
        delete(SealedKey).where(SealedKey.record_id.in_(records), SealedKey.key_id.in_(held))
    )


def keep_for_custodians(record: SealedRecord) -> None:
    """Drop every copy of a record's key but the custodians'; NotHeldError where there is none."""
    staying = [sealed for sealed in record.keys if sealed.key.kind == KeyKind.CUSTODIAN]
    if not staying:
        raise NotHeldError
    record.keys = staying


def create_mailbox(words: str, tip: UUID) -> tuple[bytes, SealingKey, bytes]:
    """Make the mailbox of a receipt: lookup id, its key, the private half wrapped by the words."""
    mailbox = receipts.create_mailbox(words, queries.get_receipt_salt())
    key = SealingKey(
        id=uuid4(),
        kind=KeyKind.MAILBOX,
        holder=str(tip),
        version=1,
        public_key=mailbox.public_key,
        created_on=clock.today(),
    )
    db.session.add(key)
    return mailbox.lookup_id, key, mailbox.wrapped_private_key


def create_mailbox_of_nobody(tip: UUID, former: UUID) -> SealingKey:
    """A next mailbox key for a tip whose source has left; its private half is not kept.

    What is sealed to it from now on, no source reads.
    """
    old = db.session.get_one(SealingKey, former)
    old.retired_on = clock.today()
    db.session.flush()
    key = SealingKey(
        id=uuid4(),
        kind=KeyKind.MAILBOX,
        holder=str(tip),
        version=old.version + 1,
        public_key=envelope.generate_key_pair().public,
        created_on=clock.today(),
    )
    db.session.add(key)
    db.session.flush()
    return key


def destroy_mailbox(key: UUID) -> None:
    """Destroy a mailbox key and everything sealed to it."""
    db.session.execute(delete(SealedKey).filter_by(key_id=key))
    db.session.execute(delete(SealingKey).filter_by(id=key, kind=KeyKind.MAILBOX))


def destroy_keys_of(records: Collection[UUID]) -> None:
    """Destroy the sealed keys of records: from then on nobody can open them."""
    db.session.execute(delete(SealedKey).where(SealedKey.record_id.in_(records)))


def destroy_records(records: Collection[UUID]) -> None:
    """Destroy records that nothing refers to any more."""
    db.session.execute(delete(SealedRecord).where(SealedRecord.id.in_(records)))


def derive_receipt(words: str) -> receipts.DerivedReceipt:
    """What a receipt's words derive to; costs the same for every input."""
    return receipts.derive(words, queries.get_receipt_salt())


def mailbox_opener(key: UUID, derived: receipts.DerivedReceipt, wrapped: bytes) -> Holder:
    """The source's own opener, from a receipt that fits; SealBrokenError otherwise."""
    return Holder(key, receipts.open_mailbox(derived, wrapped))


def prove_filing(record: SealedRecord, day: date) -> str | None:
    """A signed statement that a record's sealed body was received on a day.

    None where this worker cannot sign as the published key says: a proof must never keep what
    was filed from its desk.
    """
    private, public = worker().find_signing_key(), queries.find_proof_key()
    if private is None or proofs.public_half(private) != public:
        log.warning("proof.no_key")
        return None
    digest = hashlib.sha256(record.body).digest()
    try:
        return proofs.make_proof(private, current_app.config["SETTINGS"].public_url, day, digest)
    except ProofError:
        log.warning("proof.refused")
        return None


def find_proof_key() -> str | None:
    """The public key of proofs, as their line `Key` writes it; None while there is none."""
    public = queries.find_proof_key()
    return proofs.key_in_words(public) if public else None


def check_proof(text: str) -> proofs.Statement:
    """What a proof of filing says; raise ProofError unless this installation signed it."""
    public = queries.find_proof_key()
    if public is None:
        raise ProofError("there is no key to check it with")
    return proofs.check_proof(text, public)


def blind_index(mail: str) -> bytes:
    """A keyed hash of a mail address: finds equal ones, tells none (HMAC-SHA256)."""
    return _keyed_hash("blind-index", mail.strip().casefold())


def likeness(text: str) -> bytes:
    """A keyed hash of a text's words: equal for copies, tells nothing else (HMAC-SHA256)."""
    return _keyed_hash("likeness", " ".join(re.findall(r"\w+", text.casefold())))


def _keyed_hash(purpose: str, text: str) -> bytes:
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(key, f"{purpose}\x1f{text}".encode(), "sha256")
