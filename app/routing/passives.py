"""Passive voice: "we were told by the comptroller to use VENDEX". Pure."""

from collections.abc import Iterator

from app.routing import telling
from app.routing.lexicon import Kind
from app.routing.mentions import Mention
from app.routing.passage import Passage
from app.routing.tellers import UNNAMED, Teller, teller_by, teller_from, teller_reached
from app.routing.tellings import Heard, Telling, end_of_telling

_QUOTE_REACH = 80


def is_passive(passage: Passage, verb: int) -> bool:
    """As in "was told", "got transferred", "been sent"; or the participle alone at a beginning."""
    if passage.word(verb + 1) in telling.HEARER:
        return False
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


def passive_tellings(passage: Passage, verb: int, heard: Heard) -> Iterator[Telling]:
    """The tellings of a passive verb: one for each "by", otherwise one."""
    if not _is_hopper(passage, verb):
        return
    end = end_of_telling(passage, verb)
    sentence_end = passage.end_of(passage.tokens[verb].sentence)
    said_by = _tellers_in_turn(passage, verb, min(sentence_end, verb + _QUOTE_REACH))
    if len(said_by) > 1 and passage.names_between(said_by[0].last + 1, said_by[1].first):
        if (first := teller_from(passage, verb, said_by[0].first)) and first.mention:
            yield Telling(verb, first, first.mention.last + 1, said_by[0].first, bare=False)
        ends = [*(mention.first - 1 for mention in said_by[1:]), sentence_end]
        for mention, after in zip(said_by, ends, strict=True):
            yield Telling(mention.last, Teller(mention), mention.last + 1, after, bare=False)
        return
    if both := _between(passage, verb, end):
        one, two = both
        yield Telling(verb, Teller(one), two.first, two.last + 1, bare=True)
        yield Telling(verb, Teller(two), one.first, one.last + 1, bare=True)
        return
    teller = (
        teller_by(passage, verb, end)
        or teller_from(passage, verb, end)
        or teller_reached(passage, verb)
    )
    if teller is None:
        teller = Teller(heard.reached) if _goes_on(passage, verb, heard) else UNNAMED
    begin = verb + 1
    yield Telling(verb, teller, begin, end, bare=passage.word(verb) in telling.TELL)


def _tellers_in_turn(passage: Passage, verb: int, end: int) -> list[Mention]:
    """As in "told by A to go to B, by B to go to A": the offices after each "by"."""
    return [
        mention
        for mention in passage.names_between(verb + 1, end)
        if mention.kind is Kind.AGENCY
        and passage.words(mention.first - 2, mention.first) != []
        and "by" in passage.words(mention.first - 2, mention.first)
    ]


def _between(passage: Passage, verb: int, end: int) -> tuple[Mention, Mention] | None:
    """As in "bounced between MOCS and the Comptroller"."""
    names = passage.names_between(verb + 1, end)[:2]
    if len(names) == 2 and all(m.kind is Kind.AGENCY for m in names):  # noqa: PLR2004
        apart = passage.words(names[0].last + 1, names[1].first)
        if "between" in passage.words(verb + 1, names[0].first) and "and" in apart:
            return names[0], names[1]
    return None


def _goes_on(passage: Passage, verb: int, heard: Heard) -> bool:
    """As in "referred to MOCS and were then redirected": who had them then sent them on."""
    return "then" in passage.words(verb - 3, verb) and heard.reached is not None


_EXPECTED = frozenset(("expected", "going", "supposed", "hoping", "about"))
"""It has not happened: "I expected to be sent on"."""


def _is_hopper(passage: Passage, verb: int) -> bool:
    """Tell whether a person was sent, and it did happen."""
    start = passage.begin_before(verb)
    before = passage.words(max(start, verb - 6), verb)
    if _EXPECTED & set(before) and "to" in before:
        return False
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
