"""Change one row of a registry's document; what was given stays as it is. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

Document = Mapping[str, Sequence[dict[str, Any]]]

RECORDS = "system_of_record"
"""The section whose rows have no code: they go by their number."""


def find_row(document: Document, section: str, key: str) -> int | None:
    """Where the row stands that has the code, or for a system of record the number."""
    rows = document[section]
    if section != RECORDS:
        return next((index for index, row in enumerate(rows) if row["code"] == key), None)
    number = int(key) if key.isascii() and key.isdigit() else 0
    return number - 1 if 1 <= number <= len(rows) else None


def row_key(section: str, index: int, row: Mapping[str, Any]) -> str:
    """By what find_row finds the row again."""
    return str(index + 1) if section == RECORDS else str(row["code"])


def with_row(document: Document, section: str, index: int, row: dict[str, Any]) -> dict[str, Any]:
    """The document with another row in the place of one."""
    rows = document[section]
    return {**document, section: [*rows[:index], row, *rows[index + 1 :]]}


def with_new_row(
    document: Document, section: str, row: dict[str, Any]
) -> tuple[dict[str, Any], int]:
    """The document with a row more, and its place: behind others of its task, or last."""
    rows = document[section]
    alike = [i for i, other in enumerate(rows) if section == RECORDS and _same_task(other, row)]
    index = alike[-1] + 1 if alike else len(rows)
    return {**document, section: [*rows[:index], row, *rows[index:]]}, index


def without_row(document: Document, section: str, index: int) -> dict[str, Any]:
    """The document without one of its rows."""
    rows = document[section]
    return {**document, section: [*rows[:index], *rows[index + 1 :]]}


def _same_task(one: Mapping[str, Any], two: Mapping[str, Any]) -> bool:
    return one.get("task") == two.get("task")
