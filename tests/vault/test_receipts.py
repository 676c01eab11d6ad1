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


RECEIPT = "paramedic petty glorified flanking froth tarnish gradation"


@pytest.mark.parametrize(
    "text",
    [
        RECEIPT,
        RECEIPT.upper(),
        RECEIPT.replace(" ", "-"),
        RECEIPT.replace(" ", "\n"),
        RECEIPT.replace(" ", "_"),
        "".join(f"{n}. {word}\n" for n, word in enumerate(RECEIPT.split(), 1)),
        "\uff50" + RECEIPT[1:],
    ],
)
def test_a_receipt_is_struck_out_of_a_text(text: str) -> None:
    struck = receipts.strike(f"Was it {text} and when?")
    assert not any(word in struck.casefold() for word in RECEIPT.split())
    assert struck.startswith("Was it ")
    assert struck.rstrip().endswith("and when?")


def test_every_receipt_in_a_text_is_struck_out() -> None:
    assert receipts.strike(f"{RECEIPT} and {RECEIPT}.") == "[…] and […]."


@given(st.binary(min_size=32, max_size=32), st.text(max_size=40), st.text(max_size=40))
def test_no_receipt_survives_in_any_text(secret: bytes, before: str, after: str) -> None:
    words = receipts.from_secret(secret)
    assert words not in receipts.strike(f"{before} {words} {after}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The inspector takes a bribe for every permit, and the manager knows of it.",
        " ".join(RECEIPT.split()[:6]),
        "They paid the inspector. Cash, gift cards, wine, tickets, a trip: all of it twice.",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert receipts.strike(text) == text
