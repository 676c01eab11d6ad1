"""The life of a ticket, its summary, the mask of a name."""

import pytest

from app.tickets import workflow
from app.tickets.models import TicketState as State


def test_every_state_has_its_followers() -> None:
    assert set(workflow.NEXT) == set(State)
    assert not workflow.NEXT[State.CLOSED]
    assert not any(State.NEW in following for following in workflow.NEXT.values())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("new", "new"),
        ("open", "open"),
        ("pending", "open"),
        ("on hold", "open"),
        ("solved", "open"),
    ],
)
def test_a_requester_who_writes_wakes_the_ticket(before: str, after: str) -> None:
    assert workflow.after_requester_writes(State(before)) == after


def test_an_agent_who_replies_waits_for_the_requester() -> None:
    assert workflow.after_agent_replies(State.NEW) == State.PENDING
    assert workflow.after_agent_replies(State.SOLVED) == State.SOLVED


def test_a_summary_is_one_line_cut_between_words() -> None:
    assert workflow.summarise("  One\n two  three ") == "One two three"
    long = workflow.summarise("word " * 100)
    assert len(long) <= 122
    assert long.endswith("word …")


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("Rosa Delgado", "R••• D•••"),
        ("Cher", "C•••"),
        ("Ana Maria de la Cruz", "A••• C•••"),
        ("", "•••"),
    ],
)
def test_a_masked_name_shows_first_letters_only(name: str, mask: str) -> None:
    assert workflow.mask_name(name) == mask
