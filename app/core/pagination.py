"""Keyset pages: a page begins after the last row of the one before, so none is slow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page, and whether more follow."""

    rows: Sequence[Row]
    more: bool


def page_of(rows: Sequence[Row], size: int = PAGE_SIZE) -> Page[Row]:
    """Make a page of rows fetched with LIMIT size + 1."""
    return Page(rows=rows[:size], more=len(rows) > size)
