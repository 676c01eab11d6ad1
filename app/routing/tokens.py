"""Words of a text, with their places and their sentences. Linear in the length of the text."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_IDEOGRAPH = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_OTHER_SCRIPTS = r"\u0600-\u06ff\u0980-\u09ff\uac00-\ud7af"
_LETTER = rf"[^\W_{_IDEOGRAPH}{_OTHER_SCRIPTS}]"
_WORD = re.compile(rf"[{_IDEOGRAPH}]|[{_OTHER_SCRIPTS}]+|{_LETTER}+(?:['\u2019]{_LETTER}+)*")
"""A word is of one script, so that a name stands out where no space does; an ideograph is one."""

_SENTENCE_END = re.compile(
    r"(?<![.!?…])[.!?…]+[\s\"'\u2019\u201d)]|\n\s*\n|\n>?\s*(?=[-*•])|[\u3002\uff01\uff1f]|;"
)


def word_set(words: str) -> frozenset[str]:
    """The words of a string, as a set."""
    return frozenset(words.split())


_ABBREVIATIONS = word_set(
    """
    dept depts no nos inc corp co ltd llc st mr mrs ms dr jr sr vs etc approx ext esq eg ie
    """
)
COMBINING = re.compile(
    f"[{''.join(c for c in map(chr, range(0x10000)) if unicodedata.combining(c))}]+"
)
"""Accents, once they stand apart from their letters."""

_ENDINGS = ("ing", "ed", "es", "s", "e")
_SHORTEST_STEM = 4


class Token(NamedTuple):
    """A word: as written, as compared, its stem, its place, its sentence's number.

    `gap` is what stands between the word before and this one.
    """

    text: str
    word: str
    stem: str
    start: int
    end: int
    sentence: int
    gap: str = ""


_make = Token._make
"""A tenth of a text's time goes into making these."""


@lru_cache(maxsize=50_000)
def normal_form(text: str) -> str:
    """A word as it is compared: no case, no accents, no possessive."""
    word = text.casefold().replace("\u2019", "'")
    word = word.removesuffix("'s").replace("'", "")
    if word.isascii():
        return word
    return COMBINING.sub("", unicodedata.normalize("NFKD", word))


@lru_cache(maxsize=50_000)
def stem_of(word: str) -> str:
    """A word without its usual English ending: crude, and the same for phrases and texts.

    A last e goes too, so that "invoice" and "invoices" agree.
    """
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def tokenise(text: str) -> list[Token]:
    """The words of a text in order."""
    ends = [match.start() for match in _SENTENCE_END.finditer(text)]
    tokens: list[Token] = []
    sentence = reached = last = 0
    for match in _WORD.finditer(text):
        while reached < len(ends) and ends[reached] < match.start():
            abbreviated = tokens and tokens[-1].end == ends[reached] and _abbreviates(tokens[-1])
            sentence += not abbreviated or text[ends[reached]] != "."
            reached += 1
        start, end = match.span()
        written = text[start:end]
        word, stem = _forms(written)
        tokens.append(_make((written, word, stem, start, end, sentence, text[last:start])))
        last = end
    return tokens


@lru_cache(maxsize=50_000)
def _forms(written: str) -> tuple[str, str]:
    """A word as it is compared, and its stem."""
    word = normal_form(written)
    return word, stem_of(word)


def _abbreviates(token: Token) -> bool:
    return token.word in _ABBREVIATIONS


def phrase_words(phrase: str) -> tuple[str, ...]:
    """The compared words of a phrase of the registry."""
    return tuple(normal_form(match[0]) for match in _WORD.finditer(phrase))


@lru_cache(maxsize=50_000)
def phrase_stems(phrase: str) -> tuple[str, ...]:
    """The stems of a phrase's words."""
    return tuple(stem_of(word) for word in phrase_words(phrase))
