"""Whether the days of a registry fit together: order, overlaps, gaps, lives of systems. Pure."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from app.registry.catalogue import Agency, DatedName, Registry, System, SystemOfRecord
from app.registry.faults import Fault, record_name

Dated = tuple[int, SystemOfRecord]
Days = tuple[date, date]


def faults_of_days(registry: Registry) -> Iterator[Fault]:
    """Every fault of days, with its row."""
    for index, agency in enumerate(registry.document.agency):
        yield from _names(index, agency)
    for index, system in enumerate(registry.document.system):
        if _disordered(system.launched_on, system.retired_on):
            words = "was retired before it was launched"
            yield Fault("system", index, f'system "{system.code}"', words, "retired_on")
    for index, record in enumerate(registry.document.system_of_record):
        if _disordered(record.valid_from, record.valid_to):
            yield _fault((index, record), "ends before it begins", "valid_to")
            continue
        system_of = registry.systems.get(record.system or "")
        if system_of and not _disordered(system_of.launched_on, system_of.retired_on):
            yield from _life((index, record), system_of)
    yield from _tasks(registry)


def _disordered(begin: date | None, end: date | None) -> bool:
    return begin is not None and end is not None and begin > end


def _fault(row: Dated, words: str, field: str) -> Fault:
    return Fault("system_of_record", row[0], record_name(*row), words, field)


def _names(index: int, agency: Agency) -> Iterator[Fault]:
    """Faults of one agency's dated names: each ends on the day before the next begins."""
    for dated in agency.names:
        if _disordered(dated.valid_from, dated.valid_to):
            yield _name_fault(index, agency, dated, "ends before it begins")
            return
    ordered = sorted(agency.names, key=lambda dated: dated.valid_from or date.min)
    for before, after in pairwise(ordered):
        words = _between(_days(before), _days(after), after.gap_before, f'"{before.name}"')
        if words:
            yield _name_fault(index, agency, after, words)
    if ordered[0].gap_before:
        yield _name_fault(index, agency, ordered[0], "gap_before: no name comes before it")


def _name_fault(index: int, agency: Agency, dated: DatedName, words: str) -> Fault:
    row = f'agency "{agency.code}", name "{dated.name}"'
    return Fault("agency", index, row, words, "names")


def _days(dated: DatedName) -> Days:
    return dated.valid_from or date.min, dated.valid_to or date.max


def _between(before: Days, after: Days, reason: str | None, name: str) -> str | None:
    """What is wrong with the days between two neighbours, the earlier called `name`."""
    if after[0] <= before[1]:
        return f"overlaps {name}"
    gap = after[0] - before[1] > timedelta(days=1)
    if gap and not reason:
        first, last = before[1] + timedelta(days=1), after[0] - timedelta(days=1)
        return f"nothing holds from {first} to {last}, after {name}; if so, say why in gap_before"
    if reason and not gap:
        return f"gap_before: there is no gap after {name}"
    return None


def _life(row: Dated, system: System) -> Iterator[Fault]:
    """A row's days lie within those of its system, or the row says why not."""
    _index, record = row
    words, field = _outside(record, system)
    if words and not record.outside_life:
        yield _fault(row, f"{words}; if so, say why in outside_life", field)
    if record.outside_life and not words:
        yield _fault(row, "outside_life: its days are those of its system", "outside_life")


def _outside(record: SystemOfRecord, system: System) -> tuple[str, str]:
    launched, retired = system.launched_on, system.retired_on
    if launched and record.valid_from and record.valid_from < launched:
        return f'begins before "{system.code}" was launched, on {launched}', "valid_from"
    if launched and record.valid_to and record.valid_to < launched:
        return f'ends before "{system.code}" was launched, on {launched}', "valid_to"
    if retired and (record.valid_to is None or record.valid_to > retired):
        return f'goes on after "{system.code}" was retired, on {retired}', "valid_to"
    return "", ""


def _tasks(registry: Registry) -> Iterator[Fault]:
    """Overlaps and gaps among the rows of each task."""
    rows: dict[str, list[Dated]] = defaultdict(list)
    for row in enumerate(registry.document.system_of_record):
        if not _disordered(row[1].valid_from, row[1].valid_to):
            rows[row[1].task].append(row)
    for of_task in rows.values():
        ordered = sorted(of_task, key=lambda row: registry.first_day(row[1]))
        yield from _neighbours(ordered, registry)


def _neighbours(ordered: list[Dated], registry: Registry) -> Iterator[Fault]:
    """Faults between each row of one task and that which lasts longest of those before it."""
    lasts: Dated | None = None
    for row in ordered:
        first, reason = registry.first_day(row[1]), row[1].gap_before
        days = (first, row[1].valid_to or date.max)
        if lasts is None:
            if reason:
                yield _fault(row, "gap_before: no row of its task comes before it", "gap_before")
        else:
            before = (date.min, lasts[1].valid_to or date.max)
            if words := _between(before, days, reason, f"#{lasts[0] + 1} of the same task"):
                yield _fault(row, words, "valid_from")
        if lasts is None or days[1] > (lasts[1].valid_to or date.max):
            lasts = row
