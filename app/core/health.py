"""Checks of the parts. Each returns a fault in words, or None when the part is well."""

from functools import cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import Config
from sqlalchemy import text

from app.core import background
from app.extensions import db


def database_fault() -> str | None:
    """Whether the database answers."""
    try:
        db.session.execute(text("SELECT 1"))
    except Exception:
        db.session.rollback()
        return "The database does not answer. Start it, or correct DATABASE_URL."
    return None


def migrations_fault() -> str | None:
    """Whether the database has the newest migration."""
    if database_fault():
        return "Not known while the database does not answer."
    head = _newest_migration(str(current_app.extensions["migrate"].directory))
    current = MigrationContext.configure(db.session.connection()).get_current_revision()
    if current != head:
        return "The database is not at the newest migration. Run `flask --app wsgi db upgrade`."
    return None


@cache
def _newest_migration(directory: str) -> str | None:
    """Read once: a probe asks every few seconds, and reading imports every migration."""
    config = Config()
    config.set_main_option("script_location", directory)
    return ScriptDirectory.from_config(config).get_current_head()


def redis_fault() -> str | None:
    """Whether Redis or Valkey answers."""
    try:
        background.connection().ping()
    except Exception:
        return "Redis does not answer. Start Valkey or Redis, or correct REDIS_URL."
    return None
