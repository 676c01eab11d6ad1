"""Whatever is altered, cut, extended or moved is refused: SealBrokenError, and nothing else."""

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.vault import envelope, receipts
from app.vault.errors import SealBrokenError

PAIR, OTHER_PAIR = envelope.generate_key_pair(), envelope.generate_key_pair()
RECORD, KEY = UUID(int=1), UUID(int=2)
CONTENT_KEY = bytes(range(32))
DERIVED = receipts.derive("seven words", bytes(16))

BODY = envelope.seal_body(CONTENT_KEY, "test", RECORD, b"words")
WRAPPED = envelope.wrap_content_key(CONTENT_KEY, PAIR.public, "test", RECORD, KEY)
MAILBOX = receipts.create_mailbox("seven words", bytes(16)).wrapped_private_key


def _open_body(
    sealed: bytes = BODY, key: bytes = CONTENT_KEY, purpose: str = "test", record: UUID = RECORD
) -> bytes:
    return envelope.open_body(key, purpose, record, sealed)


def _open_key(
    wrapped: bytes = WRAPPED,
    private: bytes = PAIR.private,
    purpose: str = "test",
    record: UUID = RECORD,
    key: UUID = KEY,
) -> bytes:
    return envelope.unwrap_content_key(wrapped, private, purpose, record, key)


def _open_mailbox(wrapped: bytes = MAILBOX, wrapping_key: bytes = DERIVED.wrapping_key) -> bytes:
    return receipts.open_mailbox(receipts.DerivedReceipt(bytes(32), wrapping_key), wrapped)


Opener = Callable[[bytes], bytes]
everything_sealed = pytest.mark.parametrize(
    ("sealed", "opened_by"),
    [(BODY, _open_body), (WRAPPED, _open_key), (MAILBOX, _open_mailbox)],
    ids=["body", "key", "mailbox"],
)


@everything_sealed
def test_unaltered_it_opens(sealed: bytes, opened_by: Opener) -> None:
    assert opened_by(sealed)


@everything_sealed
def test_no_flipped_bit_opens(sealed: bytes, opened_by: Opener) -> None:
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBrokenError):
            opened_by(bytes(changed))


@everything_sealed
def test_nothing_cut_short_opens(sealed: bytes, opened_by: Opener) -> None:
    for length in range(len(sealed)):
        with pytest.raises(SealBrokenError):
            opened_by(sealed[:length])


@everything_sealed
@given(before=st.binary(max_size=40), after=st.binary(min_size=1, max_size=40))
def test_nothing_extended_opens(
    sealed: bytes, opened_by: Opener, before: bytes, after: bytes
) -> None:
    for extended in (before + sealed + after, after + sealed):
        with pytest.raises(SealBrokenError):
            opened_by(extended)


@everything_sealed
def test_no_other_version_opens(sealed: bytes, opened_by: Opener) -> None:
    for version in set(range(256)) - {1}:
        with pytest.raises(SealBrokenError):
            opened_by(bytes([version]) + sealed[1:])


@everything_sealed
@given(anything=st.binary(max_size=1300))
@example(b"")
@example(b"\x01")
def test_no_other_bytes_open(sealed: bytes, opened_by: Opener, anything: bytes) -> None:
    for malformed in (anything, b"\x01" + anything):
        with pytest.raises(SealBrokenError):
            opened_by(malformed)


@given(record=st.uuids(), purpose=st.text().filter(lambda purpose: purpose != "test"))
def test_another_record_or_purpose_opens_nothing(record: UUID, purpose: str) -> None:
    for moved in ({"record": record}, {"purpose": purpose}):
        with pytest.raises(SealBrokenError):
            _open_body(**moved)
        with pytest.raises(SealBrokenError):
            _open_key(**moved)


@given(key=st.uuids())
def test_another_key_id_opens_nothing(key: UUID) -> None:
    with pytest.raises(SealBrokenError):
        _open_key(key=key)


@given(key=st.binary(max_size=100) | st.binary(min_size=32, max_size=32))
@example(OTHER_PAIR.private)
@example(PAIR.private[:64] + OTHER_PAIR.private[64:])
@example(OTHER_PAIR.private[:64] + PAIR.private[64:])
def test_another_key_opens_nothing(key: bytes) -> None:
    """Keys of a wrong size too, and a key of which only one half of the hybrid is right."""
    with pytest.raises(SealBrokenError):
        _open_body(key=key)
    with pytest.raises(SealBrokenError):
        _open_key(private=key)
    with pytest.raises(SealBrokenError):
        _open_mailbox(wrapping_key=key)


def test_another_receipt_opens_no_mailbox() -> None:
    with pytest.raises(SealBrokenError):
        receipts.open_mailbox(receipts.derive("other words", bytes(16)), MAILBOX)


@given(plaintext=st.binary(max_size=5000))
@example(b"\x80")
@example(b"ends in zeros\x00\x00")
@example(b"x" * 1023)
@example(b"x" * 1024)
def test_any_bytes_open_again_and_only_their_padme_class_shows(plaintext: bytes) -> None:
    sealed = envelope.seal_body(CONTENT_KEY, "test", RECORD, plaintext)
    assert _open_body(sealed) == plaintext
    assert len(sealed) == 1 + 12 + envelope.padded_size(len(plaintext) + 1) + 16


@settings(max_examples=30)
@given(content_key=st.binary(min_size=32, max_size=32), private=st.binary(min_size=96, max_size=96))
def test_any_key_wrapped_to_any_pair_opens_again(content_key: bytes, private: bytes) -> None:
    pair = envelope.key_pair_from(private)
    wrapped = envelope.wrap_content_key(content_key, pair.public, "test", RECORD, KEY)
    assert len(wrapped) == len(WRAPPED)
    assert _open_key(wrapped, pair.private) == content_key
