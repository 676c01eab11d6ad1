"""Sealing: only the right key, purpose and record open it, and no altered byte does."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vault import envelope
from app.vault.errors import SealBrokenError

KEYS = envelope.generate_key_pair()
RECORD, KEY = UUID(int=1), UUID(int=2)
CONTENT_KEY = bytes(range(32))
SEALED = envelope.seal_body(CONTENT_KEY, "test", RECORD, b"words")
WRAPPED = envelope.wrap_content_key(CONTENT_KEY, KEYS.public, "test", RECORD, KEY)


@given(st.binary(max_size=5000))
def test_what_is_sealed_opens_again(plaintext: bytes) -> None:
    sealed = envelope.seal_body(CONTENT_KEY, "test", RECORD, plaintext)
    assert envelope.open_body(CONTENT_KEY, "test", RECORD, sealed) == plaintext


def test_a_content_key_opens_with_the_private_half() -> None:
    assert envelope.unwrap_content_key(WRAPPED, KEYS.private, "test", RECORD, KEY) == CONTENT_KEY


def test_sizes_are_as_documented() -> None:
    assert (len(KEYS.public), len(KEYS.private)) == (1216, 96)
    assert len(WRAPPED) == 1 + 1120 + 48
    assert len(SEALED) == 1 + 12 + 1024 + 16


@given(st.integers(min_value=0, max_value=len(SEALED) * 8 - 1))
def test_no_flipped_bit_of_a_body_opens(bit: int) -> None:
    with pytest.raises(SealBrokenError):
        envelope.open_body(CONTENT_KEY, "test", RECORD, _flip(SEALED, bit))


@settings(max_examples=60)
@given(st.integers(min_value=0, max_value=len(WRAPPED) * 8 - 1))
def test_no_flipped_bit_of_a_wrapped_key_opens(bit: int) -> None:
    with pytest.raises(SealBrokenError):
        envelope.unwrap_content_key(_flip(WRAPPED, bit), KEYS.private, "test", RECORD, KEY)


@given(st.integers(min_value=0, max_value=len(SEALED) - 1))
def test_no_cut_body_opens(length: int) -> None:
    with pytest.raises(SealBrokenError):
        envelope.open_body(CONTENT_KEY, "test", RECORD, SEALED[:length])


@settings(max_examples=40)
@given(st.integers(min_value=0, max_value=len(WRAPPED) - 1))
def test_no_cut_key_opens(length: int) -> None:
    with pytest.raises(SealBrokenError):
        envelope.unwrap_content_key(WRAPPED[:length], KEYS.private, "test", RECORD, KEY)


@pytest.mark.parametrize(
    ("purpose", "record"), [("other", RECORD), ("test", uuid4())], ids=["purpose", "record"]
)
def test_a_body_moved_elsewhere_does_not_open(purpose: str, record: UUID) -> None:
    with pytest.raises(SealBrokenError):
        envelope.open_body(CONTENT_KEY, purpose, record, SEALED)


@pytest.mark.parametrize(
    ("purpose", "record", "key"),
    [("other", RECORD, KEY), ("test", uuid4(), KEY), ("test", RECORD, uuid4())],
    ids=["purpose", "record", "key"],
)
def test_a_wrapped_key_moved_elsewhere_does_not_open(purpose: str, record: UUID, key: UUID) -> None:
    with pytest.raises(SealBrokenError):
        envelope.unwrap_content_key(WRAPPED, KEYS.private, purpose, record, key)


def test_another_private_key_does_not_open() -> None:
    other = envelope.generate_key_pair()
    with pytest.raises(SealBrokenError):
        envelope.unwrap_content_key(WRAPPED, other.private, "test", RECORD, KEY)


@given(st.integers(min_value=0, max_value=1_000_000))
def test_padding_hides_the_length_and_costs_at_most_an_eighth(size: int) -> None:
    padded = envelope.padded_size(size)
    assert padded >= max(size, 1024)
    assert padded <= max(1024, size * 1.12 + 1)
    assert envelope.padded_size(padded) == padded


def _flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
