"""How clear what was read is: what a rule's confidence is multiplied with. Pure."""

from datetime import date

from app.registry.catalogue import Registry
from app.routing.accusations import ALLEGATIONS
from app.routing.reading import Reading
from app.routing.rules import Rule, Target

_WHICH_BUYER = 0.85
_WORDS_ALONE = 0.75
"""Of an allegation that has its words in a text that reads like none."""


def clarity(rule: Rule, reading: Reading, registry: Registry, day: date) -> float:
    """From 0 to 1: how likely it is what the rule goes by: an allegation, or a task."""
    if ALLEGATIONS & set(rule.topics):
        likely = [reading.allegations.get(topic, 0.0) for topic in reading.topics]
        return max(_WORDS_ALONE, *likely)
    if reading.chosen_task or not reading.task_weights:
        return 1.0
    if rule.queue == Target.TASK_OFFICE:
        return _of_office(reading, registry, day)
    weights = reading.task_weights
    return sum(weights.get(task, 0.0) for task in rule.tasks) if rule.tasks else 1.0


def _of_office(reading: Reading, registry: Registry, day: date) -> float:
    """How likely the task is one of the office that serves the likeliest.

    Lower where that office is the buyer's, and more than one agency may be that.
    """
    rows = {code: registry.system_of_record(code, day) for code in reading.task_weights}
    owners = {code: row.owner for code, row in rows.items() if row}
    if not owners:
        return 1.0
    owner = owners[next(iter(owners))]
    clear = sum(reading.task_weights[code] for code in owners if owners[code] == owner)
    return clear * _WHICH_BUYER if owner is None and len(reading.buyers) > 1 else clear
