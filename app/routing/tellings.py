"""A telling: who tells, and the words in which the place may stand. Pure."""

from dataclasses import dataclass

from app.routing import telling
from app.routing.mentions import Mention
from app.routing.passage import Passage
from app.routing.tellers import Teller

PLACE_REACH = 40


@dataclass(slots=True)
class Heard:
    """Whom the text spoke of last: the office that told, and the one that was reached."""

    last: Mention | None = None
    reached: Mention | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """One verb of sending: who tells, and the words in which the place may stand.

    `bare`: a name alone will do; `asked`: the place may stand in a question.
    """

    verb: int
    teller: Teller
    begin: int
    end: int
    bare: bool
    asked: bool = False


def end_of_telling(passage: Passage, verb: int) -> int:
    """The word after the last one where the place may stand: at the next verb of sending."""
    sentence = passage.tokens[verb].sentence
    stop = min(passage.end_of(sentence), verb + PLACE_REACH)
    for place in range(verb + 1, stop):
        if passage.name_at[place] or passage.word(place) not in telling.TRIGGERS:
            continue
        if not _begins(passage, place):
            continue
        return place
    return stop


def _begins(passage: Passage, place: int) -> bool:
    """Whether a word of sending begins a telling of its own: not in "told us to ask"."""
    word = passage.word(place)
    if word == "goes":
        before = passage.words(place - 2, place)
        return passage.name_at[place - 1] is not None or bool(
            (telling.PEOPLE | telling.PRONOUNS) & set(before)
        )
    if word in telling.SAY and word not in telling.BASE:
        return True
    return passage.word(place + 1) in telling.HEARER or passage.word(place - 1) in telling.BE
