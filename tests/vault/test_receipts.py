"""Receipts: seven words, forgiving to type, each deriving to its own mailbox."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vault import receipts
from app.vault.envelope import key_pair_from

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


def test_the_receipt_opens_its_mailbox() -> None:
    mailbox = receipts.create_mailbox("seven words", SALT)
    derived = receipts.derive("Seven, words!", SALT)
    assert derived.lookup_id == mailbox.lookup_id
    private = receipts.open_mailbox(derived, mailbox.wrapped_private_key)
    assert key_pair_from(private).public == mailbox.public_key
