"""Every name and phrase of a registry, ready to be found in a text.

How a phrase is written says how it is compared. A name in capitals ("DOT") or with a capital
("Parks") that is also a common word counts only when the text writes it so; "…" in the phrase
of a task or topic stands for up to four words in between ("invoice … unpaid").
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.registry.catalogue import Registry
from app.routing.tokens import phrase_stems, phrase_words, word_set

_SHORTEST_FUZZY = 6
_LONG_WORD = 9
_KEPT_REGISTRIES = 4
_MOST_REMEMBERED = 100_000
_COMMON = word_set(
    """
    acs bic cc comp dca doc doe dop dot law omb pa sci tcr moo pers aging buildings correction
    education finance parks probation sanitation transportation sanitary homeless planning
    housing health schools
    """
)
"""Names that are words too, or too short: written small they count only where somebody is
called, asked or sent to."""

_NEVER_FUZZY = word_set(
    """
    vender venders vendor vendors procurement procurements connections index transport
    transports passports password passwords controller controllers compiler checkout
    checkbooks record records portal business
    """
)


class Kind(StrEnum):
    """What a mention is a mention of. Innocent: words of a topic that mean something else.

    A hint counts where the text is worded like examples of its topic.
    """

    AGENCY = "agency"
    SYSTEM = "system"
    TASK = "task"
    TOPIC = "topic"
    INNOCENT = "innocent"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a phrase may mean. `common`: the name is a word of its own, too.

    `system` is the system whose help desk an agency's alias names, `owner` who runs a system.
    """

    kind: Kind
    code: str
    common: bool = False
    system: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class GapPhrase:
    """A phrase with words in between: the later parts, and what it means."""

    rest: tuple[tuple[str, ...], ...]
    entry: Entry


@dataclass(slots=True)
class Node:
    """What phrases that begin with the same words have in common: a step in a tree of words.

    `entries` are what the words up to here mean; `gaps` the phrases that go on after a gap.
    """

    after: dict[str, "Node"] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    gaps: list[GapPhrase] = field(default_factory=list)

    def reach(self, words: tuple[str, ...]) -> "Node":
        """The node of a phrase, made where it is not there yet."""
        node = self
        for word in words:
            node = node.after.setdefault(word, Node())
        return node


@dataclass(slots=True)
class Lexicon:
    """Phrases in two trees: names by their words, tasks and topics by the stems of their words."""

    names: Node = field(default_factory=Node)
    subjects: Node = field(default_factory=Node)
    fuzzy: dict[str, list[Entry]] = field(default_factory=dict)
    _near: dict[str, tuple[Entry, ...]] = field(default_factory=dict)

    def near(self, word: str) -> tuple[Entry, ...]:
        """Names of which the word is a likely misspelling."""
        if len(word) < _SHORTEST_FUZZY:
            return ()
        known = self._near.get(word)
        if known is None:
            if len(self._near) > _MOST_REMEMBERED:
                self._near.clear()
            known = self._near[word] = self._find_near(word)
        return known

    def _find_near(self, word: str) -> tuple[Entry, ...]:
        if word in _NEVER_FUZZY or not word.isalpha():
            return ()
        cutoff = 2 if len(word) >= _LONG_WORD else 1
        best = process.extractOne(word, self.fuzzy.keys(), scorer=OSA.distance, score_cutoff=cutoff)
        return tuple(self.fuzzy[best[0]]) if best else ()


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
    for system in registry.systems.values():
        for name in {system.name, *system.aliases}:
            common = phrase_words(name)[0] in _COMMON
            entry = Entry(Kind.SYSTEM, system.code, common, owner=system.owner)
            _add_name(lexicon, name, entry)
    for agency in registry.agencies.values():
        names = {variant for dated in agency.names for variant in _variants(dated.name)}
        for name in sorted({*agency.aliases, *names, agency.acronym}):
            _add_agency(lexicon, name, agency.code)
    _add_misspellings(lexicon, registry)
    for task in registry.tasks.values():
        for phrase in task.phrases:
            _add_subject(lexicon, phrase, Entry(Kind.TASK, task.code))
    for topic in registry.topics.values():
        for kind, phrases in (
            (Kind.TOPIC, topic.phrases),
            (Kind.HINT, topic.hints),
            (Kind.INNOCENT, topic.innocent),
        ):
            for phrase in phrases:
                _add_subject(lexicon, phrase, Entry(kind, topic.code))
    return lexicon


def _variants(name: str) -> tuple[str, ...]:
    """What people make of "Department of X": "Dept. of X", "X Department", "X Dept"."""
    kind, of, subject = name.partition(" of ")
    if kind != "Department" or not of:
        return (name,)
    subject = subject.partition("(")[0].strip()
    return (name, f"Dept of {subject}", f"{subject} Department", f"{subject} Dept")


def _add_agency(lexicon: Lexicon, name: str, code: str) -> None:
    words = phrase_words(name)
    common = len(words) == 1 and words[0] in _COMMON
    desk_of = lexicon.names.after.get(words[0]) if len(words) > 1 else None
    entries = desk_of.entries if desk_of else []
    system = next((entry.code for entry in entries if entry.kind is Kind.SYSTEM), None)
    _add_name(lexicon, name, Entry(Kind.AGENCY, code, common, system))


def _add_name(lexicon: Lexicon, name: str, entry: Entry) -> None:
    words = phrase_words(name)
    words = words[1:] if words[0] == "the" else words
    _add(lexicon.names, words, entry)


def _add_misspellings(lexicon: Lexicon, registry: Registry) -> None:
    """Official names of one long word; what people call things is too near to other words."""
    official = [system.name for system in registry.systems.values()]
    official += [agency.acronym for agency in registry.agencies.values()]
    for name in official:
        words = phrase_words(name)
        if len(words) == 1 and len(words[0]) >= _SHORTEST_FUZZY:
            lexicon.fuzzy[words[0]] = lexicon.names.reach(words).entries


def _add_subject(lexicon: Lexicon, phrase: str, entry: Entry) -> None:
    first, *rest = [phrase_stems(part) for part in phrase.split("…")]
    if rest:
        lexicon.subjects.reach(first).gaps.append(GapPhrase(tuple(rest), entry))
    else:
        _add(lexicon.subjects, first, entry)


def _add(tree: Node, words: tuple[str, ...], entry: Entry) -> None:
    if words and entry not in (entries := tree.reach(words).entries):
        entries.append(entry)
