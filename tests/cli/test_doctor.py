"""The doctor finds what is lost or left over, and says what to do."""

from datetime import timedelta
from uuid import uuid4

import pytest
from factories import make_agent, make_ticket, open_vault
from flask import Flask

from app.cli import checks
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.files.models import File
from app.members import recovery
from app.tips import destruction
from app.tips import service as tips
from app.tips.destruction import hash_of
from app.tips.models import Tip, Tombstone
from app.vault import queries, service
from app.vault.models import KeyKind, SealingKey


@pytest.fixture
def run(app: Flask):
    return app.test_cli_runner().invoke


def _file() -> Tip:
    tips.file_tip(tips.TipFiling(uuid4(), "The inspector takes a bribe for every permit."))
    return Tip.query.one()


def test_a_well_kept_house_has_no_fault(app, carry_out) -> None:
    recovery.create_key(1, 1)
    open_vault(make_agent("doi", "mocs", "general-triage"))
    _file()
    make_ticket()
    carry_out()
    every = (checks.router_key, checks.retired_keys, checks.recovery_key, checks.desks)
    for check in (*every, checks.rows, checks.restored_tips, checks.log_of_the_database):
        assert check() is None, check.__name__


def test_rows_that_nothing_refers_to_are_counted(app) -> None:
    with unit_of_work():
        db.session.add(File(id=uuid4(), name="left over", size=0))
        service.seal_for_router("tip-content", {"text": "left over"})
    fault = checks.rows()
    assert "1 files that no message" in fault
    assert "1 sealed records" in fault


def test_a_desk_that_nobody_can_open_is_named_when_something_waits(app, carry_out) -> None:
    make_agent("doi")
    assert checks.desks() is None
    _file()
    carry_out()
    assert "doi (1 members)" in checks.desks()


def test_an_expired_router_key_closes_the_doors_and_is_told(app, still_clock) -> None:
    still_clock.now = clock._system_time() + timedelta(days=30)
    assert "Start the scheduler" in checks.router_key()


def test_a_recovery_key_is_missed_and_so_are_keys_it_does_not_have(app) -> None:
    assert "vault recovery-key" in checks.recovery_key()
    open_vault(make_agent("doi"))
    recovery.create_key(1, 1)
    assert "does not have the keys of: doi" in checks.recovery_key()


def test_a_key_that_retired_long_ago_is_told_with_its_private_half_missing(app) -> None:
    with unit_of_work():
        old = SealingKey(
            id=uuid4(),
            kind=KeyKind.ROUTER,
            version=9999,
            public_key=queries.get_router_key().public_key,
            created_on=clock.today() - timedelta(days=20),
            retired_on=clock.today() - timedelta(days=19),
        )
        db.session.add(old)
    assert "vault restore --router" in checks.retired_keys()
    with unit_of_work():
        db.session.delete(old)


def test_a_tip_that_came_back_is_told(app) -> None:
    tip = _file()
    with unit_of_work():
        db.session.add(Tombstone(id_hash=hash_of(tip.id), destroyed_on=clock.today()))
    assert "1 destroyed tips are here again" in checks.restored_tips()
    assert destruction.destroy_restored() == 1
    assert checks.restored_tips() is None


def test_the_command_prints_them(run) -> None:
    printed = run(args=["doctor"]).output
    for name in ("recovery", "desks", "rows", "destroyed", "old keys"):
        assert f" {name}" in printed
