"""What the pages of the registry show: rows by task, lives of systems, words for changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _

from app.registry.catalogue import Registry, System, SystemOfRecord, Task
from app.registry.changes import Kind, RowChange

SECTIONS = {
    "system_of_record": _("Systems of record"),
    "agency": _("Agencies"),
    "system": _("Systems"),
    "task": _("Tasks"),
    "topic": _("Topics"),
}

KINDS = {
    Kind.ADDED: _("new"),
    Kind.REMOVED: _("removed"),
    Kind.CHANGED: _("changed"),
    Kind.ORDER: _("in another order"),
}

FIELDS = {
    "code": _("code"),
    "acronym": _("short name"),
    "name": _("name"),
    "names": _("names"),
    "aliases": _("also called"),
    "desk": _("has a desk"),
    "independent": _("independent"),
    "central": _("serves the others"),
    "owner": _("office"),
    "launched_on": _("first day"),
    "retired_on": _("last day"),
    "successor": _("what came after"),
    "help": _("help"),
    "done": _("what is done"),
    "topic": _("topic"),
    "phrases": _("phrases"),
    "refines": _("vaguer tasks"),
    "needs_system": _("only with its system"),
    "hints": _("weaker phrases"),
    "innocent": _("other meanings"),
    "listed": _("offered to vendors"),
    "task": _("task"),
    "system": _("system"),
    "place": _("place"),
    "contact": _("whom to ask"),
    "valid_from": _("first day"),
    "valid_to": _("last day"),
    "wrong": _("wrong systems"),
    "also": _("further systems"),
    "wrong_agencies": _("wrong offices"),
    "maybe": _("offices that may be right"),
    "buyer_too": _("the contract's agency too"),
    "gap_before": _("why the gap"),
    "outside_life": _("why outside the system's life"),
    "confidence": _("how sure"),
    "note": _("note"),
    "reference": _("reference"),
    "sources": _("sources"),
}


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A system of record with its number and whether it holds today.

    `also` are further systems that serve the task, `wrong` the systems and offices that do not.
    """

    number: int
    row: SystemOfRecord
    where: str
    office: str | None
    holds_today: bool
    also: Sequence[str]
    wrong: Sequence[str]


@dataclass(frozen=True, slots=True)
class TaskLines:
    """A task and its systems of record: today's first, then the latest."""

    task: Task
    lines: Sequence[RecordLine]


def list_by_task(registry: Registry, today: date) -> list[TaskLines]:
    """Every task in its order, with its rows."""
    lines: dict[str, list[RecordLine]] = {code: [] for code in registry.tasks}
    for number, row in enumerate(registry.document.system_of_record, 1):
        lines[row.task].append(_line(number, row, registry, today))

    def latest_first(line: RecordLine) -> tuple[bool, int]:
        return not line.holds_today, -registry.first_day(line.row).toordinal()

    return [
        TaskLines(task, sorted(lines[code], key=latest_first))
        for code, task in registry.tasks.items()
    ]


def _line(number: int, row: SystemOfRecord, registry: Registry, today: date) -> RecordLine:
    holds = registry.system_of_record(row.task, today) is row
    where = registry.systems[row.system].name if row.system else row.place or ""
    office = registry.agencies[row.owner].acronym if row.owner else None
    also = [registry.systems[code].name for code in row.also]
    wrong = [registry.systems[code].name for code in row.wrong]
    wrong += [registry.agencies[code].acronym for code in row.wrong_agencies]
    return RecordLine(number, row, where, office, holds, also, wrong)


@dataclass(frozen=True, slots=True)
class Life:
    """A system and its life on a line from 0 to 100; `known` is false without a first day."""

    system: System
    owner: str
    successor: str | None
    begin: float
    length: float
    known: bool


def list_lives(registry: Registry, today: date) -> tuple[list[Life], int]:
    """Each system's life between the first launch that is known and today, and that year."""
    launches = [s.launched_on for s in registry.systems.values() if s.launched_on]
    first = min(launches, default=today)
    whole = max((today - first).days, 1)

    def place(day: date) -> float:
        return round(100 * min(max((day - first).days, 0), whole) / whole, 2)

    lives = []
    for system in registry.systems.values():
        begin, end = place(system.launched_on or first), place(system.retired_on or today)
        after = registry.systems.get(system.successor or "")
        owner = registry.agencies[system.owner].acronym
        length = max(round(end - begin, 2), 0.5)
        known = system.launched_on is not None
        lives.append(Life(system, owner, after.name if after else None, begin, length, known))
    return lives, first.year


def count_changes(changes: Sequence[RowChange]) -> list[tuple[str, int]]:
    """How many rows are new, removed, changed; what is none is left out."""
    counts = [(kind, sum(change.kind is kind for change in changes)) for kind in Kind]
    return [(str(KINDS[kind]), count) for kind, count in counts if count]
