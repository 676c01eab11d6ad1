"""Which tasks an issue is about: by its phrases, and by the systems that it names. Pure."""

from collections.abc import Sequence
from datetime import date

from app.registry.catalogue import Registry
from app.routing.lexicon import Kind
from app.routing.mentions import Mention

MOST_TASKS = 4
_NEAR = 0.6
"""How close to the best one a task must come to be kept beside it."""

_SYSTEM_IS_NAMED = 1.5


def find_tasks(
    subjects: Sequence[Mention], systems: Sequence[str], registry: Registry, day: date
) -> tuple[str, ...]:
    """The tasks of a text, the likeliest first; at most four, all near the first.

    Longer phrases count more than short ones, a phrase within another not at all; that the
    task's own system is named tips the scales between "sign in here" and "sign in there".
    """
    scores: dict[str, float] = {}
    for mention in _outermost([m for m in subjects if m.kind is Kind.TASK]):
        weight = _weight(mention)
        scores[mention.code] = scores.get(mention.code, 0.0) + weight
    for code in scores:
        row = registry.system_of_record(code, day)
        if row and {row.system, *row.also} & set(systems):
            scores[code] += _SYSTEM_IS_NAMED
    order = list(registry.tasks)
    ranked = sorted(scores, key=lambda code: (-scores[code], order.index(code)))
    best = scores[ranked[0]] if ranked else 0.0
    return tuple(code for code in ranked if scores[code] >= _NEAR * best)[:MOST_TASKS]


def _weight(mention: Mention) -> float:
    """One for a word alone, more for each further word."""
    return 1.0 + 0.75 * (len(mention.words.split()) > 1) + 0.5 * (len(mention.words.split()) > 2)  # noqa: PLR2004


def _outermost(mentions: Sequence[Mention]) -> list[Mention]:
    """Each task's mentions, each wording once, without those within another of the same task."""
    kept: dict[tuple[str, str], Mention] = {}
    reached: dict[str, int] = {}
    for mention in sorted(mentions, key=lambda m: (m.first, -m.last)):
        if mention.last > reached.get(mention.code, -1):
            kept.setdefault((mention.code, mention.words.casefold()), mention)
            reached[mention.code] = mention.last
    return list(kept.values())
