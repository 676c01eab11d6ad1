"""Find the agencies, systems, tasks and topics that a text mentions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from app.routing.lexicon import Entry, GapPhrase, Kind, Lexicon
from app.routing.tokens import Token, word_set

_NEGATIONS = word_set("not never without dont cannot cant isnt wasnt arent")
_REPLACING = (("instead", "of"), ("rather", "than"), ("no", "longer"), ("away", "from"))
_NEGATION_REACH = 4
_APART = frozenset(",;:()\u2013\u2014")
_GAP = 4
_OFFICE = word_set(
    """
    desk helpdesk help helpline hotline line support team people folks staff person rep reps
    guy guys lady service agent representative number
    """
)
"""After a system's name: its help desk, not the system."""
_OFFICE_OF = (("desk", "of"), ("desk", "at"), ("desk", "for"), ("support", "at"), ("people", "at"))
_TRAVEL = word_set(
    """
    photo photos renew renewal travel visa birth citizenship immigration flight appointment
    booklet border abroad
    """
)
_CALLING = word_set(
    "call called calling ask asked asking contact contacted told rang phoned emailed try use using "
    "through said says tell see"
)
"""Before a name that is also a word, written small: it is meant as a name."""

_TOWARDS = word_set("to from by at with in")
"""Likewise, a few words after one of those."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A mention from word `first` to word `last` (inclusive). `negated`: "not through PIP".

    `system`: the system whose help desk is meant.
    """

    kind: Kind
    code: str
    first: int
    last: int
    words: str
    negated: bool = False
    system: str | None = None

    @property
    def system_code(self) -> str | None:
        """The system that is named, or whose help desk is."""
        return self.code if self.kind is Kind.SYSTEM else self.system


def find_names(tokens: Sequence[Token], text: str, lexicon: Lexicon) -> list[Mention]:
    """Agencies and systems in order; the longest name wins, and misspellings count."""
    found: list[Mention] = []
    position = 0
    begun, near = lexicon.names.after, lexicon.near
    while position < len(tokens):
        word = tokens[position].word
        if word not in begun and not near(word):
            position += 1
            continue
        length, entries = _longest(tokens, position, lexicon)
        if not entries:
            entries, length = near(word), 1
        entries = [entry for entry in entries if not _is_travel(tokens, position, entry)]
        if entries:
            length += _office_words(tokens, position, length, entries[0])
        entries = [] if _is_unit(tokens, position, entries, found) else entries
        found.extend(_name(tokens, text, position, length, entry) for entry in entries)
        position += length
    return found


def _is_unit(
    tokens: Sequence[Token], position: int, entries: Sequence[Entry], found: Sequence[Mention]
) -> bool:
    """As in "DoITT Finance": a unit of the agency that stands before it."""
    if not entries or not entries[0].common or not found:
        return False
    return found[-1].last == position - 1 and not tokens[position].gap.strip()


def _office_words(tokens: Sequence[Token], position: int, length: int, entry: Entry) -> int:
    """How many words after a system's name say that its help desk is meant."""
    count = 0
    if entry.kind is Kind.SYSTEM:
        for token in tokens[position + length : position + length + 3]:
            if token.word not in _OFFICE or token.gap.strip():
                break
            count += 1
    return count


def _name(tokens: Sequence[Token], text: str, position: int, length: int, entry: Entry) -> Mention:
    """A mention of an office or a system; of a system's help desk, it is its owner's."""
    mention = _mention(tokens, text, position, position + length, entry)
    if _is_negated(tokens, position):
        mention = replace(mention, negated=True)
    if entry.kind is not Kind.SYSTEM or entry.owner is None:
        return mention
    of = tuple(token.word for token in tokens[max(0, position - 2) : position])
    if tokens[mention.last].word in _OFFICE or of in _OFFICE_OF:
        return replace(mention, kind=Kind.AGENCY, code=entry.owner, system=entry.code)
    return mention


def find_subjects(tokens: Sequence[Token], text: str, lexicon: Lexicon) -> list[Mention]:
    """Tasks and topics; phrases may overlap."""
    found: list[Mention] = []
    stems = [token.stem for token in tokens]
    tree = lexicon.subjects.after
    for position, stem in enumerate(stems):
        node = tree.get(stem)
        end = position + 1
        while node is not None:
            found += [_mention(tokens, text, position, end, entry) for entry in node.entries]
            found += [
                _mention(tokens, text, position, last, phrase.entry)
                for phrase in node.gaps
                if (last := _gap_end(tokens, stems, end, phrase))
            ]
            node = node.after.get(stems[end]) if end < len(stems) else None
            end += 1
    return found


def find_meant(
    tokens: Sequence[Token], names: Sequence[Mention], text: str, lexicon: Lexicon
) -> list[Mention]:
    """Tasks and topics that are meant.

    Not what is denied ("no fraud"), nor of an innocent phrase, nor a topic within an office's
    name ("Conflicts of Interest Board"); hints are for others to weigh.
    """
    named = {place: m for m in names for place in range(m.first, m.last + 1)}
    found = [m for m in find_subjects(tokens, text, lexicon) if not _is_of_name(m, named)]
    innocent = {
        (m.code, place)
        for m in found
        if m.kind is Kind.INNOCENT
        for place in range(m.first, m.last + 1)
    }
    return [
        m
        for m in found
        if m.kind is Kind.TASK or (_is_meant(m, innocent) and not _is_denied(tokens, m))
    ]


def _is_of_name(mention: Mention, named: dict[int, Mention]) -> bool:
    """Tell whether words are only part of a name, such as the "record" of City Record."""
    name = named.get(mention.first)
    if name is None:
        return False
    if (mention.first, mention.last) == (name.first, name.last):
        return name.kind is Kind.AGENCY
    return mention.last <= name.last or (name.kind is Kind.AGENCY and mention.kind is not Kind.TASK)


def _is_meant(mention: Mention, innocent: set[tuple[str, int]]) -> bool:
    return mention.kind is not Kind.INNOCENT and (mention.code, mention.first) not in innocent


def _is_denied(tokens: Sequence[Token], mention: Mention) -> bool:
    """As in "There is no fraud here"."""
    before = tokens[mention.first - 1].word if mention.first else ""
    return before in {"no", "any"} and mention.code == "wrongdoing"


def _gap_end(tokens: Sequence[Token], stems: Sequence[str], begin: int, phrase: GapPhrase) -> int:
    """The word after the last part of a phrase with gaps; 0 when a part is not near."""
    sentence = tokens[begin - 1].sentence
    for part in phrase.rest:
        for place in range(begin, min(begin + _GAP + 1, len(stems) - len(part) + 1)):
            if stems[place] == part[0] and tuple(stems[place : place + len(part)]) == part:
                begin = place + len(part)
                break
        else:
            return 0
        if tokens[begin - 1].sentence != sentence:
            return 0
    return begin


def codes(mentions: Iterable[Mention], kind: Kind) -> tuple[str, ...]:
    """The codes of one kind, each once, in order."""
    return tuple(dict.fromkeys(m.code for m in mentions if m.kind is kind))


def _longest(
    tokens: Sequence[Token], position: int, lexicon: Lexicon
) -> tuple[int, Sequence[Entry]]:
    best: tuple[int, Sequence[Entry]] = (1, ())
    node = lexicon.names.after.get(tokens[position].word)
    end = position + 1
    while node is not None:
        fitting = [e for e in node.entries if not e.common or _is_name(tokens, position)]
        if fitting:
            best = end - position, fitting
        node = node.after.get(tokens[end].word) if end < len(tokens) else None
        end += 1
    return best


def _is_name(tokens: Sequence[Token], position: int) -> bool:
    """Tell whether a word is meant as a name: by its capitals, or after "call" or "told by"."""
    token = tokens[position]
    if len(token.text) <= 4:  # noqa: PLR2004 (an acronym: DOT, DOE, LAW)
        return token.text.isupper() or _is_called(tokens, position)
    return token.text[0].isupper() or _is_called(tokens, position)


def _is_called(tokens: Sequence[Token], position: int) -> bool:
    before = [token.word for token in tokens[max(0, position - 6) : position]]
    after = tokens[position + 1].word if position + 1 < len(tokens) else ""
    if before[-1:] and (before[-1] in _CALLING or after in {"told", "said", "says", "sent"}):
        return True
    return bool(before[-1:] and before[-1] in _TOWARDS and _CALLING & set(before))


def _is_travel(tokens: Sequence[Token], position: int, entry: Entry) -> bool:
    """A lower-case passport beside words of travel is a booklet, not the system."""
    if entry.code != "passport" or tokens[position].text != "passport":
        return False
    around = tokens[max(0, position - 5) : position + 7]
    return any(token.word in _TRAVEL for token in around)


def _mention(tokens: Sequence[Token], text: str, begin: int, end: int, entry: Entry) -> Mention:
    return Mention(
        kind=entry.kind,
        code=entry.code,
        first=begin,
        last=end - 1,
        words=text[tokens[begin].start : tokens[end - 1].end],
        system=entry.system,
    )


def _is_negated(tokens: Sequence[Token], position: int) -> bool:
    begin = position
    while begin > max(0, position - _NEGATION_REACH) and not _is_apart(tokens[begin]):
        begin -= 1
    before = [t.word for t in tokens[begin:position] if t.sentence == tokens[position].sentence]
    if any(pair in _REPLACING for pair in pairwise(before)):
        return True
    return bool(_NEGATIONS & set(before[-3:])) and "but" not in before


def _is_apart(token: Token) -> bool:
    """Tell whether a comma or the like stands before a word."""
    return token.gap != " " and not _APART.isdisjoint(token.gap)
