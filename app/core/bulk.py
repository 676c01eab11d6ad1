"""Many rows in one statement, past the session's own objects."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ARRAY, ColumnElement, Table, any_, insert, literal
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import Base, db


def table_of(model: type[Base]) -> Table:
    """A model's table, for statements that leave the session's objects alone."""
    return cast("Table", model.__table__)


def insert_rows(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; none is no statement."""
    if rows:
        db.session.execute(insert(table_of(model)), rows)


def among(column: InstrumentedAttribute[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """As `column.in_(values)`, for hundreds: they are one parameter, not one each."""
    return column == any_(literal(list(values), ARRAY(column.type)))
