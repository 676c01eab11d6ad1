"""Which agency bought, or holds the contract: what only it can answer goes there. Pure."""

from collections.abc import Sequence

from app.registry.catalogue import Registry
from app.routing.lexicon import Kind
from app.routing.mentions import Mention
from app.routing.tokens import Token, word_set

_OWING = word_set(
    "owes owe owed hasnt havent didnt never wont not pay paid pays owing bought ordered signed is"
)
_DEALING = word_set("contract contracts invoice invoices bill job work sign signed delivered sold")
_WITH = word_set("with for to at by from of")


def find_buyers(
    names: Sequence[Mention], tokens: Sequence[Token], registry: Registry
) -> tuple[str, ...]:
    """The agencies that may hold the contract, the likeliest first.

    Those that serve all the others do not. An agency that owes, or that something was done
    for, comes before one that is only named; otherwise the first one named.
    """
    cues: dict[str, int] = {}
    for mention in names:
        if mention.kind is not Kind.AGENCY or mention.system:
            continue
        if registry.agencies[mention.code].central:
            continue
        cues[mention.code] = cues.get(mention.code, 0) + _has_cue(mention, tokens)
    return tuple(sorted(cues, key=lambda code: -cues[code]))


def _has_cue(mention: Mention, tokens: Sequence[Token]) -> bool:
    """As in "X owes us", "our contract with X", "an invoice to X"."""
    after = [t.word for t in tokens[mention.last + 1 : mention.last + 4]]
    if after[:1] and after[0] in {"owes", "owe", "owed"}:
        return True
    if {"paid", "pay", "sign", "signed"} & set(after) and after[0] in _OWING:
        return True
    before = [t.word for t in tokens[max(0, mention.first - 6) : mention.first]]
    return bool(
        _DEALING & set(before)
        and _WITH & set(before[-1:] if before[-1:] != ["the"] else before[-2:-1])
    )
