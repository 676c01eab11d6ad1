"""Which tasks an issue is about: by what examples taught, its phrases, and its systems. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from app.registry.catalogue import Registry, SystemOfRecord
from app.routing.lexicon import Kind
from app.routing.mentions import Mention
from app.routing.taught import NO_TASK, is_taught

MOST_TASKS = 4
_NEAR = 0.6
"""How close to the best one a task must come to be kept beside it."""

LEARNED = 16.0
"""What certainty from examples weighs, beside phrases."""

_SAME_WORDS = 0.9
"""Phrases that mean two tasks alike ("register") leave both, whatever examples tell."""

_OWN_SYSTEM = 2.0
_SYSTEM_IS_NAMED = 0.75
_WRONG_SYSTEM_IS_NAMED = 0.4
_WEIGHTS = (0.0, 1.0, 1.75, 2.25)
"""Of a phrase by the number of its words; longer ones count like the last."""


def find_tasks(
    subjects: Sequence[Mention],
    systems: Collection[str],
    registry: Registry,
    day: date,
    learned: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """The tasks of a text, each with its share from 0 to 1, the likeliest first; at most four.

    What was learned from examples (a confidence for each task) counts most; phrases decide
    between tasks that are as likely, and find those that no example tells of: of such a task
    a long phrase is as good as certainty.
    """
    found = _by_phrases(subjects, systems, registry, day)
    if learned is None or _is_none(learned):
        scores, total = found, sum(found.values())
    else:
        learned = _where(learned, systems, registry, day)
        scores = {code: LEARNED * part for code, part in learned.items() if code in registry.tasks}
        for code, weight in found.items():
            weighed = weight if is_taught(code) else LEARNED * min(weight / _WEIGHTS[-1], 1.0)
            scores[code] = scores.get(code, 0.0) + weighed
        total = sum(scores.values()) + LEARNED * learned.get(NO_TASK, 0.0)
    order = list(registry.tasks)
    ranked = sorted(scores, key=lambda code: (-scores[code], order.index(code)))
    best = scores[ranked[0]] if ranked else 0.0
    same = _SAME_WORDS * found.get(ranked[0], 0.0) if ranked else 0.0
    near = [c for c in ranked if scores[c] >= _NEAR * best or (same and found.get(c, 0.0) >= same)]
    return {code: scores[code] / total for code in near[:MOST_TASKS]}


def _is_none(learned: Mapping[str, float]) -> bool:
    """Whether the examples know of no task like this."""
    return learned.get(NO_TASK, 0.0) >= max(learned.values(), default=0.0)


def _where(
    learned: Mapping[str, float], systems: Collection[str], registry: Registry, day: date
) -> dict[str, float]:
    """What was learned; of tasks that are alike in every system, rather that of one named.

    "I cannot get in" is the same everywhere.
    """
    scores = dict(learned)
    for task in registry.tasks.values():
        if task.needs_system and task.code in scores:
            row = registry.system_of_record(task.code, day)
            if row and row.system in systems:
                scores[task.code] *= _OWN_SYSTEM
    total = sum(scores.values()) / sum(learned.values())
    return {code: score / total for code, score in scores.items()}


def _by_phrases(
    subjects: Sequence[Mention], systems: Collection[str], registry: Registry, day: date
) -> dict[str, float]:
    """The weights of tasks by their phrases.

    Longer phrases count more than short ones, a phrase within another not at all; that the
    task's own system is named tips the scales between "sign in here" and "sign in there".
    """
    scores: dict[str, float] = {}
    for mention in _outermost([m for m in subjects if m.kind is Kind.TASK]):
        length = min(len(mention.words.split()), len(_WEIGHTS) - 1)
        scores[mention.code] = scores.get(mention.code, 0.0) + _WEIGHTS[length]
    rows = {code: registry.system_of_record(code, day) for code in scores}
    for code in list(scores):
        if registry.tasks[code].needs_system and _is_of_another(code, rows, systems):
            del scores[code]
        else:
            scores[code] += _fit(rows[code], systems)
    for vaguer in {v for code in scores for v in registry.tasks[code].refines}:
        scores.pop(vaguer, None)
    return scores


def _fit(row: SystemOfRecord | None, systems: Collection[str]) -> float:
    """What it adds that the system of a task, or one that is mistaken for it, is named."""
    if row is None:
        return 0.0
    if row.system in systems:
        return _SYSTEM_IS_NAMED
    return _WRONG_SYSTEM_IS_NAMED if set(row.wrong) & set(systems) else 0.0


def _is_of_another(
    code: str, rows: dict[str, SystemOfRecord | None], systems: Collection[str]
) -> bool:
    """Tell whether another task's system is named, and not the task's own."""
    fitting = {task for task, row in rows.items() if row and row.system in systems}
    return bool(fitting) and code not in fitting


def _outermost(mentions: Sequence[Mention]) -> list[Mention]:
    """The longest mentions.

    Of one task they do not overlap, each wording counts once, and none lies within a longer
    one of another task ("registered" within "contract registered").
    """
    kept: dict[tuple[str, str], Mention] = {}
    reached: dict[str, int] = {}
    begin = end = -1
    for mention in sorted(mentions, key=lambda m: (m.first, -m.last)):
        if mention.last > end:
            begin, end = mention.first, mention.last
        elif (mention.first, mention.last) != (begin, end):
            continue
        if mention.first > reached.get(mention.code, -1):
            kept.setdefault((mention.code, mention.words.casefold()), mention)
            reached[mention.code] = mention.last
    return list(kept.values())
