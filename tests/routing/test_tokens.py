"""Words of a text: their places, sentences and compared forms."""

import pytest

from app.routing.tokens import normal_form, phrase_words, stem_of, tokenise


def words(text: str) -> list[str]:
    return [token.word for token in tokenise(text)]


def test_an_empty_text_has_no_words() -> None:
    assert tokenise("") == []
    assert tokenise(" \n\t!?--__..") == []


def test_words_keep_their_places() -> None:
    text = "We can't  open (PASSPort)."
    assert [text[token.start : token.end] for token in tokenise(text)] == [
        "We",
        "can't",
        "open",
        "PASSPort",
    ]
    assert all(text[token.start : token.end] == token.text for token in tokenise(text))


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("PASSPort", "passport"),
        ("Comptroller's", "comptroller"),
        ("Comptroller\u2019s", "comptroller"),
        ("don't", "dont"),
        ("Jos\u00e9", "jose"),
        ("STRASSE", "strasse"),
        ("stra\u00dfe", "strasse"),
        ("W9", "w9"),
    ],
)
def test_words_are_compared_without_case_accents_or_possessives(
    written: str, compared: str
) -> None:
    assert words(written) == [compared]
    assert normal_form(written) == compared


def test_hyphens_slashes_and_underscores_part_words() -> None:
    assert words("M/WBE W-9 pass_port e-mail") == [
        "m",
        "wbe",
        "w",
        "9",
        "pass",
        "port",
        "e",
        "mail",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("register", "registered"),
        ("register", "registering"),
        ("invoice", "invoices"),
        ("bribe", "bribed"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem_of(other) == stem_of(one)


def test_short_words_keep_their_endings() -> None:
    assert [stem_of(word) for word in ("bid", "does", "ring", "fed", "is")] == [
        "bid",
        "does",
        "ring",
        "fed",
        "is",
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("One two. Three four! Five?", [0, 0, 1, 1, 2]),
        ("One\n\nTwo", [0, 1]),
        ("One\ntwo", [0, 0]),
        ("Use nyc.gov today", [0, 0, 0, 0]),
        ('He said "go." Then left', [0, 0, 0, 1, 1]),
        ("Stop!!! Now", [0, 1]),
        ("... One. Two", [1, 2]),
    ],
)
def test_sentences_are_numbered(text: str, numbers: list[int]) -> None:
    assert [token.sentence for token in tokenise(text)] == numbers


def test_other_scripts_are_words_too() -> None:
    assert len(tokenise("мы не получили оплату")) == 4
    assert len(tokenise("أين الدفع")) == 2


def test_a_phrase_of_the_registry_is_compared_like_a_text() -> None:
    phrase = "Mayor's Office of Contract Services"
    assert phrase_words(phrase) == tuple(words(phrase))


@pytest.mark.parametrize("piece", ["a. ", "word ", "x's ", "...", "\n\n", "a'", "é", '! " '])
def test_long_texts_give_no_more_words_than_they_have_room_for(piece: str) -> None:
    one, ten = tokenise(piece * 1_000), tokenise(piece * 10_000)
    assert len(one) <= 1_000
    assert len(ten) <= max(1, 10 * len(one))
