"""Whom an allegation is about. Pure."""

from collections.abc import Sequence
from itertools import takewhile

from app.registry.catalogue import Registry
from app.routing.lexicon import Kind
from app.routing.mentions import Mention
from app.routing.model import Facts
from app.routing.tokens import Token, word_set

ALLEGATIONS = frozenset(("wrongdoing", "retaliation"))
"""Topics that accuse somebody."""

_STAFF = word_set(
    """
    investigator investigators inspector inspectors supervisor supervisors official officials
    director deputy commissioner employee employees staff staffer chief agent agents detective
    manager somebody someone guy lady man woman person boss head superintendent secretary
    """
)
_OWN = (["their", "own"], ["its", "own"])
_REACH = 3


def find_accused(
    names: Sequence[Mention],
    subjects: Sequence[Mention],
    tokens: Sequence[Token],
    registry: Registry,
) -> tuple[str, ...]:
    """Agencies that an alleging text may accuse, in order.

    An agency that looks into others is accused only where the text speaks of its people: it is
    mostly named as the one that was told. Every other one that is named may be.
    """
    alleged = {m.first for m in subjects if m.code in ALLEGATIONS}
    accused = [
        m.code
        for m in names
        if m.kind is Kind.AGENCY
        and (
            not registry.agencies[m.code].independent
            or _does_it(m, alleged, tokens)
            or _speaks_of_people(m, tokens)
        )
    ]
    return tuple(dict.fromkeys(accused))


def with_unnamed(
    accused: Sequence[str],
    systems: Sequence[str],
    facts: Facts,
    registry: Registry,
) -> tuple[str, ...]:
    """The accused, and those that an allegation may be about though no word of it names them.

    As in "they want a bribe": the office that the form names, and where the text accuses no
    office, those that run the systems.
    """
    owners = [] if accused else [registry.systems[code].owner for code in systems]
    unnamed = [
        code
        for code in (facts.told_by, *owners)
        if code in registry.agencies and not registry.agencies[code].independent
    ]
    return tuple(dict.fromkeys((*accused, *unnamed)))


def _does_it(mention: Mention, alleged: set[int], tokens: Sequence[Token]) -> bool:
    """As in "X takes bribes", "fraud by X"."""
    if alleged & set(range(mention.last + 1, mention.last + 4)):
        return True
    before = {token.word for token in tokens[max(0, mention.first - 2) : mention.first]}
    return "by" in before and bool(alleged & set(range(mention.first - 4, mention.first)))


def _before_colon(tokens: Sequence[Token]) -> list[str]:
    """The words up to a colon: after it stands what was told."""
    return [t.word for t in takewhile(lambda t: ":" not in t.gap, tokens)]


def _speaks_of_people(mention: Mention, tokens: Sequence[Token]) -> bool:
    """As in "an investigator at X", "X's own supervisors"."""
    before = [t.word for t in tokens[max(0, mention.first - _REACH - 1) : mention.first]]
    after = _before_colon(tokens[mention.last + 1 : mention.last + 1 + _REACH])
    of = {"at", "of", "in", "from", "with"} & set(before)
    if of and _STAFF & set(before):
        return True
    later = _before_colon(tokens[mention.last + 1 : mention.last + 25])
    own = any(later[i : i + 2] in _OWN for i in range(len(later)))
    return own or bool(_STAFF & set(after[:2]))
