"""Many rows in one statement, past the session's own objects."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, insert

from app.extensions import Base, db


def table_of(model: type[Base]) -> Table:
    """A model's table, for statements that leave the session's objects alone."""
    return cast("Table", model.__table__)


def insert_rows(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; none is no statement."""
    if rows:
        db.session.execute(insert(table_of(model)), rows)
