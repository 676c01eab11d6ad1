"""What differs between two registries, row by row and field by field. Pure.

Works on documents, so that revisions of an older form can be compared too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Document = Mapping[str, Sequence[Mapping[str, Any]]]
Row = Mapping[str, Any]

SECTIONS = ("system_of_record", "agency", "system", "task", "topic")
"""As they are shown: what vendors are told comes first."""


class Kind(StrEnum):
    """What happened to a row."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field, what it says no more, and what it says now."""

    field: str
    taken: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that is new, gone or different. `row` is how it is called, empty for an order."""

    section: str
    kind: Kind
    row: str
    fields: tuple[FieldChange, ...] = field(default=())


def list_changes(before: Document, after: Document) -> list[RowChange]:
    """Every difference, by section, in the order of the rows."""
    return [change for section in SECTIONS for change in _section(section, before, after)]


def row_name(section: str, row: Row, *documents: Document) -> str:
    """How a row is called; a system of record by the names that the documents give."""
    if section != "system_of_record":
        return str(row.get("acronym") or row.get("name") or row.get("code"))
    task = _named("task", row.get("task"), documents)
    where = row.get("place") or _named("system", row.get("system"), documents)
    since = f", {row['valid_from']}" if row.get("valid_from") else ""
    return f"{task}: {where}{since}"


def _named(section: str, code: Any, documents: Sequence[Document]) -> str:
    rows = (row for document in documents for row in document.get(section, ()))
    return next((str(row.get("name")) for row in rows if row.get("code") == code), str(code))


def _section(section: str, before: Document, after: Document) -> Iterator[RowChange]:
    pairs = _pairs(section, before.get(section, ()), after.get(section, ()))
    for old, new in pairs:
        if old == new:
            continue
        kind = Kind.CHANGED if old and new else Kind.ADDED if new else Kind.REMOVED
        name = row_name(section, new or old or {}, after, before)
        yield RowChange(section, kind, name, _fields(old or {}, new or {}))
    rows = before.get(section, ())
    stayed = [_place(old, rows) for old, new in pairs if old is not None and new is not None]
    if stayed != sorted(stayed):
        yield RowChange(section, Kind.ORDER, "")


def _place(row: Row, rows: Sequence[Row]) -> int:
    return next(index for index, other in enumerate(rows) if other is row)


_KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "system_of_record": (
        ("task", "valid_from", "valid_to", "system", "place", "owner"),
        ("task", "valid_from"),
        ("task", "system", "place"),
        ("task",),
    )
}
"""By which fields a row is known again, the surest first; rows of other sections by their code."""


def _pairs(
    section: str, before: Sequence[Row], after: Sequence[Row]
) -> list[tuple[Row | None, Row | None]]:
    """Each row with what it was before; rows that are gone come last."""
    waiting = list(before)
    found: dict[int, Row] = {}
    for fields in _KEYS.get(section, (("code",),)):
        for index, new in enumerate(after):
            if index in found:
                continue
            key = [new.get(name) for name in fields]
            for place, old in enumerate(waiting):
                if [old.get(name) for name in fields] == key:
                    found[index] = waiting.pop(place)
                    break
    return [(found.get(i), new) for i, new in enumerate(after)] + [(old, None) for old in waiting]


def _fields(old: Row, new: Row) -> tuple[FieldChange, ...]:
    names = dict.fromkeys((*new, *old))
    return tuple(_field(n, old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n))


def _field(name: str, old: Any, new: Any) -> FieldChange:
    was, now = _texts(old), _texts(new)
    taken = tuple(text for text in was if text not in now)
    return FieldChange(name, taken, tuple(text for text in now if text not in was))


def _texts(value: Any) -> tuple[str, ...]:
    match value:
        case None:
            return ()
        case list() | tuple():
            return tuple(text for part in value for text in _texts(part))
        case dict():
            days = (value.get("valid_from"), value.get("valid_to"))
            dated = f" ({days[0] or '…'} to {days[1] or '…'})" if any(days) else ""
            gap = f", {value['gap_before']}" if value.get("gap_before") else ""
            return (f"{value.get('name')}{dated}{gap}",)
        case bool():
            return ("yes" if value else "no",)
    return (str(value),)
