"""Find the queue that a rule means: the task's office, a system's owner, a named agency. Pure."""

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
        case Target.TASK_OWNER:
            return _task_owner(reading, registry, day)
        case Target.SYSTEM_OWNER:
            return _system_owner(reading, registry, day)
        case Target.NAMED_AGENCY:
            return _named_agency(reading, registry, day, reading.agencies)
        case Target.PAYING_AGENCY:
            return _paying_agency(reading, registry, day)
        case queue:
            return queue, ()


def _task_owner(
    reading: Reading, registry: Registry, day: date
) -> tuple[str | None, tuple[Reason, ...]]:
    for row in right_ways(registry, reading.tasks, day):
        if not registry.has_desk(row.owner) or row.owner is None:
            continue
        task, agency = registry.tasks[row.task].name, registry.agencies[row.owner].label_on(day)
        how = Reason(
            "chosen-task" if reading.chosen_task else "found-task",
            {"task": task},
            reading.words_for(row.task),
        )
        place = registry.systems[row.system].name if row.system else row.place or ""
        key = "served-by" if row.system else "served-by-office"
        return row.owner, (how, Reason(key, {"task": task, "place": place, "agency": agency}))
    return None, ()


def _system_owner(
    reading: Reading, registry: Registry, day: date
) -> tuple[str | None, tuple[Reason, ...]]:
    """The owner of the first system in use that is named; of a retired one, its successor's."""
    named = [registry.systems[code] for code in reading.systems]
    for system in sorted(named, key=lambda s: s.is_retired(day)):
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


def _paying_agency(
    reading: Reading, registry: Registry, day: date
) -> tuple[str | None, tuple[Reason, ...]]:
    """The named agency that bought, leaving out those that vendors register with to be paid."""
    rows = registry.document.system_of_record
    registrars = {r.owner for r in rows if registry.tasks[r.task].topic == "registration"}
    buyers = tuple(code for code in reading.agencies if code not in registrars | {"comptroller"})
    return _named_agency(reading, registry, day, buyers)
