"""Read and check a registry file (TOML). Pure: text in, registry or a list of faults out."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from pydantic import ValidationError

from app.registry.catalogue import (
    GENERAL_TRIAGE,
    Registry,
    RegistryDocument,
    SystemOfRecord,
)

_MOST_SHOWN = 30


class RegistryFileError(Exception):
    """The file cannot be accepted. `faults` names each row; the message is all of them."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        more = len(faults) - _MOST_SHOWN
        shown = faults[:_MOST_SHOWN] + ([f"… and {more} more"] if more > 0 else [])
        super().__init__("\n".join(shown))


def parse_registry(text: str, *, revision: int) -> Registry:
    """Parse and check a file; raise RegistryFileError naming each faulty row."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RegistryFileError([f"This is not TOML: {error}"]) from None
    registry = registry_from_document(content, revision)
    if faults := list(_faults(registry)):
        raise RegistryFileError(faults)
    return registry


def registry_from_document(document: dict[str, Any], revision: int) -> Registry:
    """Build a registry from its JSON document; raise RegistryFileError where shapes are wrong."""
    try:
        return Registry(RegistryDocument.model_validate(document), revision)
    except ValidationError as error:
        raise RegistryFileError(
            [_shape_fault(document, part["loc"], part["msg"]) for part in error.errors()]
        ) from None


def registry_to_document(registry: Registry) -> dict[str, Any]:
    """The registry as a JSON document, from which registry_from_document builds it again."""
    return registry.document.model_dump(mode="json", exclude_defaults=True)


def _shape_fault(document: dict[str, Any], place: tuple[int | str, ...], message: str) -> str:
    match place:
        case (str(section), int(number), *rest):
            row = document[section][number]
            name = row.get("code") or row.get("task") or "?" if isinstance(row, dict) else "?"
            where = ".".join(str(part) for part in rest)
            return f'{section} #{number + 1} ("{name}"), {where}: {message}'
        case _:
            return f"{'.'.join(str(part) for part in place)}: {message}"


def _faults(registry: Registry) -> Iterator[str]:
    yield from _repeated_codes(registry)
    yield from _all_unknown_codes(registry)
    yield from _bad_dates(registry)
    yield from _overlaps(registry)
    yield from _shared_aliases(registry)


def _repeated_codes(registry: Registry) -> Iterator[str]:
    document = registry.document
    for section in ("agency", "system", "topic", "task"):
        counts = Counter(row.code for row in getattr(document, section))
        yield from (f'{section} "{code}": is there twice' for code, n in counts.items() if n > 1)
    if GENERAL_TRIAGE in registry.agencies:
        yield f'agency "{GENERAL_TRIAGE}": this code is kept for the queue of that name'


def unknown_codes(
    row: str, kind: str, codes: Iterable[str | None], known: Iterable[str]
) -> Iterator[str]:
    """A sentence for each code of a row that is not known."""
    yield from (f'{row}: unknown {kind} "{c}"' for c in codes if c is not None and c not in known)


def _all_unknown_codes(registry: Registry) -> Iterator[str]:
    document, agencies, systems = registry.document, registry.agencies, registry.systems
    for system in document.system:
        row = f'system "{system.code}"'
        yield from unknown_codes(row, "agency", [system.owner], agencies)
        yield from unknown_codes(row, "system", [system.successor], systems)
    for task in document.task:
        yield from unknown_codes(f'task "{task.code}"', "topic", [task.topic], registry.topics)
    for number, record in enumerate(document.system_of_record, 1):
        row = _name(number, record)
        yield from unknown_codes(row, "task", [record.task], registry.tasks)
        yield from unknown_codes(row, "system", [record.system, *record.wrong], systems)
        yield from unknown_codes(row, "agency", [record.owner], agencies)
        if record.system is None and record.place is None:
            yield f"{row}: has neither a system nor a place"


def _name(number: int, record: SystemOfRecord) -> str:
    since = f", from {record.valid_from}" if record.valid_from else ""
    return f'system_of_record #{number} (task "{record.task}"{since})'


def _disordered(begin: date | None, end: date | None) -> bool:
    return begin is not None and end is not None and begin > end


def _bad_dates(registry: Registry) -> Iterator[str]:
    for agency in registry.document.agency:
        for dated in agency.names:
            if _disordered(dated.valid_from, dated.valid_to):
                yield f'agency "{agency.code}", name "{dated.name}": ends before it begins'
    for system in registry.document.system:
        if _disordered(system.launched_on, system.retired_on):
            yield f'system "{system.code}": was retired before it was launched'
    for number, record in enumerate(registry.document.system_of_record, 1):
        if _disordered(record.valid_from, record.valid_to):
            yield f"{_name(number, record)}: ends before it begins"


def _overlaps(registry: Registry) -> Iterator[str]:
    rows = list(enumerate(registry.document.system_of_record, 1))
    for index, (number, record) in enumerate(rows):
        for other_number, other in rows[index + 1 :]:
            if record.task == other.task and _overlap(record, other):
                yield f"{_name(other_number, other)}: overlaps #{number} of the same task"


def _overlap(one: SystemOfRecord, two: SystemOfRecord) -> bool:
    starts_in_time = (one.valid_from or date.min) <= (two.valid_to or date.max)
    return starts_in_time and (two.valid_from or date.min) <= (one.valid_to or date.max)


def _shared_aliases(registry: Registry) -> Iterator[str]:
    owners: dict[str, str] = {}
    named = [("agency", a.code, (*a.aliases, a.acronym)) for a in registry.document.agency]
    named += [("system", s.code, (*s.aliases, s.name)) for s in registry.document.system]
    for section, code, aliases in named:
        for alias in {" ".join(alias.casefold().split()) for alias in aliases}:
            holder = owners.setdefault(alias, f'{section} "{code}"')
            if holder != f'{section} "{code}"':
                yield f'{section} "{code}": the alias "{alias}" belongs to {holder} already'
