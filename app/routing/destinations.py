"""Where to: the place after the verb that somebody is sent to, and not only spoken of."""

from itertools import pairwise

from app.routing import telling
from app.routing.lexicon import Kind
from app.routing.mentions import Mention
from app.routing.passage import Passage

_QUIET = " '\"\u2019\u201c\u201d"
"""Between two words, it separates nothing."""

_BARE_REACH = 5
_LEAD_REACH = 7


def destination(
    passage: Passage,
    begin: int,
    end: int,
    *,
    bare: bool,
    asked: bool = False,
    skip: Mention | None = None,
) -> Mention | None:
    """The first name in a stretch of words that is a place to go to.

    `bare`: a name alone will do ("said Vendex"); `asked`: also one in a question. `skip` is
    the teller.
    """
    fallback = None
    for mention in passage.names_between(begin, end):
        if mention == skip or mention.negated or _is_left(passage, mention):
            continue
        if _has_nothing_to_do(passage, mention):
            continue
        if not asked and _asks_whether(passage, begin, mention.first):
            continue
        if _is_directed(passage, mention, begin):
            return mention
        if _is_responsible(passage, mention):
            return mention
        if fallback is None and bare and _is_bare(passage, mention, begin):
            fallback = mention
    return fallback


def _is_left(passage: Passage, mention: Mention) -> bool:
    """As in "stop using Vendex"."""
    return bool({"stop", "quit"} & set(passage.words(mention.first - 3, mention.first)))


def _is_responsible(passage: Passage, mention: Mention) -> bool:
    """As in "MOCS handles that", "SBS is who you call", "that's one for Parks"."""
    after = passage.words(mention.last + 1, mention.last + 4)
    before = passage.words(mention.first - 4, mention.first)
    first = after[0] if after else ""
    if first in telling.MATTER_OF:
        return bool({"a", "an", "the"} & set(before[-2:]))
    able = first in telling.ABLE and len(after) > 1 and after[1] in telling.DOING
    able = able or (first in {"must", "should"} and passage.word(mention.first - 1) == "that")
    return (
        first in telling.RESPONSIBLE
        or able
        or (after[:2] == ["is", "the"] and after[-1] in {"place", "one", "ones", "way"})
        or after[:2] in (["is", "who"], ["is", "where"], ["i", "need"], ["you", "need"])
        or before[-2:] in (["is", "for"], ["are", "for"], ["it", "for"], ["that", "for"])
        or before[-2:] == ["part", "of"]
        or "=" in passage.gap(mention.first)
        or ("handled" in before and bool({"by", "at"} & set(before)))
        or _is_it(passage, mention)
        or ("of" in before and bool({"come", "comes"} & set(before)))
        or ("for" in before and bool({"one", "question", "matter", "issue"} & set(before)))
    )


def _is_it(passage: Passage, mention: Mention) -> bool:
    """As in "bank details is the Comptroller, call them", "that's not us, it's FISA"."""
    place = mention.first - 1
    while place >= 0 and passage.word(place) in {"the", "our", "a"}:
        place -= 1
    is_it = passage.word(place) in _IS or (
        passage.word(place) in {"that", "it"} and passage.tokens[place].text.endswith("s")
    )
    ends = mention.last + 1 >= len(passage.tokens) or bool(
        passage.gap(mention.last + 1).strip(_QUIET)
    )
    return place >= 0 and is_it and ends


_IS = frozenset(("is", "thats", "its"))


def _is_directed(passage: Passage, mention: Mention, begin: int) -> bool:
    """Tell whether words of direction lead to the name."""
    place = mention.first - 1
    while place >= begin and (
        passage.word(place) in telling.SKIPPED or _is_same_place(passage, place, mention)
    ):
        place -= 1
    word = passage.word(place) if place >= begin else ""
    if word in _BESIDE and passage.word(place - 1) in telling.PEOPLE:
        return False
    if word == "from" and _TAKING & set(passage.words(max(begin, place - 10), place)):
        return True
    if word in telling.DIRECT:
        return not (
            word in {"with", "on", "at", "by", "in", "over"} and _is_thing(passage, mention)
        )
    if word in telling.AWAY and word not in {"of", "and"}:
        return False
    return _is_led(passage, place, begin) and not _is_subject(passage, mention)


_BESIDE = frozenset(("at", "in", "with", "over"))
_TAKING = frozenset(("take", "get", "download", "pull", "print", "fetch"))
_MODAL = frozenset(("should", "do", "can", "must", "shall", "could", "may"))


def _asks_whether(passage: Passage, begin: int, place: int) -> bool:
    """As in "should I go to": the reporter asks, nobody tells."""
    words = passage.words(begin, place)
    asking = _MODAL | {"when"}  # "it says locked when I go into X"
    return any(one in asking and two in {"i", "we"} for one, two in pairwise(words))


def _has_nothing_to_do(passage: Passage, mention: Mention) -> bool:
    """As in "being paid has nothing to do with PASSPort"."""
    return passage.words(mention.first - 3, mention.first) == ["to", "do", "with"]


def _is_same_place(passage: Passage, place: int, mention: Mention) -> bool:
    """As in "the Payee Information Portal (PIP)": two names of one place."""
    other = passage.name_at[place]
    if other is None or (place != mention.first - 1 and passage.name_at[place + 1] is None):
        return False
    return other.code == mention.code


def _is_thing(passage: Passage, mention: Mention) -> bool:
    return passage.word(mention.last + 1) in {"account", "status", "number", "page", "screen"} and (
        passage.word(mention.first - 1) in telling.AWAY
    )


def _is_led(passage: Passage, place: int, begin: int) -> bool:
    """As in "to the fiscal unit of", "call the contracts people at": a direction before."""
    for before in range(place, max(begin, place - _LEAD_REACH) - 1, -1):
        word = passage.word(before)
        if word in telling.LEADING:
            return word != "to" or passage.word(before + 1) not in telling.BE
        if word in telling.AWAY and word != "of":
            return False
        if passage.name_at[before] or passage.tokens[before + 1].gap.strip(_QUIET):
            return False
    return False


def _is_bare(passage: Passage, mention: Mention, begin: int) -> bool:
    between = passage.words(begin, mention.first)
    if len(between) > _BARE_REACH or any(
        word not in telling.FILLER and word not in telling.SKIPPED for word in between
    ):
        return False
    return not _is_subject(passage, mention) and passage.word(mention.last + 1) not in telling.OF_IT


def _is_subject(passage: Passage, mention: Mention) -> bool:
    """As in "said PASSPort is down": something is told of the place, nobody is sent there."""
    if passage.gap(mention.last + 1).strip(_QUIET) and mention.last + 1 < len(passage.tokens):
        return False
    return passage.word(mention.last + 1) in telling.STATE


def is_office(mention: Mention) -> bool:
    """True for an office, a system's help desk included."""
    return mention.kind is Kind.AGENCY
