"""Find the agencies, systems, tasks and topics that a text mentions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.routing.lexicon import Entry, Kind, Lexicon
from app.routing.tokens import Token

_NEGATIONS = frozenset(("not", "never", "without", "dont", "cannot", "cant", "isnt", "wasnt"))
_REPLACING = (("instead", "of"), ("rather", "than"), ("no", "longer"), ("away", "from"))
_NEGATION_REACH = 4
_TRAVEL = frozenset(
    [
        "photo",
        "photos",
        "renewal",
        "travel",
        "visa",
        "birth",
        "expired",
        "citizenship",
        "immigration",
    ]
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A mention from word `first` to word `last` (inclusive). `negated`: "not through PIP"."""

    kind: Kind
    code: str
    first: int
    last: int
    words: str
    negated: bool = False


def find_names(tokens: Sequence[Token], text: str, lexicon: Lexicon) -> list[Mention]:
    """Agencies and systems in order; the longest name wins, and misspellings count."""
    found: list[Mention] = []
    position = 0
    while position < len(tokens):
        length, entries = _longest(tokens, position, lexicon)
        if not entries:
            entries, length = _misspelt(tokens, position, lexicon), 1
        found.extend(
            _mention(tokens, text, position, length, entry)
            for entry in entries
            if not _is_travel(tokens, position, entry)
        )
        position += length if entries else 1
    return found


def find_subjects(tokens: Sequence[Token], text: str, lexicon: Lexicon) -> list[Mention]:
    """Tasks and topics; phrases may overlap."""
    found: list[Mention] = []
    for position, token in enumerate(tokens):
        longest = min(lexicon.longest.get(token.stem, 0), len(tokens) - position)
        for length in range(longest, 0, -1):
            stems = tuple(t.stem for t in tokens[position : position + length])
            entries = lexicon.subjects.get(stems, ())
            found.extend(_mention(tokens, text, position, length, entry) for entry in entries)
    return found


def codes(mentions: Iterable[Mention], kind: Kind) -> tuple[str, ...]:
    """The codes of one kind, each once, in order."""
    return tuple(dict.fromkeys(m.code for m in mentions if m.kind is kind))


def _longest(
    tokens: Sequence[Token], position: int, lexicon: Lexicon
) -> tuple[int, Sequence[Entry]]:
    longest = min(lexicon.longest.get(tokens[position].word, 0), len(tokens) - position)
    for length in range(longest, 0, -1):
        window = tokens[position : position + length]
        entries = lexicon.names.get(tuple(token.word for token in window), ())
        fitting = [e for e in entries if not e.capitals or tokens[position].text.isupper()]
        if fitting:
            return length, fitting
    return 1, ()


def _misspelt(tokens: Sequence[Token], position: int, lexicon: Lexicon) -> Sequence[Entry]:
    return lexicon.near(tokens[position].word)


def _is_travel(tokens: Sequence[Token], position: int, entry: Entry) -> bool:
    """A lower-case passport beside words of travel is a booklet, not the system."""
    if entry.code != "passport" or tokens[position].text != "passport":
        return False
    around = tokens[max(0, position - 3) : position + 4]
    return any(token.word in _TRAVEL for token in around)


def _mention(
    tokens: Sequence[Token], text: str, position: int, length: int, entry: Entry
) -> Mention:
    last = position + length - 1
    return Mention(
        kind=entry.kind,
        code=entry.code,
        first=position,
        last=last,
        words=text[tokens[position].start : tokens[last].end],
        negated=_is_negated(tokens, position),
    )


def _is_negated(tokens: Sequence[Token], position: int) -> bool:
    begin = max(0, position - _NEGATION_REACH)
    before = [t.word for t in tokens[begin:position] if t.sentence == tokens[position].sentence]
    if any(pair in _REPLACING for pair in pairwise(before)):
        return True
    return bool(_NEGATIONS & set(before[-3:])) and "but" not in before
