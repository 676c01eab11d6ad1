"""Every name and phrase of a registry, ready to be found in a text."""

from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.registry.catalogue import Registry
from app.routing.tokens import phrase_stems, phrase_words

_SHORTEST_FUZZY = 6
_LONG_WORD = 9
_KEPT_REGISTRIES = 4
_ENGLISH = frozenset(
    (
        "acs",
        "bic",
        "cc",
        "comp",
        "dca",
        "doc",
        "doe",
        "dot",
        "law",
        "pa",
        "sci",
        "tcr",
    )
)
"""Acronyms that are words or too short: they count only when written in capitals."""

_NEVER_FUZZY = frozenset(
    [
        "vender",
        "venders",
        "vendor",
        "vendors",
        "index",
        "transport",
        "transports",
        "passports",
        "password",
        "passwords",
        "controller",
        "controllers",
        "compiler",
        "checkout",
        "checkbooks",
    ]
)


class Kind(StrEnum):
    """What a mention is a mention of."""

    AGENCY = "agency"
    SYSTEM = "system"
    TASK = "task"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a phrase may mean. `capitals`: only when the text writes it so."""

    kind: Kind
    code: str
    capitals: bool = False


@dataclass(slots=True)
class Lexicon:
    """Phrases → entries: names by their words, tasks and topics by the stems of their words."""

    names: dict[tuple[str, ...], list[Entry]] = field(default_factory=dict)
    subjects: dict[tuple[str, ...], list[Entry]] = field(default_factory=dict)
    fuzzy: dict[str, list[Entry]] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)
    _near: dict[str, tuple[Entry, ...]] = field(default_factory=dict)

    def near(self, word: str) -> tuple[Entry, ...]:
        """Names of which the word is a likely misspelling."""
        if len(word) < _SHORTEST_FUZZY or word in _NEVER_FUZZY or not word.isalpha():
            return ()
        if word not in self._near:
            if len(self._near) > 100_000:  # noqa: PLR2004 (only a bound for a long-lived process)
                self._near.clear()
            cutoff = 2 if len(word) >= _LONG_WORD else 1
            best = process.extractOne(word, self.fuzzy, scorer=OSA.distance, score_cutoff=cutoff)
            self._near[word] = tuple(self.fuzzy[best[2]]) if best else ()
        return self._near[word]


_built: OrderedDict[int, tuple[Registry, Lexicon]] = OrderedDict()


def lexicon_of(registry: Registry) -> Lexicon:
    """The lexicon of a registry; kept while the same registry is asked again."""
    key = id(registry)
    found = _built.get(key)
    if found is None or found[0] is not registry:
        _built[key] = (registry, _build(registry))
        while len(_built) > _KEPT_REGISTRIES:
            _built.popitem(last=False)
    return _built[key][1]


def _build(registry: Registry) -> Lexicon:
    lexicon = Lexicon()
    for agency in registry.agencies.values():
        for name in {*agency.aliases, *(dated.name for dated in agency.names), agency.acronym}:
            _add_name(lexicon, name, Kind.AGENCY, agency.code)
    for system in registry.systems.values():
        for name in {system.name, *system.aliases}:
            _add_name(lexicon, name, Kind.SYSTEM, system.code)
    for task in registry.tasks.values():
        for phrase in task.phrases:
            _add(lexicon, lexicon.subjects, phrase_stems(phrase), Entry(Kind.TASK, task.code))
    for topic in registry.topics.values():
        for phrase in topic.phrases:
            _add(lexicon, lexicon.subjects, phrase_stems(phrase), Entry(Kind.TOPIC, topic.code))
    return lexicon


def _add_name(lexicon: Lexicon, name: str, kind: Kind, code: str) -> None:
    words = phrase_words(name)
    entry = Entry(kind, code, capitals=len(words) == 1 and words[0] in _ENGLISH)
    _add(lexicon, lexicon.names, words, entry)
    if len(words) == 1 and len(words[0]) >= _SHORTEST_FUZZY:
        lexicon.fuzzy.setdefault(words[0], []).append(entry)


def _add(
    lexicon: Lexicon, into: dict[tuple[str, ...], list[Entry]], words: tuple[str, ...], entry: Entry
) -> None:
    if not words:
        return
    entries = into.setdefault(words, [])
    if entry not in entries:
        entries.append(entry)
    lexicon.longest[words[0]] = max(lexicon.longest.get(words[0], 0), len(words))
