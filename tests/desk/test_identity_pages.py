"""Identities on pages: agents ask and read, custodians decide and see nothing of the tip."""

import re
from collections.abc import Callable

import pytest
from factories import PASSPHRASE, PASSWORD, make_agent, make_custodian
from flask.testing import FlaskClient
from pages import Visitor, hidden_fields

from app.accounts import service as accounts
from app.accounts.models import RoleName
from app.cases import identity_shares
from app.extensions import db
from app.tips.models import IdentityRequest, RequestState, Tip

TEXT = "The inspector takes a bribe for every permit."
CONTACT = "Maria, 212 555 0177"
REASON = "The district attorney needs a witness."


def _staff(client: FlaskClient, email: str) -> Visitor:
    visitor = Visitor(client)
    visitor.sign_in(email)
    visitor.set_up_vault(PASSPHRASE)
    return visitor


@pytest.fixture
def custodian(client) -> Visitor:
    make_custodian()
    return _staff(client, "custodian@rightdesk.example")


@pytest.fixture
def agent(custodian, other_client) -> Visitor:
    make_agent("doi")
    return _staff(other_client, "agent@rightdesk.example")


@pytest.fixture
def address(agent, custodian, client_factory, carry_out) -> str:
    """The page of a tip with an identity."""
    Visitor(client_factory()).file_tip(TEXT, contact=CONTACT)
    carry_out()
    return f"/desk/tip/{Tip.query.one().id}"


def _ask(agent: Visitor, address: str, reason: str = REASON):
    return agent.send(f"{address}/identity", {"reason": reason}, to=f"{address}/identity")


def _follow(visitor: Visitor, answer):
    """Where an answer leads."""
    return visitor.client.get(answer.headers["Location"])


def _decide(custodian: Visitor, act: str, follow: bool = True):
    to = f"/desk/identities/{IdentityRequest.query.one().id}/{act}"
    return custodian.send("/desk/identities", {}, to=to, follow=follow)


def test_asked_approved_and_read(agent, custodian, address) -> None:
    answer = _ask(agent, address)
    assert answer.status_code == 303
    assert answer.headers["Location"] == address
    assert "has not decided yet" in agent.read(f"{address}/identity")
    page = custodian.read("/desk/identities")
    assert "Avery Agent" in page
    assert "Department of Investigation" in page
    assert REASON in page
    assert "Approved." in _decide(custodian, "approve").text
    assert CONTACT not in agent.read(f"{address}/identity")
    answer = agent.send(f"{address}/identity", {}, to=f"{address}/identity/read")
    assert CONTACT in answer.text
    assert "identity read" in agent.read(address)


def test_a_custodian_sees_nothing_of_the_tip_and_not_the_identity(
    agent, custodian, address
) -> None:
    _ask(agent, address)
    _decide(custodian, "approve")
    page = custodian.read("/desk/identities")
    for sealed in ("inspector", "permit", CONTACT, "Maria"):
        assert sealed not in page
    for closed in (address, f"{address}/identity", "/desk/queue/doi", "/desk/queue/doi/tips"):
        assert custodian.client.get(closed).status_code == 403


def test_refused_the_agent_sees_who_refused_and_may_ask_again(agent, custodian, address) -> None:
    _ask(agent, address)
    assert "stays sealed" in _decide(custodian, "refuse").text
    page = agent.read(f"{address}/identity")
    assert "Cruz Custodian refused your request" in page
    assert "Ask a custodian" in page
    assert _ask(agent, address).status_code == 303


def test_a_reason_is_needed_and_one_too_long_is_kept(agent, address) -> None:
    assert "a custodian decides by it" in _ask(agent, address, "  ").text
    answer = _ask(agent, address, "x" * 2001)
    assert answer.status_code == 422
    assert "x" * 2001 in answer.text
    assert IdentityRequest.query.count() == 0


def test_a_second_request_says_that_one_is_open(agent, address) -> None:
    stale = hidden_fields(agent.read(f"{address}/identity"), f"{address}/identity")
    _ask(agent, address)
    answer = agent.client.post(f"{address}/identity", data=stale | {"reason": REASON})
    assert answer.status_code == 409
    assert "You have asked for this already." in answer.text


def test_reading_without_an_approval_shows_nothing(agent, custodian, address) -> None:
    fields = hidden_fields(agent.read(f"{address}/identity"), f"{address}/identity")
    answer = agent.client.post(f"{address}/identity/read", data=fields)
    assert answer.status_code == 303
    assert "not open to you" in agent.client.get(answer.headers["Location"]).text


def test_after_a_day_the_page_shows_nothing_more(agent, custodian, address, still_clock) -> None:
    _ask(agent, address)
    _decide(custodian, "approve")
    stale = hidden_fields(agent.read(f"{address}/identity"), f"{address}/identity/read")
    still_clock.forward(hours=24)
    for visitor, email in ((agent, "agent"), (custodian, "custodian")):
        visitor.client.post("/staff/sign-out")
        visitor.sign_in(f"{email}@rightdesk.example")
        visitor.send("/desk/vault", {"passphrase": PASSPHRASE}, to="/desk/vault/unlock")
    stale |= hidden_fields(agent.read(f"{address}/identity"), f"{address}/identity")
    answer = _follow(agent, agent.client.post(f"{address}/identity/read", data=stale))
    assert CONTACT not in answer.text
    assert "is sealed again" in answer.text
    identity_shares.expire_identities()
    db.session.remove()
    assert "approved" in custodian.read("/desk/identities")


@pytest.fixture
def second(agent, custodian, client_factory) -> Visitor:
    """Another custodian, whom the first has granted."""
    make_custodian("second@rightdesk.example")
    visitor = _staff(client_factory(), "second@rightdesk.example")
    to = re.search(r'action="(/desk/vault/grant/[^"]+)"', custodian.read("/desk/vault"))
    assert to
    custodian.send("/desk/vault", {}, to=to[1])
    return visitor


def test_the_slower_of_two_custodians_is_told_that_it_was_decided(
    agent, custodian, second, address
) -> None:
    _ask(agent, address)
    to = f"/desk/identities/{IdentityRequest.query.one().id}/refuse"
    stale = hidden_fields(second.read("/desk/identities"), to)
    _decide(custodian, "approve")
    answer = _follow(second, second.client.post(to, data=stale))
    assert "This request was decided already." in answer.text
    assert IdentityRequest.query.one().state == RequestState.APPROVED


def test_a_custodian_whom_nobody_granted_is_told_whom_to_ask(
    agent, custodian, address, client_factory
) -> None:
    _ask(agent, address)
    make_custodian("new@rightdesk.example")
    new = _staff(client_factory(), "new@rightdesk.example")
    page = new.read("/desk/identities")
    assert "Your vault cannot open the reason yet." in page
    assert REASON not in page
    assert "Ask a fellow custodian to grant it." in _decide(new, "approve").text
    assert IdentityRequest.query.one().state == RequestState.ASKED


def test_a_request_whose_tip_is_gone_is_said_to_be_gone(agent, custodian, address) -> None:
    _ask(agent, address)
    to = f"/desk/identities/{IdentityRequest.query.one().id}/approve"
    stale = hidden_fields(custodian.read("/desk/identities"), to)
    db.session.delete(Tip.query.one())
    db.session.commit()
    answer = _follow(custodian, custodian.client.post(to, data=stale))
    assert "its tip is gone" in answer.text


def test_ones_own_request_has_no_buttons(custodian, client_factory, carry_out) -> None:
    accounts.create_user(
        "both@rightdesk.example", "Both", PASSWORD, [RoleName.AGENT, RoleName.CUSTODIAN], ["doi"]
    )
    both = _staff(client_factory(), "both@rightdesk.example")
    Visitor(client_factory()).file_tip(TEXT, contact=CONTACT)
    carry_out()
    address = f"/desk/tip/{Tip.query.one().id}"
    _ask(both, address)
    page = both.read("/desk/identities")
    assert "another custodian has to decide" in page
    assert "/approve" not in page
    to = f"/desk/identities/{IdentityRequest.query.one().id}/approve"
    fields = hidden_fields(both.read("/desk/vault"))
    answer = _follow(both, both.client.post(to, data=fields))
    assert "Nobody decides on their own request." in answer.text


def test_an_agent_of_another_desk_finds_no_such_tip(agent, address, client_factory) -> None:
    make_agent("mocs", email="mocs@rightdesk.example")
    stranger = _staff(client_factory(), "mocs@rightdesk.example")
    assert stranger.client.get(f"{address}/identity").status_code == 404
    fields = hidden_fields(stranger.read("/desk/vault"))
    for act in ("", "/read"):
        answer = stranger.client.post(f"{address}/identity{act}", data=fields | {"reason": "x"})
        assert answer.status_code == 404


def test_a_tip_without_an_identity_says_so_and_offers_no_form(
    agent, client_factory, carry_out
) -> None:
    Visitor(client_factory()).file_tip(TEXT)
    carry_out()
    page = agent.read(f"/desk/tip/{Tip.query.one().id}/identity")
    assert "left no identity" in page
    assert "<textarea" not in page


def test_a_custodian_is_led_to_the_identities_after_signing_in(custodian) -> None:
    assert custodian.client.get("/desk/").headers["Location"] == "/desk/identities"
    page = custodian.read("/desk/identities")
    assert "Nothing waits here." in page
    assert ">Queues</a>" not in page


def test_an_agent_sees_no_identities(agent) -> None:
    assert ">Identities</a>" not in agent.read("/desk/")
    assert agent.client.get("/desk/identities").status_code == 403


@pytest.mark.parametrize("role", ["agent", "custodian"])
def test_locked_everything_leads_to_the_vault(
    role: str, agent, custodian, address, request
) -> None:
    visitor: Visitor = request.getfixturevalue(role)
    page = "/desk/identities" if role == "custodian" else f"{address}/identity"
    visitor.send("/desk/vault", {}, to="/desk/vault/lock")
    answer = visitor.client.get(page)
    assert answer.headers["Location"] == f"/desk/vault?next={page}"


def test_a_stranger_is_asked_to_sign_in(address, client_factory: Callable[[], FlaskClient]):
    client = client_factory()
    for page in ("/desk/identities", f"{address}/identity"):
        assert "/staff/sign-in" in client.get(page).headers["Location"]


def test_a_stale_page_decides_nothing(agent, custodian, address) -> None:
    _ask(agent, address)
    to = f"/desk/identities/{IdentityRequest.query.one().id}/approve"
    assert custodian.client.post(to).status_code == 400
    assert IdentityRequest.query.one().state == RequestState.ASKED
