"""Words of a text, with their places and their sentences. Linear in the length of the text."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?…]+[\s\"')]|\n\s*\n")
_ENDINGS = ("ing", "ed", "es", "s", "e")
_SHORTEST_STEM = 4


@dataclass(frozen=True, slots=True)
class Token:
    """A word: as written, as compared, its stem, its place, and its sentence's number."""

    text: str
    word: str
    stem: str
    start: int
    end: int
    sentence: int


@lru_cache(maxsize=50_000)
def normal_form(text: str) -> str:
    """A word as it is compared: no case, no accents, no possessive."""
    word = text.casefold().replace("\u2019", "'")
    word = word.removesuffix("'s").replace("'", "")
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


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
    sentence = 0
    for match in _WORD.finditer(text):
        while sentence < len(ends) and ends[sentence] < match.start():
            sentence += 1
        word = normal_form(match[0])
        tokens.append(Token(match[0], word, stem_of(word), match.start(), match.end(), sentence))
    return tokens


def phrase_words(phrase: str) -> tuple[str, ...]:
    """The compared words of a phrase of the registry."""
    return tuple(normal_form(match[0]) for match in _WORD.finditer(phrase))


def phrase_stems(phrase: str) -> tuple[str, ...]:
    """The stems of a phrase's words."""
    return tuple(stem_of(word) for word in phrase_words(phrase))
