"""Where from: the system that the reporter was in, or was sent away from."""

from app.routing.lexicon import Kind
from app.routing.mentions import Mention
from app.routing.passage import Passage
from app.routing.tokens import word_set

_USED = word_set(
    """
    in into on through via to with inside using use used from at under try tried access
    enter open opened onto log
    """
)
_BACK = 2
"""Sentences to look back."""


def origin(
    passage: Passage,
    verb: int,
    end: int,
    place: Mention,
    teller: Mention | None,
    told: set[int],
) -> str | None:
    """The code of the system that was left; None where the text does not say.

    `told` are the first words of names that others named as places to go to.
    """
    target = place.system or (place.code if place.kind is Kind.SYSTEM else None)
    after = [m for m in passage.names_between(verb + 1, end) if m.system_code not in (None, target)]
    for mention in after:
        if mention.negated or _is_left(passage, mention):
            return mention.system_code
    if teller and teller.system_code and teller.system_code != target:
        return teller.system_code
    return _in_use(passage, verb, target, told) or _stuck(passage, place, end, target)


_ACCESS = frozenset(
    (
        "account",
        "login",
        "password",
        "locked",
        "access",
        "pw",
        "reset",
        "screen",
        "rejects",
        "wouldnt",
        "doesnt",
        "didnt",
        "refuses",
        "refused",
        "crashes",
        "froze",
        "wont",
        "keeps",
        "shows",
        "says",
        "asks",
        "gives",
    )
)


def _is_left(passage: Passage, mention: Mention) -> bool:
    """As in "from X", "stop using X", "instead of X", "can't help with X"."""
    before = passage.words(mention.first - 4, mention.first)
    return (
        before[-1:] == ["from"]
        or before[-2:] == ["from", "the"]
        or bool({"stop", "leave", "cant", "cannot"} & set(before))
    )


def _in_use(passage: Passage, verb: int, target: str | None, told: set[int]) -> str | None:
    """The system that the reporter speaks of having used, nearest before the verb."""
    begin = passage.begin_before(verb, _BACK)
    for mention in reversed(passage.names_between(begin, verb)):
        if mention.kind is not Kind.SYSTEM or mention.first in told:
            continue
        if mention.code == target:
            continue
        before = passage.words(mention.first - 3, mention.first)
        if {"entry", "listed", "name"} & set(passage.words(mention.first - 5, mention.first)):
            continue
        if set(before) & _USED or _ACCESS & {
            passage.word(mention.last + 1),
            *before,
        }:
            return mention.code
    return None


def _stuck(passage: Passage, place: Mention, end: int, target: str | None) -> str | None:
    """As in "referred me to MOCS for my registration that is stuck in PASSPort"."""
    if place.kind is Kind.SYSTEM:
        return None
    for mention in passage.names_between(place.last + 1, end):
        before = passage.words(mention.first - 1, mention.first)
        if mention.kind is Kind.SYSTEM and mention.code != target and before == ["in"]:
            return mention.code
    return None
