"""What a change of the registry is called, row by row."""

import tomllib
from typing import Any

import pytest
from registries import SMALL

from app.registry.changes import FieldChange, Kind, RowChange, list_changes


def changed(old: str, new: str) -> list[RowChange]:
    """What is found when the small file's text is changed."""
    assert old in SMALL
    return list_changes(tomllib.loads(SMALL), tomllib.loads(SMALL.replace(old, new, 1)))


def test_nothing_differs_from_itself() -> None:
    assert list_changes(tomllib.loads(SMALL), tomllib.loads(SMALL)) == []


def test_a_field_that_says_something_else_is_named_with_both() -> None:
    assert changed('name = "Ledger"', 'name = "Big Ledger"') == [
        RowChange(
            "system",
            Kind.CHANGED,
            "Big Ledger",
            (FieldChange("name", ("Ledger",), ("Big Ledger",)),),
        )
    ]


def test_of_a_list_only_what_differs_is_said() -> None:
    (change,) = changed('["big book"]', '["small book", "big book"]')
    assert change.fields == (FieldChange("aliases", (), ("small book",)),)


def test_a_dated_name_is_said_with_its_days() -> None:
    (change,) = changed('valid_from = "2000-01-01" }', 'valid_from = "2000-01-02" }')
    (field,) = change.fields
    assert field.taken == ("Department of Works (2000-01-01 to …)",)
    assert field.added == ("Department of Works (2000-01-02 to …)",)


def test_a_row_that_is_new_or_gone_is_named() -> None:
    row = '\n[[topic]]\ncode = "love"\nname = "Love"\n'
    (added,) = list_changes(tomllib.loads(SMALL), tomllib.loads(SMALL + row))
    (removed,) = list_changes(tomllib.loads(SMALL + row), tomllib.loads(SMALL))
    assert (added.section, added.kind, added.row) == ("topic", Kind.ADDED, "Love")
    assert (removed.section, removed.kind, removed.row) == ("topic", Kind.REMOVED, "Love")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('valid_to = "2009-12-31"', 'valid_to = "2008-12-31"', "valid_to"),
        ('valid_from = "2010-01-01"', 'valid_from = "2010-02-01"', "valid_from"),
        ('place = "the counter"', 'place = "the window"', "place"),
        ('system = "ledger"', 'place = "the desk"', "system"),
    ],
)
def test_a_system_of_record_is_known_again_whatever_changes(old: str, new: str, field: str) -> None:
    (change,) = changed(old, new)
    assert change.kind is Kind.CHANGED
    assert change.row.startswith("Be paid: ")
    assert field in [one.field for one in change.fields]


def test_an_order_that_matters_is_said_when_it_changes() -> None:
    def document(*codes: str) -> dict[str, Any]:
        return {"task": [{"code": code, "name": code} for code in codes]}

    assert list_changes(document("a", "b", "c"), document("c", "a", "b")) == [
        RowChange("task", Kind.ORDER, "")
    ]
    assert [c.kind for c in list_changes(document("a", "b"), document("x", "a", "b"))] == ["added"]
