"""What another registry may not leave behind: rules without what they name, desks with work."""

from uuid import uuid4

import pytest
from factories import make_ticket
from flask import Flask

from app.cases.left_behind import refuse_to_leave_behind
from app.registry import queries
from app.registry.catalogue import Registry
from app.registry.editing import find_row, with_row, without_row
from app.registry.faults import RegistryFileError
from app.registry.file import registry_from_document, registry_to_document
from app.tips import service as tips


def without_desk(code: str) -> Registry:
    """The registry in force, where an agency has no desk."""
    document = registry_to_document(queries.get_current_registry())
    index = find_row(document, "agency", code)
    assert index is not None
    row = {name: value for name, value in document["agency"][index].items() if name != "desk"}
    return registry_from_document(with_row(document, "agency", index, row), 0)


def test_the_registry_in_force_leaves_nothing_behind(app: Flask) -> None:
    refuse_to_leave_behind(queries.get_current_registry())


def test_a_desk_without_work_may_close(app: Flask) -> None:
    refuse_to_leave_behind(without_desk("tlc"))


def test_a_desk_with_work_stays_and_of_tips_no_number_is_said(app: Flask, carry_out) -> None:
    make_ticket("I forgot my PIP password.")
    tips.file_tip(tips.TipFiling(uuid4(), "I forgot my PIP password."))
    carry_out()
    with pytest.raises(RegistryFileError, match="work \\(1 unfinished tickets and open tips\\)"):
        refuse_to_leave_behind(without_desk("fisa"))


def test_what_a_rule_names_stays(app: Flask) -> None:
    document = registry_to_document(queries.get_current_registry())
    index = find_row(document, "agency", "sca")
    assert index is not None
    wanted = registry_from_document(without_row(document, "agency", index), 0)
    with pytest.raises(RegistryFileError, match='unknown agency "sca"'):
        refuse_to_leave_behind(wanted)
