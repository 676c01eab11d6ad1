"""A text made ready to be asked: what stands where, within which sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.routing.lexicon import Kind
from app.routing.mentions import Mention
from app.routing.tokens import Token

_FURTHEST = 80


@dataclass(slots=True)
class Passage:
    """Words and names of a text. `name_at` has for each word the name that it is part of."""

    text: str
    tokens: Sequence[Token]
    names: Sequence[Mention]
    name_at: list[Mention | None] = field(init=False)
    starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.name_at = [None] * len(self.tokens)
        for mention in self.names:
            for place in range(mention.first, mention.last + 1):
                self.name_at[place] = self.name_at[place] or mention
        self.starts = []
        for place, token in enumerate(self.tokens):
            while len(self.starts) <= token.sentence:
                self.starts.append(place)

    def word(self, place: int) -> str:
        """The compared word at a place; nothing outside of the text."""
        return self.tokens[place].word if 0 <= place < len(self.tokens) else ""

    def words(self, begin: int, end: int) -> list[str]:
        """The compared words from one place to before another."""
        return [token.word for token in self.tokens[max(0, begin) : max(0, end)]]

    def gap(self, place: int) -> str:
        """What stands before the word at a place."""
        return self.tokens[place].gap if 0 <= place < len(self.tokens) else "."

    def start_of(self, sentence: int) -> int:
        """The first word of a sentence."""
        if sentence >= len(self.starts):
            return len(self.tokens)
        return self.starts[max(sentence, 0)]

    def begin_before(self, place: int, back: int = 0) -> int:
        """Where to begin looking back: at the start of the sentence, or of one before it.

        Never further than a paragraph's words, so that endless sentences cost no more.
        """
        return max(self.start_of(self.tokens[place].sentence - back), place - _FURTHEST)

    def end_of(self, sentence: int) -> int:
        """The word after a sentence."""
        return self.start_of(sentence + 1)

    def names_between(self, begin: int, end: int) -> list[Mention]:
        """The names that begin in a stretch of words, in order."""
        found = []
        place = max(0, begin)
        while place < min(end, len(self.tokens)):
            mention = self.name_at[place]
            if mention and mention.first == place:
                found.append(mention)
            place = mention.last + 1 if mention else place + 1
        return found

    def last_office(self, before: int, begin: int) -> Mention | None:
        """The nearest office named before a place, not further back than `begin`."""
        for place in range(before - 1, max(begin, 0) - 1, -1):
            mention = self.name_at[place]
            if mention and mention.kind is Kind.AGENCY:
                return mention
        return None

    def quote(self, begin: int, end: int) -> str:
        """The text from one word to another, both included."""
        return self.text[self.tokens[begin].start : self.tokens[end].end]
