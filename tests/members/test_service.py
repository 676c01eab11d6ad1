"""Vaults of staff: unlocking, staying unlocked, and what thieves of one half find."""

import base64

import pytest
from factories import PASSPHRASE, make_agent, open_vault

from app.accounts.models import User
from app.core import background
from app.core.errors import RefusedError
from app.extensions import db
from app.members import service
from app.members.circles import CUSTODIANS, desk
from app.vault import member_vaults, queries, shared_keys
from app.vault.models import KeyKind
from app.vault.openers import Holder

WRONG = "not the passphrase of anybody"


@pytest.fixture
def member(app) -> User:
    user = make_agent("doi")
    open_vault(user)
    return user


# Unlocking


def test_the_right_passphrase_unlocks(member) -> None:
    cookie = service.unlock(member, PASSPHRASE)
    opener = service.find_opener(member, cookie)
    assert isinstance(opener, Holder)
    assert opener.find_private(queries.find_current_key(KeyKind.DESK, "doi").id)


def test_after_five_wrong_tries_the_right_one_has_to_wait_too(member) -> None:
    for _ in range(service.TRIES):
        with pytest.raises(RefusedError, match="not your vault passphrase"):
            service.unlock(member, WRONG)
    with pytest.raises(RefusedError, match="Too many tries"):
        service.unlock(member, PASSPHRASE)
    name = f"rightdesk:unlock-tries:{member.id}"
    assert 0 < background.connection().ttl(name) <= service.TRIES_WITHIN
    background.forget(name)
    assert service.unlock(member, PASSPHRASE)


def test_a_success_forgets_the_wrong_tries(member) -> None:
    for _ in range(3):
        for _ in range(service.TRIES - 1):
            with pytest.raises(RefusedError):
                service.unlock(member, WRONG)
        service.unlock(member, PASSPHRASE)


def test_tries_of_one_member_do_not_lock_another(member) -> None:
    other = make_agent("doi", email="other@rightdesk.example")
    open_vault(other)
    for _ in range(service.TRIES + 1):
        with pytest.raises(RefusedError):
            service.unlock(member, WRONG)
    assert service.unlock(other, PASSPHRASE)


# Staying unlocked


def test_an_idle_vault_locks_by_itself_and_each_look_puts_it_off(member) -> None:
    cookie, redis = service.unlock(member, PASSPHRASE), background.connection()
    [name] = redis.scan_iter("rightdesk:unlocked:*")
    assert 0 < redis.ttl(name) <= service.UNLOCKED.idle
    redis.expire(name, 5)
    assert service.find_opener(member, cookie)
    assert redis.ttl(name) > 5
    redis.pexpire(name, 0)
    assert service.find_opener(member, cookie) is None


def test_after_twelve_hours_a_vault_locks_however_busy(member, still_clock) -> None:
    cookie = service.unlock(member, PASSPHRASE)
    still_clock.forward(hours=11, minutes=59)
    assert service.find_opener(member, cookie)
    still_clock.forward(minutes=2)
    assert service.find_opener(member, cookie) is None


def test_a_locked_vault_is_locked_for_its_cookie(member) -> None:
    cookie = service.unlock(member, PASSPHRASE)
    service.lock(cookie)
    assert service.find_opener(member, cookie) is None
    assert list(background.connection().scan_iter("rightdesk:unlocked:*")) == []


def test_a_new_passphrase_after_a_lost_one_ends_open_visits(member) -> None:
    cookie = service.unlock(member, PASSPHRASE)
    service.set_passphrase(member, "quartz meadow bishop lantern")
    assert service.find_opener(member, cookie) is None


def test_an_open_vault_survives_a_new_web_server(member, restarted_app) -> None:
    number, cookie = member.id, service.unlock(member, PASSPHRASE)
    with restarted_app.app_context():
        opener = service.find_opener(db.session.get(User, number), cookie)
        assert isinstance(opener, Holder)
        assert opener.find_private(queries.find_current_key(KeyKind.DESK, "doi").id)


# Thieves


def test_a_dump_of_redis_opens_nothing(member) -> None:
    service.unlock(member, PASSPHRASE)
    private = member_vaults.unlock_member_vault(str(member.id), PASSPHRASE).private
    redis = background.connection()
    kept = [redis.get(name) for name in redis.scan_iter("rightdesk:unlocked:*")]
    assert kept
    for size in (96, 32):
        assert not any(private[:size] in box or private[-size:] in box for box in kept)
    names = b"".join(redis.scan_iter("*"))
    for secret in (private, str(member.id).encode() + b"\x1f"):
        assert secret not in names


def test_a_cookie_without_redis_opens_nothing(member) -> None:
    cookie = service.unlock(member, PASSPHRASE)
    private = member_vaults.unlock_member_vault(str(member.id), PASSPHRASE).private
    assert private[:32] not in base64.urlsafe_b64decode(cookie)
    background.connection().flushdb()
    assert service.find_opener(member, cookie) is None


def test_a_cookie_opens_its_own_members_vault_only(member) -> None:
    other = make_agent("doi", email="other@rightdesk.example")
    open_vault(other)
    assert service.find_opener(other, service.unlock(member, PASSPHRASE)) is None


@pytest.mark.parametrize("cookie", [None, "", "x", "ü" * 64, "A" * 64, "A" * 10_000])
def test_a_cookie_of_nobody_opens_nothing(member, cookie) -> None:
    assert service.find_opener(member, cookie) is None


# Circles


def test_a_weak_passphrase_is_refused(app) -> None:
    user = make_agent("doi")
    for weak in ("short", "aaaaaaaaaaaaaaaa", "Avery Agent Avery", "x" * 100):
        with pytest.raises(RefusedError):
            service.set_passphrase(user, weak)
    assert not service.has_vault(user)


def test_a_grant_needs_a_common_circle_and_a_vault(member) -> None:
    opener = member_vaults.unlock_member_vault(str(member.id), PASSPHRASE)
    stranger = make_agent("mocs", email="stranger@rightdesk.example")
    fellow = make_agent("doi", email="fellow@rightdesk.example")
    for circle, whom in ((desk("doi"), stranger), (desk("mocs"), stranger), (CUSTODIANS, fellow)):
        with pytest.raises(RefusedError, match="your own queues"):
            service.grant(member, opener, circle, whom)
    with pytest.raises(RefusedError, match="not set a vault passphrase"):
        service.grant(member, opener, desk("doi"), fellow)
    open_vault(fellow)
    assert service.list_waiting(member) == [(desk("doi"), fellow)]
    service.grant(member, opener, desk("doi"), fellow)
    assert service.list_waiting(member) == []
    assert service.list_circles(fellow) == [(desk("doi"), True)]


def test_a_deactivated_member_opens_nothing_anywhere(member) -> None:
    fellow = make_agent("doi", email="fellow@rightdesk.example")
    open_vault(fellow)
    opener = member_vaults.unlock_member_vault(str(member.id), PASSPHRASE)
    service.grant(member, opener, desk("doi"), fellow)
    service.deactivate(None, member)
    assert shared_keys.holders_of(*desk("doi")) == {str(fellow.id)}
