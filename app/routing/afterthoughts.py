"""What is told is no hop, or stands before the verb: facts, doubts, "…, they said". Pure."""

from itertools import pairwise

from app.routing import telling
from app.routing.passage import Passage
from app.routing.tellers import Teller
from app.routing.tellings import Telling
from app.routing.tokens import word_set

_SHORT = 4
_ROOM = 4
"""Words before "they said", in which an order may stand."""

_MUST = word_set("must should belongs goes with")
_OWING = word_set("has have needs need")
_GOES_ON = frozenset((one, two) for one in ("and", "so", "but") for two in ("to", "we", "i", "you"))
"""As in "that they keep none and to do it in X"."""

_OTHERS = word_set("they he she it there his her the")


def is_fact(passage: Passage, begin: int) -> bool:
    """As in "told me that they put names …": something is told of others, nobody is sent."""
    for place in range(begin, begin + 3):
        if passage.word(place) == "that":
            after = passage.words(place + 1, place + 5)
            if passage.name_at[min(place + 2, len(passage.tokens) - 1)]:
                return False
            owed = _MUST & set(after) or any(
                one in _OWING and two == "to" for one, two in pairwise(after)
            )
            rest = passage.words(place + 1, passage.end_of(passage.tokens[place].sentence))
            goes_on = any(pair in _GOES_ON for pair in pairwise(rest))
            return after[:1] != [] and after[0] in _OTHERS and not owed and not goes_on
    return False


def is_doubt(passage: Passage, verb: int, teller: Teller) -> bool:
    """As in "asked us whether", or "if anybody suggests X": nobody was sent."""
    if {"whether", "what", "how", "why"} & set(passage.words(verb + 1, verb + 3)):
        return True
    first = passage.word(passage.start_of(passage.tokens[verb].sentence))
    return first == "if" and teller.mention is None


def is_afterthought(passage: Passage, verb: int, end: int) -> bool:
    """As in "We have to go back to X, they said." and "That's what X told us"."""
    rest = passage.words(verb + 1, end)
    start = passage.begin_before(verb)
    if _asks_back(passage, verb, start):
        return True
    short = len(rest) <= _SHORT and not passage.names_between(verb + 1, end)
    return short and verb - start > _ROOM and passage.word(verb) not in telling.SEND


def _asks_back(passage: Passage, verb: int, start: int) -> bool:
    before = passage.words(start, verb)
    if "what" in before[-8:] and before[-8:][before[-8:].index("what") - 1] in {"that", "is"}:
        return before[:1] in (["that"], ["thats"], ["which"])
    return before[:2] in (["that", "what"], ["thats", "what"]) or (
        before[:1] == ["so"] and "what" in before
    )


def said_before(passage: Passage, verb: int, teller: Teller) -> Telling:
    """The telling of a verb that stands after what was told."""
    sentence = passage.tokens[verb].sentence
    start = passage.begin_before(verb)
    if _asks_back(passage, verb, start):
        return Telling(verb, teller, passage.start_of(sentence - 1), start, bare=False, asked=True)
    begin = start
    for place in range(verb - 1, start, -1):
        if passage.word(place) in telling.TRIGGERS and not passage.name_at[place]:
            begin = place + 1
            break
    return Telling(verb, teller, begin, verb, bare=False)
