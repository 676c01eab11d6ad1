"""A member's vault on its page: set up, locked, unlocked, changed, lost, left."""

import re

import pytest
from factories import PASSPHRASE, make_agent
from flask.testing import FlaskClient
from pages import Visitor

from app.core import background
from app.vault.models import KeyKind, MemberVault, SealingKey

OTHER = "copper meadow thunder violin"


@pytest.fixture
def agent(client: FlaskClient) -> Visitor:
    make_agent("mocs", "doi")
    visitor = Visitor(client)
    visitor.sign_in("agent@rightdesk.example")
    return visitor


def _unlock(visitor: Visitor, passphrase: str = PASSPHRASE):
    return visitor.send("/desk/vault", {"passphrase": passphrase}, to="/desk/vault/unlock")


def _lock(visitor: Visitor) -> None:
    assert visitor.send("/desk/vault", {}, to="/desk/vault/lock").status_code == 303


def test_a_new_member_sets_a_passphrase_and_can_open_the_desks(agent) -> None:
    assert "not set up" in agent.read("/desk/vault")
    agent.set_up_vault()
    page = agent.read("/desk/vault")
    assert "unlocked" in page
    assert page.count("can open it") == 2


@pytest.mark.parametrize(
    ("passphrase", "again", "message"),
    [
        ("short one", "short one", "at least 12 characters"),
        ("averyagent2026", "averyagent2026", "too easy to guess"),
        ("x" * 80, "x" * 80, "at most 72 characters"),
        (PASSPHRASE, OTHER, "not the same"),
        ("", "", "Please enter it."),
    ],
)
def test_a_weak_or_mistyped_passphrase_is_refused(agent, passphrase, again, message) -> None:
    answer = agent.send(
        "/desk/vault",
        {"passphrase": passphrase, "again": again},
        to="/desk/vault/passphrase",
    )
    assert answer.status_code == 422
    assert message in answer.text
    assert MemberVault.query.count() == 0


def test_locked_and_unlocked_again_it_goes_on_to_the_page_that_needed_it(agent) -> None:
    agent.set_up_vault()
    _lock(agent)
    answer = agent.client.get("/desk/queue/doi/tips")
    assert answer.headers["Location"] == "/desk/vault?next=/desk/queue/doi/tips"
    answer = agent.send(
        answer.headers["Location"], {"passphrase": PASSPHRASE}, to="/desk/vault/unlock"
    )
    assert answer.headers["Location"] == "/desk/queue/doi/tips"
    assert agent.client.get("/desk/queue/doi/tips").status_code == 200


@pytest.mark.parametrize("to", ["//evil.example/desk/", "https://evil.example", "/tip"])
def test_unlocking_leads_nowhere_but_to_the_desk(agent, to) -> None:
    agent.set_up_vault()
    _lock(agent)
    answer = agent.send(
        f"/desk/vault?next={to}", {"passphrase": PASSPHRASE}, to="/desk/vault/unlock"
    )
    assert answer.headers["Location"] == "/desk/vault"


def test_a_wrong_passphrase_opens_nothing_and_guessing_is_limited(agent) -> None:
    agent.set_up_vault()
    _lock(agent)
    for _ in range(5):
        assert "not your vault passphrase" in _unlock(agent, OTHER).text
    assert "Too many tries" in _unlock(agent).text


def test_it_locks_by_itself_when_it_is_not_used(agent) -> None:
    agent.set_up_vault()
    [key] = background.connection().keys("rightdesk:unlocked:*")
    assert 0 < background.connection().ttl(key) <= 15 * 60
    background.connection().delete(key)  # what Redis does at the end of that time
    assert agent.client.get("/desk/queue/doi/tips").status_code == 303


def test_it_locks_at_the_latest_after_twelve_hours(agent, still_clock) -> None:
    agent.set_up_vault()
    still_clock.forward(hours=12, seconds=1)
    assert agent.client.get("/desk/queue/doi/tips").status_code == 303


def test_signing_out_locks_it(agent) -> None:
    agent.set_up_vault()
    agent.client.post("/staff/sign-out")
    assert background.connection().keys("rightdesk:unlocked:*") == []


def test_it_stays_unlocked_when_the_web_server_is_another(agent, restarted_app) -> None:
    agent.set_up_vault()
    elsewhere = restarted_app.test_client()
    for cookie in agent.client._cookies.values():
        elsewhere.set_cookie(cookie.key, cookie.value, path=cookie.path)
    assert elsewhere.get("/desk/queue/doi/tips").status_code == 200


def test_neither_redis_nor_the_cookie_holds_the_key(agent) -> None:
    agent.set_up_vault()
    [key] = background.connection().keys("rightdesk:unlocked:*")
    cookie = agent.client.get_cookie("rightdesk_vault", path="/").value
    assert cookie.encode() not in key + background.connection().get(key)
    background.connection().set(key, b"\x01" + bytes(150))
    assert agent.client.get("/desk/queue/doi/tips").status_code == 303, "the box is what it opens"


def test_the_cookie_of_another_member_opens_nothing(agent, other_client) -> None:
    agent.set_up_vault()
    stolen = agent.client.get_cookie("rightdesk_vault", path="/").value
    make_agent("doi", email="thief@rightdesk.example")
    thief = Visitor(other_client)
    thief.sign_in("thief@rightdesk.example")
    thief.client.set_cookie("rightdesk_vault", stolen, path="/")
    assert thief.client.get("/desk/queue/doi/tips").status_code == 303


def test_a_changed_passphrase_opens_the_same_and_the_old_one_nothing(agent) -> None:
    agent.set_up_vault()
    answer = agent.send(
        "/desk/vault",
        {"old": PASSPHRASE, "passphrase": OTHER, "again": OTHER},
        to="/desk/vault/change",
    )
    assert answer.status_code == 303
    _lock(agent)
    assert _unlock(agent).status_code == 422
    assert _unlock(agent, OTHER).status_code == 303
    assert agent.read("/desk/vault").count("can open it") == 2


def test_to_change_it_takes_the_old_one(agent) -> None:
    agent.set_up_vault()
    answer = agent.send(
        "/desk/vault",
        {"old": OTHER, "passphrase": OTHER, "again": OTHER},
        to="/desk/vault/change",
    )
    assert answer.status_code == 422


def test_a_lost_passphrase_costs_access_until_a_fellow_member_grants_it(
    agent, other_client
) -> None:
    agent.set_up_vault()
    make_agent("doi", email="fellow@rightdesk.example")
    fellow = Visitor(other_client)
    fellow.sign_in("fellow@rightdesk.example")
    fellow.set_up_vault(OTHER)
    assert "wait for a fellow member" in fellow.read("/desk/vault")
    _grant(agent)
    assert "can open it" in fellow.read("/desk/vault")
    agent.set_up_vault()  # the first member begins anew
    assert agent.read("/desk/vault").count("can open it") == 1, "alone at mocs: a new key"
    _grant(fellow)
    assert agent.read("/desk/vault").count("can open it") == 2


def _grant(visitor: Visitor) -> None:
    address = re.search(r'action="(/desk/vault/grant/[^"]+)"', visitor.read("/desk/vault"))
    assert address
    assert visitor.send("/desk/vault", {}, to=address[1]).status_code == 303


def test_leaving_a_desk_changes_its_key(agent, other_client) -> None:
    agent.set_up_vault()
    make_agent("doi", email="fellow@rightdesk.example")
    fellow = Visitor(other_client)
    fellow.sign_in("fellow@rightdesk.example")
    fellow.set_up_vault(OTHER)
    _grant(agent)
    assert agent.send("/desk/vault", {}, to="/desk/vault/leave/doi").status_code == 303
    versions = SealingKey.query.filter_by(kind=KeyKind.DESK, holder="doi")
    assert sorted(key.version for key in versions) == [1, 2]
    assert "can open it" in fellow.read("/desk/vault")
    assert agent.client.get("/desk/queue/doi/tips").status_code == 404


def test_guessing_the_old_passphrase_to_change_it_is_limited_too(agent) -> None:
    agent.set_up_vault()
    for _ in range(6):
        answer = agent.send(
            "/desk/vault",
            {"old": OTHER, "passphrase": OTHER, "again": OTHER},
            to="/desk/vault/change",
        )
    assert "Too many tries" in answer.text
