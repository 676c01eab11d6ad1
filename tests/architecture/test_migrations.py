"""Migrations: up from nothing, equal to the models, down again, with data on the way."""

import json
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Config, downgrade, upgrade
from sqlalchemy import create_engine, text

from app import create_app
from app.extensions import db
from config import Settings


@pytest.fixture
def empty_app(settings: Settings) -> Iterator[Flask]:
    """The application over a database of its own, with nothing in it."""
    admin = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS migrations"))
        connection.execute(text("CREATE DATABASE migrations"))
    address = admin.url.set(database="migrations").render_as_string(hide_password=False)
    app = create_app(settings.model_copy(update={"database_url": address}))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE migrations WITH (FORCE)"))
    admin.dispose()


def _tables() -> set[str]:
    with db.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        return {name for (name,) in rows}


def test_from_nothing_to_the_models_and_back(empty_app: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
    downgrade(revision="base")
    assert _tables() == {"alembic_version"}
    upgrade()
    assert _tables() >= set(db.metadata.tables)


def test_there_is_one_head(empty_app: Flask) -> None:
    config = Config()
    config.set_main_option("script_location", empty_app.extensions["migrate"].directory)
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


OLDER = """
INSERT INTO registry_revision (loaded_at, checksum, document) VALUES (now(), 'x', '{}');
INSERT INTO queue (code, active) VALUES ('doi', true);
INSERT INTO sealing_key (id, kind, holder, version, public_key, created_on) VALUES
  ('00000000-0000-0000-0000-00000000000a', 'router', '', 1, 'r', '2026-06-01'),
  ('00000000-0000-0000-0000-00000000000b', 'desk', 'doi', 1, 'd', '2026-06-01'),
  ('00000000-0000-0000-0000-00000000000c', 'custodian', '', 1, 'c', '2026-06-01');
INSERT INTO sealed_record (id, purpose, body) VALUES
  ('00000000-0000-0000-0000-000000000001', 'tip-content', 'content'),
  ('00000000-0000-0000-0000-000000000002', 'tip-addition', 'first'),
  ('00000000-0000-0000-0000-000000000003', 'tip-addition', 'second');
INSERT INTO tip (id, submission_hash, received_on, state, queue_code, content_id, lookup_id,
  mailbox_public_key, mailbox_wrapped_key) VALUES
  ('00000000-0000-0000-0000-0000000000aa', 's', '2026-06-02', 'received', 'doi',
   '00000000-0000-0000-0000-000000000001', 'lookup', 'public', 'wrapped');
INSERT INTO tip_addition (id, tip_id, submission_hash, added_on, content_id) VALUES
  ('00000000-0000-0000-0000-0000000000b2', '00000000-0000-0000-0000-0000000000aa', 's2',
   '2026-06-04', '00000000-0000-0000-0000-000000000003'),
  ('00000000-0000-0000-0000-0000000000b1', '00000000-0000-0000-0000-0000000000aa', 's1',
   '2026-06-03', '00000000-0000-0000-0000-000000000002');
"""
"""Rows as the first release wrote them: a routed tip with two additions."""


def _rows(query: str) -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_tips_of_the_first_release_keep_their_mailbox_and_additions(empty_app: Flask) -> None:
    upgrade(revision="0001")
    with db.engine.begin() as connection:
        connection.execute(text(OLDER))
    upgrade()
    assert _rows(
        "SELECT kind, holder, public_key FROM sealing_key JOIN tip ON mailbox_id = sealing_key.id"
    ) == [("mailbox", "00000000-0000-0000-0000-0000000000aa", b"public")]
    assert _rows("SELECT position, kind, submission_hash FROM tip_message ORDER BY position") == [
        (1, "source", b"s1"),
        (2, "source", b"s2"),
    ]
    retired = _rows("SELECT kind FROM sealing_key WHERE retired_on IS NOT NULL ORDER BY kind")
    assert retired == [("custodian",), ("desk",)], "members' keys take their place"
    downgrade(revision="0001")
    assert _rows("SELECT mailbox_public_key FROM tip") == [(b"public",)]
    assert len(_rows("SELECT * FROM tip_addition")) == 2
    assert _rows("SELECT * FROM sealing_key WHERE kind = 'mailbox'") == []


def test_rules_of_the_registry_become_the_first_rule_book(empty_app: Flask) -> None:
    upgrade(revision="0002")
    rule = {"code": "all", "queue": "doi", "because": "Because.", "confidence": 0.5}
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO registry_revision (loaded_at, checksum, document) "
                "VALUES (now(), 'x', cast(:document AS jsonb))"
            ),
            {"document": json.dumps({"task": [], "rule": [rule]})},
        )
    upgrade()
    assert _rows("SELECT document FROM registry_revision") == [({"task": []},)]
    assert _rows("SELECT document -> 'rule' -> 0 ->> 'code' FROM rule_revision") == [("all",)]
    downgrade(revision="0002")
    assert _rows("SELECT document -> 'rule' -> 0 ->> 'code' FROM registry_revision") == [("all",)]
