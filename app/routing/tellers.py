"""Who told: the office before the verb, after "by", or meant by a pronoun."""

from dataclasses import dataclass

from app.routing import telling
from app.routing.lexicon import Kind
from app.routing.mentions import Mention
from app.routing.passage import Passage

_REACH = 12
_SHORT_QUESTION = 6
_SENTENCES_BACK = 3
_BY_REACH = 25


@dataclass(frozen=True, slots=True)
class Teller:
    """Who told. No mention: somebody who is not named; `private`: none of the city's."""

    mention: Mention | None = None
    private: bool = False


UNNAMED = Teller()
PRIVATE = Teller(private=True)


def teller_before(passage: Passage, verb: int, heard: Mention | None) -> Teller | None:
    """Active voice: who stands before the verb; None when it is the reporter, or nobody.

    `heard` is the office spoken of last, for "she said" and for "and sent us on".
    """
    begin = max(passage.start_of(passage.tokens[verb].sentence), verb - _REACH)
    seen = _Seen()
    place = verb - 1
    while place >= begin and not seen.ends_at(passage, place):
        if passage.name_at[place] or passage.word(place) in _WHO or _is_nobody(passage, place):
            return _said_who(passage, place, heard)
        seen.look(passage.word(place))
        place -= 1
    if seen.paper:
        return None
    if seen.person:
        return _somebody(passage, place, verb, heard)
    return _continued(passage, place, verb, heard)


@dataclass(slots=True)
class _Seen:
    """What the search for the teller has come by."""

    person: bool = False
    paper: bool = False

    def look(self, word: str) -> None:
        """Note a word that may be a person, or a paper."""
        self.paper = self.paper or (word in telling.PAPER and not self.person)
        self.person = self.person or word in telling.PEOPLE or word in {"their", "its"}

    def ends_at(self, passage: Passage, place: int) -> bool:
        """Tell whether another clause begins to the left of here."""
        word = passage.word(place)
        if passage.name_at[place] is None and (
            word in telling.BOUNDARY
            or (word in telling.TRIGGERS and not (self.paper and word in telling.SEND))
        ):
            return True
        return _is_cut(passage, place + 1) or (self.person and "," in passage.gap(place + 1))


_WHO = telling.REPORTER | telling.PRIVATE | telling.PRONOUNS


def _said_who(passage: Passage, place: int, heard: Mention | None) -> Teller | None:
    """A name, a pronoun, or a person of the reporter's own side."""
    word, mention = passage.word(place), passage.name_at[place]
    if mention:
        return _named(passage, mention, heard)
    if word in telling.REPORTER or _is_nobody(passage, place):
        return None
    return PRIVATE if word in telling.PRIVATE else meant(passage, place, heard)


def _is_nobody(passage: Passage, place: int) -> bool:
    word = passage.word(place)
    return word in telling.NOBODY or (word == "one" and passage.word(place - 1) == "no")


def _is_cut(passage: Passage, place: int) -> bool:
    return any(mark in passage.gap(place) for mark in ":;(")


def _named(passage: Passage, mention: Mention, heard: Mention | None) -> Teller | None:
    """A name before the verb tells, unless it is only what the writer did something with."""
    before = passage.word(mention.first - 1)
    if before in {"about", "for", "through", "into", "in"} and mention.kind is Kind.SYSTEM:
        return Teller(heard) if heard else UNNAMED
    return Teller(mention)


def meant(passage: Passage, place: int, heard: Mention | None) -> Teller:
    """Whom "they" or a quote means: the office before, or the system whose people were called."""
    begin = passage.begin_before(place, 1)
    near = passage.last_office(place, begin) or _near(heard, begin)
    return Teller(near or _called(passage, place) or _before_that(passage, place, heard))


def _called(passage: Passage, place: int) -> Mention | None:
    """As in "I called the PIP number and they said"."""
    for mention in reversed(passage.names_between(passage.begin_before(place, 1), place)):
        if telling.REACHED & set(passage.words(mention.first - 3, mention.first)):
            return mention
    return None


def _before_that(passage: Passage, place: int, heard: Mention | None) -> Mention | None:
    """The office that was spoken of a little earlier, when nothing nearer is meant."""
    begin = passage.begin_before(place, _SENTENCES_BACK)
    return passage.last_office(place, begin) or _near(heard, begin)


def _near(heard: Mention | None, begin: int) -> Mention | None:
    return heard if heard and heard.last >= begin else None


def _somebody(passage: Passage, begin: int, verb: int, heard: Mention | None) -> Teller:
    """As in "someone told": nobody we know; "the lady there": of the office before."""
    words = set(passage.words(begin + 1, verb))
    if words & {"somebody", "someone"} and "there" not in words:
        return UNNAMED
    return meant(passage, verb, heard)


def _continued(passage: Passage, place: int, verb: int, heard: Mention | None) -> Teller | None:
    """As in "and sent us on": whoever did what stands before "and", or was spoken of last."""
    start = passage.begin_before(verb)
    if place >= start and passage.word(place) in telling.BOUNDARY:
        for before in range(place - 1, start - 1, -1):
            word, mention = passage.word(before), passage.name_at[before]
            if mention and mention.kind is Kind.AGENCY:
                return Teller(mention)
            if word in telling.REPORTER:
                return Teller(heard) if heard and heard.first >= start else None
        return Teller(_near(heard, passage.begin_before(verb, 1)))
    return _asked_name(passage, verb) or UNNAMED


def _asked_name(passage: Passage, verb: int) -> Teller | None:
    """As in "City Record's clerk? Said OpenRecords."."""
    sentence = passage.tokens[verb].sentence
    start, before = passage.start_of(sentence), passage.start_of(sentence - 1)
    if verb != start or "?" not in passage.gap(verb) or start - before > _SHORT_QUESTION:
        return None
    names = passage.names_between(before, start)
    return Teller(names[-1]) if names else None


def teller_aside(passage: Passage, verb: int) -> Teller | None:
    """As in "MOCS, when I called, says", "MOCS (very rude) says": the name before the aside."""
    begin = max(passage.start_of(passage.tokens[verb].sentence), verb - _REACH)
    opened = "(" if ")" in passage.gap(verb) else ","
    if "," in passage.gap(verb) or opened == "(":
        for place in range(verb - 1, begin, -1):
            if opened in passage.gap(place):
                before = place - 1
                while before > begin and passage.word(before) in telling.PEOPLE:
                    before -= 1
                mention = passage.name_at[before]
                return Teller(mention) if mention and mention.kind is Kind.AGENCY else None
    return None


def teller_after(passage: Passage, verb: int) -> Teller | None:
    """As in "They tell us in DCAS that …": the office stands after the hearer."""
    for place in range(verb + 2, verb + 5):
        mention = passage.name_at[place] if place < len(passage.tokens) else None
        if mention and mention.first == place and mention.kind is Kind.AGENCY:
            near = passage.words(verb + 1, place)
            leads = near[-1:] in (["in"], ["at"], ["from"]) or near[-2:] == ["at", "the"]
            follows = passage.word(mention.last + 1) in {"that", "to", "we", "i", "its", "you"}
            return Teller(mention) if leads and follows and near[0] in telling.HEARER else None
    return None


def teller_by(passage: Passage, verb: int, end: int) -> Teller | None:
    """Passive voice: who stands after "by"; None when nobody does."""
    start = passage.begin_before(verb)
    if any(passage.word(place) in telling.TRIGGERS for place in range(start, verb)):
        start = verb  # what stands before belongs to another verb
    for place in [*range(verb + 1, min(end, verb + _BY_REACH)), *range(verb - 1, start - 1, -1)]:
        if passage.word(place) != "by" or passage.name_at[place]:
            continue
        for after in range(place + 1, min(place + 8, len(passage.tokens))):
            word, mention = passage.word(after), passage.name_at[after]
            if mention:
                return Teller(mention)
            if word in telling.PRIVATE:
                return PRIVATE
            if word in {"them", "him", "her"}:
                return meant(passage, place, None)
            if word in telling.LEADING or passage.tokens[after].gap.strip(" ,'\u2019\n"):
                break
        if passage.word(place + 1) in telling.PEOPLE:
            return UNNAMED
    return None


def teller_reached(passage: Passage, verb: int) -> Teller | None:
    """As in "when I reached the DHS fiscal office I was advised"."""
    start = passage.begin_before(verb)
    for mention in reversed(passage.names_between(max(start, verb - _BY_REACH), verb)):
        if mention.kind is Kind.AGENCY:
            before = set(passage.words(max(start, mention.first - 5), mention.first))
            return Teller(mention) if telling.REACHED & before else None
    return None


def teller_from(passage: Passage, verb: int, end: int) -> Teller | None:
    """As in "Transferred from Sanitation to FISA": the office that was left sent on."""
    for mention in passage.names_between(verb + 1, end):
        before = passage.words(mention.first - 3, mention.first)
        if "from" in before and mention.kind is Kind.AGENCY:
            return Teller(mention)
    return None
