"""Real public words through both doors. The texts stay outside the project."""

import json

import pytest
from domain import PASSAGES
from flask.testing import FlaskClient
from pages import Visitor

from app.tickets.models import Ticket
from app.tips.models import Tip

pytestmark = pytest.mark.skipif(
    not PASSAGES.exists(), reason="the passages are not here; set RIGHTDESK_DOMAIN to their folder"
)


@pytest.fixture
def passages() -> list[dict[str, str]]:
    return [json.loads(line) for line in PASSAGES.read_text(encoding="utf-8").splitlines()]


def test_the_case_that_began_it_all_is_answered_with_both_right_ways(
    client: FlaskClient, carry_out, passages
) -> None:
    text = next(p["text"] for p in passages if p["id"] == "p001")
    vendor = Visitor(client)
    address = vendor.file_ticket(text=text)
    carry_out()
    decision = Ticket.query.one().decision
    assert decision.queue_code == "mocs"
    [referral] = decision.referrals
    assert referral.told_by_code == "comptroller"
    assert (referral.from_system_code, referral.to_system_code) == ("passport", "vendex")
    assert referral.verdict == "misdirected"
    assert {answer["system"] for answer in decision.answers} == {"passport", "pip"}
    page = vendor.read(address)
    assert "PASSPort" in page
    assert "PIP" in page


def test_every_passage_goes_through_both_doors(client: FlaskClient, carry_out, passages) -> None:
    visitor = Visitor(client)
    for passage in passages:
        visitor.file_ticket(text=passage["text"])
        visitor.file_tip(passage["text"])
    carry_out()
    assert Ticket.query.filter(Ticket.queue_code.isnot(None)).count() == len(passages)
    assert Tip.query.filter(Tip.queue_code.isnot(None)).count() == len(passages)
