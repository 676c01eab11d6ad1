"""By which name an office is called: of today for where to go, of its day for what happened."""

from datetime import UTC, datetime

import pytest
from factories import make_ticket
from flask import Flask

from app.routing import wording
from app.routing.models import DecisionRecord

OLD, NEW = "Mayor's Office of Contract Services (MOCS)", "Office of Contract Services (MOCS)"


@pytest.fixture
def decision(app: Flask, still_clock, carry_out) -> DecisionRecord:
    """Made when MOCS had its old name, read when it has the new one."""
    still_clock.now = datetime(2026, 5, 20, 14, tzinfo=UTC)
    make_ticket("MOCS told us to file our questionnaires in Vendex.")
    carry_out()
    still_clock.now = datetime(2026, 6, 15, 14, tzinfo=UTC)
    return DecisionRecord.query.one()


@pytest.mark.parametrize("for_staff", [True, False])
def test_what_happened_keeps_the_name_of_its_day(
    decision: DecisionRecord, *, for_staff: bool
) -> None:
    (referral,) = wording.outcome(decision, for_staff=for_staff).referrals
    assert OLD in referral.sentence


def test_where_to_go_has_the_name_of_today(decision: DecisionRecord) -> None:
    found = wording.outcome(decision)
    assert found.desk == NEW == wording.desk_name("mocs") == wording.desk_names()["mocs"]
    assert found.answers
    for answer in found.answers:
        assert answer.office == NEW
        assert OLD not in answer.sentence
