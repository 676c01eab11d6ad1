"""Whether a text alleges something: by its words, and by how examples of allegations read. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp, log

from app.registry.catalogue import Registry
from app.routing.accusations import ALLEGATIONS
from app.routing.lexicon import Kind
from app.routing.mentions import Mention

_ALLEGED = 0.5
_HINTED = 0.35
"""From where on a hint, which means nothing by itself, counts."""

_OF_TASKS = 0.5
_LEANING = 0.6
"""Rather too many: an allegation that is missed may reach whom it accuses."""

_LEAST = 0.001


def weigh_allegations(
    topics: Mapping[str, float], tasks: Mapping[str, float], registry: Registry
) -> dict[str, float]:
    """How likely each allegation is: by what the topics tell, and by the tasks that report one."""
    reported = [t for t in tasks if t in registry.tasks and registry.tasks[t].topic in ALLEGATIONS]
    by_tasks = _OF_TASKS * _log_odds(sum(tasks[task] for task in reported)) + _LEANING
    return {
        topic: 1 / (1 + exp(-_log_odds(likely) - by_tasks))
        for topic, likely in topics.items()
        if topic in ALLEGATIONS
    }


def _log_odds(likely: float) -> float:
    likely = min(max(likely, _LEAST), 1 - _LEAST)
    return log(likely / (1 - likely))


def count_hints(subjects: Sequence[Mention], weights: Mapping[str, float]) -> list[Mention]:
    """The subjects; hints only of what the text reads like."""
    return [
        replace(m, kind=Kind.TOPIC) if m.kind is Kind.HINT else m
        for m in subjects
        if m.kind is not Kind.HINT or weights.get(m.code, 0.0) >= _HINTED
    ]


def alleged_in(subjects: Sequence[Mention], weights: Mapping[str, float]) -> tuple[str, ...]:
    """What is alleged: by a phrase, or as examples of allegations read."""
    said = {m.code for m in subjects if m.kind is Kind.TOPIC}
    return tuple(
        topic
        for topic in sorted(ALLEGATIONS)
        if topic in said or weights.get(topic, 0.0) >= _ALLEGED
    )
