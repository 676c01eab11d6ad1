"""Sealing: sizes and padding. What may not open is in test_properties.py."""

from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from app.vault import envelope
from app.vault.errors import SealBrokenError

KEYS = envelope.generate_key_pair()
RECORD, KEY = UUID(int=1), UUID(int=2)
CONTENT_KEY = bytes(range(32))
SEALED = envelope.seal_body(CONTENT_KEY, "test", RECORD, b"words")
WRAPPED = envelope.wrap_content_key(CONTENT_KEY, KEYS.public, "test", RECORD, KEY)


def test_a_content_key_opens_with_the_private_half() -> None:
    assert envelope.unwrap_content_key(WRAPPED, KEYS.private, "test", RECORD, KEY) == CONTENT_KEY


def test_sizes_are_as_documented() -> None:
    assert (len(KEYS.public), len(KEYS.private)) == (1216, 96)
    assert len(WRAPPED) == 1 + 1120 + 48
    assert len(SEALED) == 1 + 12 + 1024 + 16


@pytest.mark.parametrize("plaintext", [b"", b"words", bytes(1024), b"words\x80\x01"])
def test_what_is_not_padded_does_not_open_even_if_the_key_is_right(plaintext: bytes) -> None:
    aad = f"rightdesk\x1f1\x1ftest\x1f{RECORD}\x1f".encode()
    sealed = AESGCM(CONTENT_KEY).encrypt(bytes(12), plaintext, aad)
    with pytest.raises(SealBrokenError):
        envelope.open_body(CONTENT_KEY, "test", RECORD, b"\x01" + bytes(12) + sealed)


@given(st.integers(min_value=0, max_value=1_000_000))
def test_padding_hides_the_length_and_costs_at_most_an_eighth(size: int) -> None:
    padded = envelope.padded_size(size)
    assert padded >= max(size, 1024)
    assert padded <= max(1024, size * 1.12 + 1)
    assert envelope.padded_size(padded) == padded
