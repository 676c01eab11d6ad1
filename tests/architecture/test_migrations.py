"""Migrations: up from nothing, equal to the models, down again, with data on the way."""

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
