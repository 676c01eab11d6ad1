"""What was destroyed is on no page of the database's files, nor in its log, nor in Redis."""

from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from factories import make_agent, make_custodian, open_vault
from sqlalchemy import text

from app.cases import reclaim
from app.core import background
from app.extensions import db
from app.tips import destruction, service
from app.tips.destruction import Cause
from app.tips.models import Destruction, Tip, TipMessage

SLICE = 24


def _slices(*secrets: bytes) -> set[bytes]:
    """Pieces of secrets: a page or a log record may hold only a part of one."""
    return {
        secret[start : start + SLICE]
        for secret in secrets
        for start in range(0, max(len(secret) - SLICE, 0) + 1, max(len(secret) // 6, 1))
    }


def _found_below(folder: Path, pieces: set[bytes]) -> dict[str, int]:
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            if count := sum(piece in data for piece in pieces):
                found[str(path.relative_to(folder))] = count
    return found


def _autocommit(statement: str) -> None:
    db.session.remove()
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(statement))


def _everything_of(tip: Tip) -> set[bytes]:
    messages = TipMessage.query.filter_by(tip_id=tip.id).all()
    records = [tip.content, tip.identity, *(message.content for message in messages)]
    secrets = [tip.lookup_id, tip.mailbox_wrapped_key, tip.mailbox.public_key]
    secrets += [record.body for record in records]
    secrets += [sealed.wrapped for record in records for sealed in record.keys]
    ids = [tip.id, tip.content_id, tip.mailbox_id, tip.decision_id]
    return _slices(*secrets) | {i.bytes for i in ids} | {str(i).encode() for i in ids}


@pytest.fixture
def tips(app, carry_out) -> list[Tip]:
    open_vault(make_agent("doi"))
    open_vault(make_custodian())
    for number in range(3):
        text = f"The inspector takes a bribe, {number}."
        service.file_tip(service.TipFiling(uuid4(), text, contact="Maria"))
    for tip in Tip.query.all():
        service.add_to_tip(tip.id, uuid4(), "He did it again.")
    _autocommit("ANALYZE")  # as autovacuum may, of what is empty again by the time of a run
    carry_out()
    _autocommit("ANALYZE")
    return Tip.query.order_by(Tip.id).all()


def test_no_byte_of_a_destroyed_tip_is_left_anywhere(
    tips, app, engines, settings, carry_out
) -> None:
    gone, stays = _everything_of(tips[0]), _everything_of(tips[1])
    gone_id, data = tips[0].id, engines.postgres.folder
    _autocommit("CHECKPOINT")
    before = _found_below(data, gone)
    assert any(name.startswith("base/") for name in before), "they were in the tables"
    assert any(name.startswith("pg_wal/") for name in before), "they were in the log"

    destruction.destroy(gone_id, Cause.SOURCE)
    carry_out()
    _autocommit("CHECKPOINT")
    assert _found_below(data, gone), "a deleted row is still there: this is why we reclaim"

    done = reclaim.reclaim()
    assert done.is_complete
    assert not done.log_stays
    assert _found_below(data, gone) == {}
    assert _found_below(settings.instance_dir, gone) == {}
    assert _found_below(data, stays), "a tip that stays is seen by the same search"
    redis = background.connection()
    dumped = b"\n".join(key + (redis.dump(key) or b"") for key in redis.scan_iter())
    assert not any(piece in dumped for piece in gone)


def test_the_samples_of_an_empty_table_go_from_an_older_server_too(
    app, carry_out, monkeypatch
) -> None:
    sampled = text("SELECT count(*) FROM pg_stats WHERE tablename = 'outbox_item'")
    service.file_tip(service.TipFiling(uuid4(), "The inspector takes a bribe."))
    _autocommit("ANALYZE")
    carry_out()
    _autocommit("ANALYZE")
    assert db.session.scalar(sampled), "ANALYZE leaves them: this is why we drop them"
    monkeypatch.setattr(reclaim, "_CLEAR", reclaim._DELETE)
    assert reclaim.reclaim().is_complete
    assert db.session.scalar(sampled) == 0


def test_rows_that_somebody_can_still_see_are_told(tips, app, settings) -> None:
    address = settings.database_url.replace("postgresql+psycopg", "postgresql")
    db.session.remove()
    with psycopg.connect(address) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT 1")
        destruction.destroy(tips[0].id, Cause.SOURCE)
        assert "tip" in reclaim.reclaim().tables
    assert reclaim.reclaim().is_complete


def test_a_locked_table_is_left_for_later(tips, app, settings, monkeypatch) -> None:
    monkeypatch.setattr(reclaim, "LONGEST_WAIT", "20ms")
    address = settings.database_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address) as reader:
        reader.execute("SELECT * FROM tip_file")
        assert "tip_file" in reclaim.reclaim().tables


def test_it_runs_at_night_once_and_only_after_a_destruction(tips, app, still_clock) -> None:
    assert reclaim.reclaim_at_night() is None, "it is day"
    still_clock.forward(hours=17)
    assert reclaim.reclaim_at_night() is None, "nothing was destroyed"
    destruction.destroy(tips[0].id, Cause.SOURCE)
    assert Destruction.query.count() == 1
    assert reclaim.reclaim_at_night().is_complete
    assert reclaim.reclaim_at_night() is None, "it is done"
    still_clock.forward(days=1)
    assert reclaim.reclaim_at_night() is not None, "something was destroyed after the last run"
    still_clock.forward(days=1)
    assert reclaim.reclaim_at_night() is None
