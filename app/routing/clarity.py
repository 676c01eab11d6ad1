"""How clear what was read is: what a rule's confidence is multiplied with. Pure."""

from datetime import date

from app.registry.catalogue import Registry
from app.routing.reading import Reading
from app.routing.rules import Rule, Target

_WEAK = 1.8
"""A task that is carried by less than this is a guess from one word."""

_CLOSE = 0.6
_VAGUE, _DIVIDED, _WHICH_BUYER = 0.85, 0.8, 0.85


def clarity(rule: Rule, reading: Reading, registry: Registry, day: date) -> float:
    """From 0 to 1; lower where one word carries the task, or tasks of several offices compete."""
    if rule.queue != Target.TASK_OFFICE or reading.chosen_task or not reading.task_weights:
        return 1.0
    best = max(reading.task_weights.values())
    close = [task for task, weight in reading.task_weights.items() if weight >= _CLOSE * best]
    rows = [registry.system_of_record(task, day) for task in close]
    offices = {row.owner for row in rows if row}
    clear = 1.0 if len(offices) <= 1 else _DIVIDED
    if best < _WEAK:
        clear *= _VAGUE
    if None in offices and len(reading.buyers) > 1:
        clear *= _WHICH_BUYER
    return clear
