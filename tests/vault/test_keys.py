"""Keys from their first to their last day, over a real database and real files."""

import os
import time
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.vault import member_vaults, queries, recovery_key, service, shared_keys, worker_keys
from app.vault.errors import (
    KeyMissingError,
    NotHeldError,
    RecoveryError,
    SealBrokenError,
    WrongPassphraseError,
)
from app.vault.keyring import DAY
from app.vault.models import (
    KeyGrant,
    KeyKind,
    MemberVault,
    SealedKey,
    SealedRecord,
    SealingKey,
)
from app.vault.openers import Holder

DESK = (KeyKind.DESK, "doi")
PASSPHRASE, OTHER = "orbit velvet cactus lantern", "quartz meadow bishop lantern"


@pytest.fixture
def router_of_today(app, still_clock) -> Iterator[None]:
    """A router key made on the still clock's day; afterwards one made on the real day."""

    def date_router_keys() -> None:
        with unit_of_work():
            queries.get_current_key(KeyKind.ROUTER).created_on = clock.today()

    date_router_keys()
    yield
    clock.use(None)
    date_router_keys()


def _waiting() -> UUID:
    with unit_of_work():
        return service.seal_for_router("tip-content", {"text": "it waits"}).id


def _text(record_id: UUID, opener) -> str:
    record = db.session.get(SealedRecord, record_id, populate_existing=True)
    return service.open_sealed(record, opener)["text"]


def _router() -> SealingKey:
    return queries.get_current_key(KeyKind.ROUTER)


# The router's


@pytest.mark.usefixtures("router_of_today")
def test_a_day_has_one_router_key(app, still_clock) -> None:
    first = _router().id
    worker_keys.rotate_router()
    assert _router().id == first
    still_clock.forward(days=1)
    for _ in range(2):
        worker_keys.rotate_router()
    today = _router()
    assert today.id != first
    assert today.created_on == clock.today()
    assert service.worker().holds(today.id)
    assert db.session.get(SealingKey, first).retired_on == clock.today()


@pytest.mark.usefixtures("router_of_today")
def test_a_retired_key_is_destroyed_on_the_next_day_and_what_waited_moves_on(
    app, still_clock
) -> None:
    first, record = _router().id, _waiting()
    still_clock.forward(days=1)
    worker_keys.rotate_router()
    worker_keys.destroy_retired()
    assert service.worker().holds(first), "a request may still be under way"
    still_clock.forward(days=1)
    assert worker_keys.destroy_retired() >= 1
    assert not service.worker().holds(first)
    assert db.session.get(SealingKey, first) is None
    assert _text(record, service.worker()) == "it waits"
    [sealed] = SealedKey.query.filter_by(record_id=record)
    assert sealed.key_id == _router().id
    assert worker_keys.destroy_retired() == 0


@pytest.mark.usefixtures("router_of_today")
def test_more_than_a_batch_moves_on(app, still_clock, monkeypatch) -> None:
    monkeypatch.setattr(worker_keys, "BATCH", 2)
    records = [_waiting() for _ in range(5)]
    still_clock.forward(days=1)
    worker_keys.rotate_router()
    still_clock.forward(days=1)
    worker_keys.destroy_retired()
    assert {_text(record, service.worker()) for record in records} == {"it waits"}


@pytest.mark.usefixtures("router_of_today")
def test_an_altered_record_keeps_its_key_from_being_destroyed(app, still_clock) -> None:
    first, record = _router().id, _waiting()
    with unit_of_work():
        sealed = db.session.get(SealedKey, (record, first))
        sealed.wrapped = sealed.wrapped[:-1] + bytes([sealed.wrapped[-1] ^ 1])
    still_clock.forward(days=1)
    worker_keys.rotate_router()
    still_clock.forward(days=1)
    worker_keys.destroy_retired()
    assert service.worker().holds(first), "a backup may make it good"
    with unit_of_work():
        db.session.delete(db.session.get(SealedRecord, record))
    worker_keys.destroy_retired()
    assert not service.worker().holds(first)


def test_a_file_that_a_crash_left_behind_is_destroyed_after_a_day(app, settings) -> None:
    worker_keys.destroy_retired()  # what other tests have left
    young, old = uuid4(), uuid4()
    for key in (young, old):
        service.worker().keep(key, bytes(96))
    past = time.time() - DAY - 60
    os.utime(settings.keys_dir / f"{old}.key", (past, past))
    assert worker_keys.destroy_retired() == 1
    assert service.worker().holds(young)
    assert not service.worker().holds(old)
    service.worker().destroy(young)


def test_beside_a_foreign_database_no_file_is_destroyed(app, settings, monkeypatch) -> None:
    worker_keys.destroy_retired()  # what other tests have left
    orphan = uuid4()
    service.worker().keep(orphan, bytes(96))
    past = time.time() - DAY - 60
    os.utime(settings.keys_dir / f"{orphan}.key", (past, past))
    foreign = SealingKey(id=uuid4(), kind=KeyKind.ROUTER, version=1)
    monkeypatch.setattr(queries, "get_current_key", lambda kind, holder="": foreign)
    assert worker_keys.destroy_retired() == 0
    assert service.worker().holds(orphan)
    service.worker().destroy(orphan)


# Members


def _members(*names: str) -> list[Holder]:
    return [member_vaults.create_member_vault(name, PASSPHRASE) for name in names]


def _sealed_to_desk() -> UUID:
    """A record that waited with the router and was handed to the desk."""
    record_id = _waiting()
    with unit_of_work():
        record = db.session.get(SealedRecord, record_id)
        service.seal_to_desk(record, "doi", service.worker())
    return record_id


def _cannot_open(record: UUID, opener) -> bool:
    return not service.can_open(db.session.get(SealedRecord, record), opener)


def test_a_vault_opens_by_its_passphrase_alone(app) -> None:
    [holder] = _members("1")
    assert member_vaults.unlock_member_vault("1", PASSPHRASE).private == holder.private
    for member, passphrase in (("1", OTHER), ("2", PASSPHRASE)):
        with pytest.raises(WrongPassphraseError):
            member_vaults.unlock_member_vault(member, passphrase)


def test_a_changed_passphrase_keeps_the_key(app) -> None:
    [holder] = _members("1")
    with pytest.raises(WrongPassphraseError):
        member_vaults.change_passphrase("1", OTHER, PASSPHRASE)
    member_vaults.change_passphrase("1", PASSPHRASE, OTHER)
    assert member_vaults.unlock_member_vault("1", OTHER).private == holder.private
    with pytest.raises(WrongPassphraseError):
        member_vaults.unlock_member_vault("1", PASSPHRASE)


def test_a_box_put_under_another_members_name_opens_nothing(app) -> None:
    _members("1", "2")
    with unit_of_work():
        first, second = (queries.find_member_vault(member) for member in "12")
        second.box, second.salt = first.box, first.salt
    with pytest.raises(WrongPassphraseError):
        member_vaults.unlock_member_vault("2", PASSPHRASE)


def test_a_desk_is_founded_for_those_who_have_a_vault(app) -> None:
    first, stranger = _members("1", "3")
    assert shared_keys.found(*DESK, ["1", "2"])
    assert shared_keys.holders_of(*DESK) == {"1"}
    record = _sealed_to_desk()
    assert _text(record, first) == "it waits"
    assert _cannot_open(record, stranger)
    assert _cannot_open(record, service.worker())


def test_many_records_go_to_their_desks_at_once(app) -> None:
    [holder] = _members("1")
    shared_keys.found(*DESK, ["1"])
    mine, other = _waiting(), _waiting()
    with unit_of_work():
        service.seal_all_to_desks({mine: "doi", other: "nobody's"}, service.worker())
    assert _text(mine, holder) == "it waits"
    assert _cannot_open(mine, service.worker())
    assert _cannot_open(other, holder)
    assert _text(other, service.worker()) == "it waits", "nobody has joined that desk"


def test_of_many_records_none_is_handed_over_when_one_is_altered(app) -> None:
    shared_keys.found(*DESK, [_members("1") and "1"])
    good, altered = _waiting(), _waiting()
    with unit_of_work():
        [sealed] = db.session.get(SealedRecord, altered).keys
        sealed.wrapped = sealed.wrapped[:-1] + bytes([sealed.wrapped[-1] ^ 1])

    def hand_over() -> None:
        with unit_of_work():
            service.seal_all_to_desks({good: "doi", altered: "doi"}, service.worker())

    with pytest.raises(SealBrokenError):
        hand_over()
    assert _text(good, service.worker()) == "it waits"


def test_a_hand_over_leaves_the_custodians_their_copy(app) -> None:
    [custodian] = _members("7")
    shared_keys.found(KeyKind.CUSTODIAN, "", ["7"])
    with unit_of_work():
        record = service.seal_for_router_and_custodians("test", {"text": "kept"}).id
    with unit_of_work():
        service.seal_all_to_desks({record: "doi"}, service.worker())
    assert _text(record, custodian) == "kept"


def test_who_has_no_way_to_a_record_hands_nothing_over(app) -> None:
    first, stranger = _members("1", "3")
    shared_keys.found(*DESK, ["1"])
    record = _waiting()

    def hand_over() -> None:
        with unit_of_work():
            service.seal_all_to_desks({record: "doi"}, stranger)

    with pytest.raises(NotHeldError):
        hand_over()
    assert _cannot_open(record, first)


def test_a_desk_without_a_vault_has_no_key(app) -> None:
    assert not shared_keys.found(*DESK, ["1"])
    assert queries.find_current_key(*DESK) is None


def test_a_fellow_member_grants_every_version(app) -> None:
    first, second = _members("1", "2")
    shared_keys.found(*DESK, ["1"])
    older = _sealed_to_desk()
    shared_keys.found(*DESK, ["1"])
    newer = _sealed_to_desk()
    shared_keys.grant(first, *DESK, "2")
    assert [_text(record, second) for record in (older, newer)] == ["it waits"] * 2
    shared_keys.grant(first, *DESK, "2")
    assert KeyGrant.query.count() == 4


def test_who_cannot_open_cannot_grant(app) -> None:
    _first, second, _third = _members("1", "2", "3")
    shared_keys.found(*DESK, ["1"])
    with pytest.raises(NotHeldError):
        shared_keys.grant(second, *DESK, "3")
    with pytest.raises(KeyMissingError):
        shared_keys.grant(second, *DESK, "4")


def test_who_leaves_opens_nothing_and_the_desk_gets_a_new_key(app) -> None:
    first, _second = _members("1", "2")
    shared_keys.found(*DESK, ["1", "2"])
    older = _sealed_to_desk()
    shared_keys.revoke(*DESK, "1")
    assert shared_keys.holders_of(*DESK) == {"2"}
    newer = _sealed_to_desk()
    again = member_vaults.unlock_member_vault("2", PASSPHRASE)
    assert [_text(record, again) for record in (older, newer)] == ["it waits"] * 2
    gone = Holder(first.key_id, first.private)
    assert _cannot_open(older, gone)
    assert _cannot_open(newer, gone)
    assert [version.version for version in queries.list_versions(*DESK)] == [2, 1]


def test_when_the_last_one_leaves_what_comes_waits_with_the_router(app) -> None:
    _members("1")
    shared_keys.found(*DESK, ["1"])
    shared_keys.revoke(*DESK, "1")
    assert queries.find_current_key(*DESK) is None
    assert _text(_sealed_to_desk(), service.worker()) == "it waits"


def test_after_a_lost_passphrase_a_fellow_member_grants_anew(app) -> None:
    _first, second = _members("1", "2")
    shared_keys.found(*DESK, ["1", "2"])
    record = _sealed_to_desk()
    anew = member_vaults.create_member_vault("1", OTHER)
    assert _cannot_open(record, anew)
    assert MemberVault.query.count() == 2, "the old vault is gone"
    shared_keys.grant(second, *DESK, "1")
    assert _text(record, member_vaults.unlock_member_vault("1", OTHER)) == "it waits"


# The recovery key


def test_recovery_gets_what_it_lacks_when_a_member_unlocks(app) -> None:
    [member] = _members("1")
    shared_keys.found(*DESK, ["1"])
    record = _sealed_to_desk()
    shares = recovery_key.create_recovery_key(1, 1)
    assert _cannot_open(record, recovery_key.open_recovery(shares))
    for _ in range(2):
        shared_keys.complete_recovery(member)
    assert _text(record, recovery_key.open_recovery(shares)) == "it waits"
    assert KeyGrant.query.count() == 2


def test_a_desk_founded_later_is_the_recovery_keys_at_once(app) -> None:
    shares = recovery_key.create_recovery_key(2, 3)
    _members("1")
    shared_keys.found(*DESK, ["1"])
    assert _text(_sealed_to_desk(), recovery_key.open_recovery(shares[1:])) == "it waits"


def test_a_second_recovery_key_is_refused_unless_it_replaces(app) -> None:
    first = recovery_key.create_recovery_key(1, 1)
    with pytest.raises(RecoveryError):
        recovery_key.create_recovery_key(1, 1)
    second = recovery_key.create_recovery_key(1, 1, replace=True)
    with pytest.raises(RecoveryError):
        recovery_key.open_recovery(first)
    assert recovery_key.open_recovery(second)


def test_a_restored_member_gets_every_version_that_recovery_has(app) -> None:
    shares = recovery_key.create_recovery_key(1, 1)
    _members("1")
    for _ in range(2):
        shared_keys.found(*DESK, ["1"])
    record = _sealed_to_desk()
    with pytest.raises(KeyMissingError):
        shared_keys.grant_all(recovery_key.open_recovery(shares), *DESK, "2")
    anew = member_vaults.create_member_vault("1", OTHER)
    assert shared_keys.grant_all(recovery_key.open_recovery(shares), *DESK, "1") == (2, 2)
    assert _text(record, Holder(anew.key_id, anew.private)) == "it waits"
