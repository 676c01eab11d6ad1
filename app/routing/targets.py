"""Find the queue that a rule means: the task's office, a system's owner, a named agency. Pure."""

from collections import Counter
from datetime import date

from app.registry.catalogue import Registry, System
from app.routing.model import Reason
from app.routing.reading import Reading
from app.routing.rules import Target
from app.routing.verdicts import right_ways


def resolve(
    target: str, reading: Reading, registry: Registry, day: date
) -> tuple[str | None, tuple[Reason, ...]]:
    """The queue for a target or a queue's own code, and the reasons that led there."""
    match target:
        case Target.TASK_OFFICE:
            return _task_office(reading, registry, day)
        case Target.SYSTEM_OWNER:
            return _system_owner(reading, registry, day)
        case Target.NAMED_AGENCY:
            return _named_agency(reading, registry, day, (*reading.buyers, *reading.agencies))
        case Target.PAYING_AGENCY:
            return _named_agency(reading, registry, day, reading.buyers)
        case queue:
            return queue, ()


def _task_office(
    reading: Reading, registry: Registry, day: date
) -> tuple[str | None, tuple[Reason, ...]]:
    """The office that serves the likeliest task; where it is the contract's, the named agency."""
    for row in right_ways(registry, reading.tasks, day):
        task = registry.tasks[row.task].name
        key = "chosen-task" if reading.chosen_task else "found-task"
        how = Reason(key, {"task": task}, reading.words_for(row.task))
        if row.owner is None:
            queue, named = _named_agency(reading, registry, day, reading.buyers)
            return queue, (how, *named)
        if registry.has_desk(row.owner):
            agency = registry.agencies[row.owner].label_on(day)
            place = registry.systems[row.system].name if row.system else row.place or ""
            served = "served-by" if row.system else "served-by-office"
            values = {"task": task, "place": place, "agency": agency}
            return row.owner, (how, Reason(served, values))
    return None, ()


def _system_owner(
    reading: Reading, registry: Registry, day: date
) -> tuple[str | None, tuple[Reason, ...]]:
    """The owner of the system that is named most and in use; of a retired one, its successor's."""
    named = [registry.systems[code] for code in reading.systems]
    meant = Counter(m.system_code for m in reading.names if not m.negated)
    for system in sorted(named, key=lambda s: (s.is_retired(day), -meant[s.code])):
        words = reading.words_for(system.code)
        current, retired = _in_use(system, registry, day, words)
        if registry.has_desk(current.owner):
            agency = registry.agencies[current.owner].label_on(day)
            values = {"system": current.name, "agency": agency}
            return current.owner, (*retired, Reason("named-system", values, words))
    return None, ()


def _in_use(
    system: System, registry: Registry, day: date, words: tuple[str, ...]
) -> tuple[System, tuple[Reason, ...]]:
    """The system, or for a retired one its successor and the reason."""
    successor = registry.systems.get(system.successor or "")
    if successor is None or system.retired_on is None or not system.is_retired(day):
        return system, ()
    values = {"system": system.name, "date": system.retired_on.isoformat()}
    values["successor"] = successor.name
    return successor, (Reason("retired-system", values, words),)


def _named_agency(
    reading: Reading, registry: Registry, day: date, agencies: tuple[str, ...]
) -> tuple[str | None, tuple[Reason, ...]]:
    for code in agencies:
        if registry.has_desk(code):
            values = {"agency": registry.agencies[code].label_on(day)}
            return code, (Reason("named-agency", values, reading.words_for(code)),)
    return None, ()
