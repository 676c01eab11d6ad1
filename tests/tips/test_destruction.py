"""The end of a tip: by its source, by time, and again after an old backup was put back."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from factories import make_agent, make_custodian, open_vault
from flask import Flask
from flask.testing import FlaskClient
from pages import Visitor
from psycopg import sql

from app import create_app
from app.audit import service as audit
from app.audit.models import AuditEntry
from app.core import clock
from app.core.errors import NotFoundError
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.files.models import File, FileChunk
from app.outbox.models import OutboxItem
from app.registry.models import Queue
from app.routing.models import DecisionRecord
from app.tips import destruction, jobs, service, tombstones
from app.tips.destruction import Cause
from app.tips.models import (
    Destruction,
    IdentityRequest,
    Tip,
    TipFile,
    TipMessage,
    TipState,
    Tombstone,
)
from app.vault import queries as vault_queries
from app.vault import service as vault
from app.vault import worker_keys
from app.vault.errors import NotHeldError
from app.vault.models import KeyKind, SealedKey, SealedRecord, SealingKey

TEXT = "The inspector takes a bribe for every permit."
YEARS = 1095

ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = 'postgres' AND pid <> pg_backend_pid()
"""
"""A database is copied only while nobody uses it; pools open their connections anew."""


@pytest.fixture(autouse=True)
def an_empty_list(app, settings) -> None:
    (settings.keys_dir / tombstones.NAME).unlink(missing_ok=True)


def _file(**fields) -> str:
    return service.file_tip(service.TipFiling(uuid4(), TEXT, **fields))


def _add_parts(tip: Tip) -> None:
    """Give a tip what the staff side adds: a file with a cleaned copy, an identity request."""
    agent = make_agent("doi", email="asks@rightdesk.example")
    with unit_of_work():
        stored = [File(id=uuid4(), name="sealed", size=3) for _ in range(2)]
        db.session.add_all(stored)
        db.session.flush()
        db.session.add_all(FileChunk(file_id=f.id, position=0, data=b"abc") for f in stored)
        db.session.add(
            TipFile(
                tip_id=tip.id,
                position=1,
                file_id=stored[0].id,
                cleaned_id=stored[1].id,
                content=vault.seal_for_router("tip-file", {"name": "a.pdf"}),
            )
        )
        reason = vault.seal_for_custodian("identity-reason", {"text": "to ask"})
        request = IdentityRequest(
            tip_id=tip.id, agent_id=agent.id, reason=reason, asked_at=clock.now()
        )
        db.session.add(request)
        audit.record("tips.reply", "tip", tip.id, agent.id, queue="doi")


@pytest.fixture
def whole_tip(app, carry_out) -> UUID:
    """A routed tip with everything that can belong to one."""
    open_vault(make_agent("doi"))
    open_vault(make_custodian())
    _file(contact="Maria")
    tip_id = Tip.query.one().id
    service.add_to_tip(tip_id, uuid4(), "He did it again.")
    carry_out()
    _add_parts(Tip.query.one())
    return tip_id


def _close(tip_id: UUID, *, days_ago: int) -> None:
    with unit_of_work():
        tip = db.session.get(Tip, tip_id)
        tip.state = TipState.CLOSED
        tip.closed_on = clock.today() - timedelta(days=days_ago)


def _hold(on: bool = True) -> None:
    destruction.hold(Tip.query.one(), on=on)


def test_a_destroyed_tip_leaves_no_row_and_no_id(whole_tip) -> None:
    text = str(whole_tip)
    assert destruction.destroy(whole_tip, Cause.SOURCE)
    tables = (Tip, TipMessage, TipFile, IdentityRequest, SealedRecord, SealedKey)
    for table in (*tables, File, FileChunk, DecisionRecord):
        assert table.query.count() == 0, table.__tablename__
    assert SealingKey.query.filter_by(kind=KeyKind.MAILBOX).count() == 0
    assert AuditEntry.query.filter_by(subject_type="tip").one().subject_id == audit.DESTROYED
    assert [item.topic for item in OutboxItem.query] == ["tips.bury"]
    for table in db.metadata.tables.values():
        rows = db.session.execute(db.select(table)).all()
        assert text not in str(rows), table.name


def test_the_report_counts_and_says_nothing_else(whole_tip) -> None:
    destruction.destroy(whole_tip, Cause.SOURCE)
    line = Destruction.query.one()
    assert (line.destroyed_on, line.queue_code, line.cause) == (clock.today(), "doi", "source")
    assert (line.tips, line.messages, line.files) == (1, 1, 1)
    assert Tombstone.query.one().id_hash == destruction.hash_of(whole_tip)


def test_two_on_one_day_are_one_line(app) -> None:
    for _ in range(2):
        _file()
    for tip in Tip.query.all():
        destruction.destroy(tip.id, Cause.SOURCE)
    assert Destruction.query.one().tips == 2


def test_destroying_twice_counts_once(whole_tip) -> None:
    assert destruction.destroy(whole_tip, Cause.SOURCE)
    assert not destruction.destroy(whole_tip, Cause.SOURCE)
    assert Destruction.query.one().tips == 1


def test_another_tip_keeps_everything(whole_tip, carry_out) -> None:
    _file(contact="Nobody")
    other = Tip.query.filter(Tip.id != whole_tip).one().id
    destruction.destroy(whole_tip, Cause.SOURCE)
    carry_out()
    tip = Tip.query.one()
    assert tip.id == other
    assert tip.queue_code == "doi"
    assert tip.identity is not None


def test_a_job_whose_tip_was_destroyed_has_nothing_to_do(app) -> None:
    _file()
    tip_id = Tip.query.one().id
    destruction.destroy(tip_id, Cause.SOURCE)
    jobs.route(str(tip_id))
    jobs.hand_on(str(uuid4()))


def test_a_job_in_hand_is_not_waited_for_and_finds_nothing(app, settings, carry_out) -> None:
    _file()
    tip_id = Tip.query.one().id
    address = settings.database_url.replace("postgresql+psycopg", "postgresql")
    db.session.remove()
    with psycopg.connect(address) as worker:
        worker.execute("SELECT * FROM outbox_item FOR UPDATE")
        db.session.execute(db.text("SET LOCAL lock_timeout = '1s'"))
        assert destruction.destroy(tip_id, Cause.SOURCE)
    carry_out()
    assert OutboxItem.query.count() == 0
    assert Tip.query.count() == 0


def test_the_web_tier_destroys_without_any_private_key(
    app, settings, monkeypatch, carry_out
) -> None:
    _file()
    tip_id = Tip.query.one().id
    with monkeypatch.context() as web:
        web.setitem(app.config, "SETTINGS", settings.model_copy(update={"keys_dir": None}))
        assert destruction.destroy_for_source(tip_id)
    assert Tip.query.count() == 0
    carry_out()
    assert destruction.hash_of(tip_id) in tombstones.read(settings.keys_dir)


# By its source


@pytest.fixture
def source(client: FlaskClient) -> Visitor:
    return Visitor(client)


def test_the_source_deletes_everything_and_the_receipt_opens_nothing(source, carry_out) -> None:
    words = source.file_tip(TEXT)
    carry_out()
    assert "Delete the conversation" in source.come_back(words).text
    answer = source.send("/tip/mailbox/delete", {"sure": "y"})
    assert answer.status_code == 200
    assert "It is deleted" in answer.text
    assert Tip.query.count() == 0
    assert source.client.get("/tip/mailbox").status_code == 400, "the visit has ended"
    assert "no tip with these words" in source.come_back(words).text


def test_nothing_is_deleted_without_the_tick(source) -> None:
    source.come_back(source.file_tip(TEXT))
    answer = source.send("/tip/mailbox/delete", {})
    assert answer.status_code == 422
    assert "tick the box" in answer.text
    assert Tip.query.count() == 1


def test_without_a_visit_there_is_nothing_to_delete(source) -> None:
    answer = source.client.get("/tip/mailbox/delete")
    assert answer.status_code == 400
    assert "Your visit has ended" in answer.text


def test_under_legal_hold_the_source_loses_the_way_and_is_told_so(source, carry_out) -> None:
    opener = open_vault(make_agent("doi"))
    words = source.file_tip(TEXT)
    carry_out()
    other_visit = service.begin_visit(words)
    source.come_back(words)
    _hold()
    former = Tip.query.one().mailbox_id
    answer = source.send("/tip/mailbox/delete", {"sure": "y"})
    assert "the desk keeps it" in answer.text
    tip = Tip.query.one()
    assert tip.source_has_left
    assert db.session.get(SealingKey, former) is None
    assert vault.open_sealed(tip.content, opener)["text"] == TEXT, "the desk still reads it"
    assert vault.seal_like(tip.content, "tip-message", {"text": "a reply"}, tip.mailbox)
    assert service.find_visit(other_visit) is None
    assert "no tip with these words" in source.come_back(words).text
    assert Destruction.query.one().cause == "held"


def test_when_the_hold_ends_what_the_source_deleted_is_destroyed(app) -> None:
    _file()
    _hold()
    assert not destruction.destroy_for_source(Tip.query.one().id)
    assert destruction.destroy_due() == 0
    _hold(on=False)
    assert destruction.destroy_due() == 1
    assert Tip.query.count() == 0


# By time


@pytest.mark.parametrize(("days", "left"), [(YEARS - 1, 1), (YEARS, 0)])
def test_a_closed_tip_is_destroyed_when_its_time_is_over(app, days, left) -> None:
    _file()
    _close(Tip.query.one().id, days_ago=days)
    jobs.retain()
    assert Tip.query.count() == left


@pytest.mark.parametrize(("days", "left"), [(29, 1), (30, 0)])
def test_a_queue_may_have_a_time_of_its_own(app, carry_out, days, left) -> None:
    _file()
    carry_out()
    run = app.test_cli_runner().invoke
    assert run(args=["tips", "retention", "doi", "30"]).exit_code == 0
    try:
        _close(Tip.query.one().id, days_ago=days)
        jobs.retain()
        assert Tip.query.count() == left
    finally:
        with unit_of_work():
            db.session.get(Queue, "doi").tip_retention_days = None


def test_time_spares_what_is_open_or_under_hold(app) -> None:
    _file()
    jobs.retain()
    _close(Tip.query.one().id, days_ago=YEARS + 1)
    _hold()
    jobs.retain()
    assert not destruction.destroy(Tip.query.one().id, Cause.RETENTION)
    assert Tip.query.count() == 1


def test_one_that_fails_does_not_stop_the_rest(app, monkeypatch) -> None:
    for _ in range(3):
        _file()
    for tip in Tip.query.all():
        _close(tip.id, days_ago=YEARS)
    unlucky = Tip.query.first().id
    destroy = destruction._destroy

    def fail(tip: Tip, cause: Cause) -> None:
        if tip.id == unlucky:
            raise RuntimeError
        destroy(tip, cause)

    monkeypatch.setattr(destruction, "_destroy", fail)
    assert destruction.destroy_due() == 2
    assert Tip.query.one().id == unlucky
    assert Destruction.query.one().tips == 2


# Commands


def test_a_hold_is_put_on_and_ended_by_number_and_audited(app) -> None:
    _file()
    tip, run = Tip.query.one(), app.test_cli_runner().invoke
    number = tip.number
    assert "legal hold" in run(args=["tips", "hold", number, "--on"]).output
    assert Tip.query.one().legal_hold
    assert "no legal hold" in run(args=["tips", "hold", number, "--off"]).output
    assert [e.act for e in AuditEntry.query.filter_by(subject_type="tip")] == [
        "tips.hold",
        "tips.end_hold",
    ]
    for wrong in ("T-00000000", "T-", "%", "_" * 8):
        assert run(args=["tips", "hold", wrong, "--on"]).exit_code == 1
    assert run(args=["tips", "retention", "nowhere", "30"]).exit_code == 1


def test_the_report_is_printed_without_content(whole_tip, app) -> None:
    destruction.destroy(whole_tip, Cause.RESTORE)
    printed = app.test_cli_runner().invoke(args=["tips", "report"]).output.splitlines()
    assert printed[1].split() == [clock.today().isoformat(), "doi", "restore", "1", "1", "1"]


# Tombstones


def test_a_worker_lists_what_was_destroyed(app, settings, carry_out) -> None:
    _file()
    tip_id = Tip.query.one().id
    destruction.destroy(tip_id, Cause.SOURCE)
    assert tombstones.read(settings.keys_dir) == {}
    carry_out()
    assert tombstones.read(settings.keys_dir) == {destruction.hash_of(tip_id): clock.today()}
    assert (settings.keys_dir / tombstones.NAME).stat().st_mode & 0o777 == 0o600


def test_a_line_that_a_crash_cut_costs_no_other_line(tmp_path) -> None:
    day = date(2026, 6, 15)
    tombstones.append(tmp_path, {b"a" * 32: day})
    with (tmp_path / tombstones.NAME).open("a") as file:
        file.write("61626364")
    tombstones.append(tmp_path, {b"b" * 32: day})
    assert tombstones.read(tmp_path) == {b"a" * 32: day, b"b" * 32: day}


def test_the_list_and_the_table_are_levelled_both_ways(app, settings) -> None:
    day = date(2026, 6, 15)
    with unit_of_work():
        db.session.add(Tombstone(id_hash=b"t" * 32, destroyed_on=day))
    tombstones.append(settings.keys_dir, {b"f" * 32: day})
    destruction.destroy_restored()
    both = {b"t" * 32, b"f" * 32}
    assert {row.id_hash for row in Tombstone.query} == both
    assert set(tombstones.read(settings.keys_dir)) == both


# An older copy of the database


@pytest.fixture
def copy_database(settings) -> Iterator[Callable[[], Flask]]:
    """Copy the database as it is now; give an application over the copy, with today's keys."""
    address = settings.database_url.replace("postgresql+psycopg", "postgresql")
    admin = address.replace("/postgres?", "/template1?")
    names: list[tuple[str, Flask]] = []

    def run(statement: str, name: str) -> None:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    def copy() -> Flask:
        db.session.remove()
        db.engine.dispose()
        name = f"copy_{uuid4().hex}"
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(ALONE)
        run("CREATE DATABASE {} TEMPLATE postgres", name)
        url = settings.database_url.replace("/postgres?", f"/{name}?")
        older = create_app(settings.model_copy(update={"database_url": url}))
        names.append((name, older))
        return older

    yield copy
    for name, older in names:
        with older.app_context():
            db.session.remove()
            db.engine.dispose()
        run("DROP DATABASE {} WITH (FORCE)", name)


def test_a_tip_that_an_old_backup_brings_back_is_destroyed_again(
    app, carry_out, copy_database
) -> None:
    _file()
    _file()
    carry_out()
    gone, stays = (tip.id for tip in Tip.query.all())
    older = copy_database()
    destruction.destroy(gone, Cause.SOURCE)
    carry_out()
    with older.app_context():
        assert Tip.query.count() == 2
        printed = older.test_cli_runner().invoke(args=["prepare"])
        assert printed.exit_code == 0, printed.output
        db.session.remove()
        assert Tip.query.one().id == stays
        assert Destruction.query.one().cause == "restore"
        assert db.session.get(Tombstone, destruction.hash_of(gone))


def test_a_hold_of_old_does_not_keep_what_was_destroyed(app, carry_out, copy_database) -> None:
    _file()
    _hold()
    older = copy_database()
    _hold(on=False)
    destruction.destroy(Tip.query.one().id, Cause.SOURCE)
    carry_out()
    with older.app_context():
        assert destruction.destroy_restored() == 1


@pytest.fixture
def router_of_today(app, still_clock) -> Iterator[None]:
    """A router key made on the still clock's day; afterwards one made on the real day."""

    def date_router_keys() -> None:
        with unit_of_work():
            vault_queries.get_current_key(KeyKind.ROUTER).created_on = clock.today()

    date_router_keys()
    yield
    clock.use(None)
    date_router_keys()


@pytest.mark.usefixtures("router_of_today")
@pytest.mark.parametrize("routed", [True, False])
def test_yesterdays_copy_and_todays_keys_open_no_tip(
    app, carry_out, still_clock, copy_database, routed
) -> None:
    if routed:
        open_vault(make_agent("doi"))
    _file()
    carry_out()
    assert vault.can_open(Tip.query.one().content, vault.worker()) is not routed
    older = copy_database()
    still_clock.forward(days=1)
    worker_keys.rotate_router()
    still_clock.forward(days=1)
    assert worker_keys.destroy_retired() >= 1
    with older.app_context():
        content = Tip.query.one().content
        with pytest.raises(NotHeldError):
            vault.open_sealed(content, vault.worker())
        for key in SealingKey.query.filter(SealingKey.kind.in_((KeyKind.DESK, KeyKind.MEMBER))):
            assert not vault.worker().holds(key.id)
    if not routed:
        assert vault.open_sealed(Tip.query.one().content, vault.worker())["text"] == TEXT


def test_an_unknown_tip_is_not_found(app) -> None:
    with pytest.raises(NotFoundError):
        service.route_tip(uuid4())
