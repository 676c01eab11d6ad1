"""Tell help from allegation in one text, so that each part can go its own way. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.registry.catalogue import Registry
from app.routing.accusations import ALLEGATIONS
from app.routing.lexicon import Kind
from app.routing.model import Facts
from app.routing.reading import Reading, read
from app.routing.tokens import word_set

_GOES_ON = word_set("he she they his her their it this that these those then otherwise")
"""Words with which a sentence goes on about what the one before told."""


@dataclass(frozen=True, slots=True)
class Allegation:
    """A text that alleges wrongdoing, as two parts; each may be empty.

    `kept_from` are the agencies that it may accuse: their desks do not get it.
    """

    help_part: str
    allegation_part: str
    kept_from: tuple[str, ...]


@dataclass(slots=True)
class _Sentence:
    """The place of a sentence in the text, its first word, and its number."""

    start: int
    first: str
    number: int


def find_allegation(text: str, facts: Facts, registry: Registry, day: date) -> Allegation | None:
    """The two parts of a text that alleges wrongdoing; None when it alleges nothing."""
    reading = read(text, facts, registry, day)
    if not reading.alleges:
        return None
    sentences = _sentences(reading)
    ends = [sentence.start for sentence in sentences[1:]] + [len(text)]
    parts = {False: "", True: ""}
    for sentence, end, alleges in zip(sentences, ends, _alleging(reading, sentences), strict=True):
        parts[alleges] += text[sentence.start : end]
    if not parts[True].strip():  # it is alleged across sentences, so none of them is it alone
        parts = {False: "", True: text}
    kept_from = tuple(code for code in reading.accused if registry.has_desk(code))
    return Allegation(parts[False].strip(), parts[True].strip(), kept_from)


def _sentences(reading: Reading) -> list[_Sentence]:
    """The sentences in order; each with the space after it, and the first with what is before."""
    found: list[_Sentence] = []
    for token in reading.tokens:
        if found and found[-1].number == token.sentence:
            continue
        space = max(token.gap.rfind(mark) for mark in " \n\t")
        start = token.start - len(token.gap) + space + 1
        found.append(_Sentence(start if found else 0, token.word, token.sentence))
    return found


def _alleging(reading: Reading, sentences: Sequence[_Sentence]) -> list[bool]:
    """Which sentences allege something, or go on about what the one before alleged."""

    def numbers(kind: Kind, codes: frozenset[str] | None = None) -> set[int]:
        mentions = [m for m in reading.subjects if m.kind is kind]
        chosen = [m for m in mentions if codes is None or m.code in codes]
        return {reading.tokens[m.first].sentence for m in chosen}

    alleging, tasks = numbers(Kind.TOPIC, ALLEGATIONS), numbers(Kind.TASK)
    found: list[bool] = []
    for sentence in sentences:
        goes_on = bool(found and found[-1]) and sentence.first in _GOES_ON
        found.append(sentence.number in alleging or (goes_on and sentence.number not in tasks))
    return found
