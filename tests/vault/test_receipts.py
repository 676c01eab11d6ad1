"""Receipts: seven words, forgiving to type, each deriving to its own mailbox."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from app.vault import receipts

SALT = bytes(16)


@given(st.binary(min_size=32, max_size=32))
def test_a_receipt_has_seven_words_of_the_list(secret: bytes) -> None:
    words = receipts.from_secret(secret).split(" ")
    assert len(words) == 7
    assert all(word.isascii() and word.isalpha() for word in words)


def test_a_receipt_is_frozen() -> None:
    """The list and its order may never change: receipts already given out would be lost."""
    assert receipts.from_secret(bytes(range(32))) == (
        "paramedic petty glorified flanking froth tarnish gradation"
    )


@pytest.mark.parametrize(
    "typed",
    [
        "ABACUS Abdomen  abide",
        "abacus-abdomen-abide",
        " abacus, abdomen;abide. ",
        "abacus\tabdomen abide",
    ],
)
def test_case_and_marks_between_words_do_not_matter(typed: str) -> None:
    assert receipts.normalise(typed) == "abacus abdomen abide"


def test_other_words_derive_to_another_mailbox() -> None:
    one, two = receipts.derive("one", SALT), receipts.derive("two", SALT)
    assert one.lookup_id != two.lookup_id
    assert one.wrapping_key != two.wrapping_key


def test_the_same_words_at_another_installation_derive_to_another_mailbox() -> None:
    assert receipts.derive("one", SALT) != receipts.derive("one", bytes(15) + b"\x01")


def test_the_receipt_unwraps_the_mailbox_key() -> None:
    mailbox = receipts.create_mailbox("seven words", SALT)
    key = receipts.derive("seven words", SALT).wrapping_key
    wrapped = mailbox.wrapped_private_key
    private = AESGCM(key).decrypt(wrapped[1:13], wrapped[13:], b"rightdesk\x1f1\x1fmailbox")
    assert len(private) == 96
