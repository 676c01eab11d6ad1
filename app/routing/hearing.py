"""Find the words that tell of a hop: active, passive, reported, nominal, a dialogue. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.routing import telling
from app.routing.lexicon import Kind
from app.routing.mentions import Mention
from app.routing.passage import Passage
from app.routing.tellers import (
    UNNAMED,
    Teller,
    teller_after,
    teller_aside,
    teller_before,
    teller_by,
    teller_from,
    teller_reached,
)
from app.routing.tokens import word_set

_PLACE_REACH = 40
_QUOTE_REACH = 80


@dataclass(slots=True)
class Heard:
    """Whom the text spoke of last: the office that told, and the one that was reached."""

    last: Mention | None = None
    reached: Mention | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """One verb of sending: who tells, and the words in which the place may stand."""

    verb: int
    teller: Teller
    begin: int
    end: int
    bare: bool


def find_tellings(passage: Passage, heard: Heard) -> Iterator[Telling]:
    """Every telling of a text in order; `heard` is kept by whoever reads them."""
    for verb, token in enumerate(passage.tokens):
        if passage.name_at[verb]:
            if _speaks(passage, verb):
                yield _dialogue(passage, verb)
            continue
        word = token.word
        if word in telling.ADVICE and (found := _advice(passage, verb)):
            yield found
        elif word in telling.TRIGGERS:
            if _is_passive(passage, verb):
                yield from _passive(passage, verb, heard)
            elif found := _active(passage, verb, heard):
                yield found
        elif word in telling.WANT and (found := _wanted(passage, verb, heard)):
            yield found


def _end(passage: Passage, verb: int) -> int:
    """The word after the last one where the place may stand: at the next verb of sending."""
    sentence = passage.tokens[verb].sentence
    stop = min(passage.end_of(sentence), verb + _PLACE_REACH)
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
    return word not in telling.BASE or passage.word(place + 1) in telling.HEARER


def _speaks(passage: Passage, place: int) -> bool:
    """As in "PIP help desk: go to PASSPort"."""
    mention = passage.name_at[place]
    if mention is None or mention.last != place or mention.negated:
        return False
    after = place + 1
    while passage.word(after) in telling.PEOPLE | _AGAIN and not passage.gap(after).strip():
        after += 1
    if ":" not in passage.gap(after) or after - place > _LONGEST_TITLE:
        return False
    return passage.word(after) in _ORDERS


_AGAIN = frozenset(("again", "finally", "now", "then", "said"))
_LONGEST_TITLE = 4
_ORDERS = word_set(
    """
    then thats open put take add talk speak
    go try use call contact ask see file register submit check send you its no not please
    get we do complete your have that back
    """
)


def _dialogue(passage: Passage, place: int) -> Telling:
    mention = passage.name_at[place]
    return Telling(place, Teller(mention), place + 1, _end(passage, place), bare=True)


def _advice(passage: Passage, noun: int) -> Telling | None:
    """As in "the advice from X was to use Y", "X's answer was to try Y", "X's suggestion was Y"."""
    sentence = passage.tokens[noun].sentence
    end = passage.end_of(sentence)
    was = next(
        (p for p in range(noun + 1, min(noun + 14, end)) if passage.word(p) in ("was", "is")), None
    )
    if was is None:
        return None
    around = [
        *passage.names_between(noun + 1, was),
        *reversed(passage.names_between(max(passage.start_of(sentence), noun - 6), noun)),
    ]
    if not around:
        return None
    return Telling(noun, Teller(around[0]), was + 1, _end(passage, was), bare=True)


def _is_passive(passage: Passage, verb: int) -> bool:
    """As in "was told", "got transferred", "been sent"; or the participle alone at a beginning."""
    if passage.word(verb) in telling.SAY or not passage.word(verb).endswith(("ed", "t", "ld")):
        return False
    for place in (verb - 1, verb - 2, verb - 3):
        word = passage.word(place)
        if place < 0 or passage.tokens[place].sentence != passage.tokens[verb].sentence:
            return passage.word(verb + 1) in {"to", "that", "over", "by", "from", "back"} and (
                verb - place <= 2  # noqa: PLR2004 (the first or second word)
            )
        if word in telling.BE:
            return True
        if word not in telling.AUXILIARY and word not in telling.DENYING:
            return False
    return False


def _passive(passage: Passage, verb: int, heard: Heard) -> Iterator[Telling]:
    if not _is_hopper(passage, verb):
        return
    end = _end(passage, verb)
    sentence_end = passage.end_of(passage.tokens[verb].sentence)
    said_by = _tellers_in_turn(passage, verb, min(sentence_end, verb + _QUOTE_REACH))
    if len(said_by) > 1:
        ends = [*(mention.first - 1 for mention in said_by[1:]), sentence_end]
        for mention, after in zip(said_by, ends, strict=True):
            yield Telling(mention.last, Teller(mention), mention.last + 1, after, bare=False)
        return
    teller = (
        teller_by(passage, verb, end)
        or teller_from(passage, verb, end)
        or teller_reached(passage, verb)
    )
    if teller is None:
        teller = Teller(heard.reached) if _goes_on(passage, verb, heard) else UNNAMED
    begin = verb + 1
    yield Telling(verb, teller, begin, end, bare=False)


def _tellers_in_turn(passage: Passage, verb: int, end: int) -> list[Mention]:
    """As in "told by A to go to B, by B to go to A": the offices after each "by"."""
    return [
        mention
        for mention in passage.names_between(verb + 1, end)
        if mention.kind is Kind.AGENCY
        and passage.words(mention.first - 2, mention.first) != []
        and "by" in passage.words(mention.first - 2, mention.first)
    ]


def _goes_on(passage: Passage, verb: int, heard: Heard) -> bool:
    """As in "referred to MOCS and were then redirected": who had them then sent them on."""
    return "then" in passage.words(verb - 3, verb) and heard.reached is not None


def _is_hopper(passage: Passage, verb: int) -> bool:
    """Tell whether a person was sent, and it did happen."""
    start = passage.begin_before(verb)
    before = passage.words(max(start, verb - 6), verb)
    if telling.DENYING & set(before[-3:]) or telling.NOBODY & set(before):
        return False
    if telling.IN_GENERAL & set(passage.words(start, verb)) and not telling.PERSONAL & set(before):
        return False
    subject = next(
        (
            word
            for word in reversed(before)
            if word not in telling.BE and word not in telling.AUXILIARY
        ),
        "",
    )
    return subject not in telling.THINGS


def _active(passage: Passage, verb: int, heard: Heard) -> Telling | None:
    word = passage.word(verb)
    start = passage.begin_before(verb)
    listens = _may_say(passage, verb) if word in telling.SAY else _has_hearer(passage, verb)
    if not listens or telling.DENYING & set(passage.words(max(start, verb - 2), verb)):
        return None
    teller = (
        teller_after(passage, verb)
        or teller_aside(passage, verb)
        or teller_before(passage, verb, heard.last)
    )
    if teller is None:
        return None
    begin, end = verb + 1, _end(passage, verb)
    if _is_afterthought(passage, verb, end):
        return _said_before(passage, verb, teller)
    if _is_fact(passage, begin) or _is_doubt(passage, verb, teller):
        return None
    if word == "wrote" and teller.mention:
        end = _end_of_quote(passage, verb)
    return Telling(verb, teller, begin, end, bare=word in telling.SAY)


_THAT_WE = (["that", "we"], ["that", "i"], ["that", "our"], ["we", "should"], ["to", "use"])


def _has_hearer(passage: Passage, verb: int) -> bool:
    """As in "told us", "sent my partner", "asks our client"."""
    if passage.word(verb) in telling.TELL and passage.words(verb + 1, verb + 3) in _THAT_WE:
        return True
    for place in range(verb + 1, verb + 4):
        word = passage.word(place)
        if word in telling.HEARER:
            return True
        if word in telling.OWN:
            after = set(passage.words(place + 1, place + 4))
            return bool(after & (telling.FOLK | telling.PRIVATE))
        if word not in {"all", "both", "back", "each", "of", "to"}:
            return word in telling.PRIVATE
    return False


def _may_say(passage: Passage, verb: int) -> bool:
    """Saying needs no hearer, but not what rules say of vendors in general."""
    after = passage.words(verb + 1, verb + 4)
    return not {"vendors", "payees", "applicants", "bidders", "providers"} & set(after)


def _wanted(passage: Passage, verb: int, heard: Heard) -> Telling | None:
    """As in "wants us to use", "had me call"."""
    if passage.word(verb + 1) not in {"us", "me", "him", "her", "them"}:
        return None
    teller = teller_before(passage, verb, heard.last)
    if teller is None:
        return None
    return Telling(verb, teller, verb + 2, _end(passage, verb), bare=False)


def _is_fact(passage: Passage, begin: int) -> bool:
    """As in "told me that they put names …": something is told of others, nobody is sent."""
    for place in range(begin, begin + 3):
        if passage.word(place) == "that":
            after = passage.words(place + 1, place + 4)
            must = {"has", "must", "should", "needs", "have", "need", "belongs", "goes"}
            return after[:1] != [] and after[0] in _OTHERS and not must & set(after)
    return False


_OTHERS = word_set("they he she it there his her the")


def _is_doubt(passage: Passage, verb: int, teller: Teller) -> bool:
    """As in "asked us whether", or "if anybody suggests X": nobody was sent."""
    if {"whether", "what", "how", "why"} & set(passage.words(verb + 1, verb + 3)):
        return True
    first = passage.word(passage.start_of(passage.tokens[verb].sentence))
    return first == "if" and teller.mention is None


def _is_afterthought(passage: Passage, verb: int, end: int) -> bool:
    """As in "We have to go back to X, they said." and "That's what X told us"."""
    rest = passage.words(verb + 1, end)
    start = passage.begin_before(verb)
    if _asks_back(passage, verb, start):
        return True
    short = len(rest) <= 1 or (len(rest) <= 3 and not passage.names_between(verb + 1, end))  # noqa: PLR2004
    return short and verb - start > 4  # noqa: PLR2004 (room for an order before it)


def _asks_back(passage: Passage, verb: int, start: int) -> bool:
    before = passage.words(start, verb)
    return before[:2] in (["thats", "what"], ["that", "is"]) or (
        before[:1] == ["so"] and ("what" in before)
    )


def _said_before(passage: Passage, verb: int, teller: Teller) -> Telling:
    sentence = passage.tokens[verb].sentence
    start = passage.begin_before(verb)
    if _asks_back(passage, verb, start):
        return Telling(verb, teller, passage.start_of(sentence - 1), start, bare=False)
    begin = start
    for place in range(verb - 1, start, -1):
        if passage.word(place) in telling.TRIGGERS and not passage.name_at[place]:
            begin = place + 1
            break
    return Telling(verb, teller, begin, verb, bare=False)


def _end_of_quote(passage: Passage, verb: int) -> int:
    """As in "On Monday X wrote:" and lines that begin with a ">"."""
    if ":" not in passage.gap(verb + 1):
        return _end(passage, verb)
    for place in range(verb + 1, min(len(passage.tokens), verb + _QUOTE_REACH)):
        gap = passage.gap(place)
        if passage.word(place) == "wrote" or ("\n" in gap and ">" not in gap):
            return place
    return min(len(passage.tokens), verb + _QUOTE_REACH)
