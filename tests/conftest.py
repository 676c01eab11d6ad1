"""Shared parts of the tests: real engines, one database for each worker process, a still clock."""

import os
import socket
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import text
from werkzeug.test import TestResponse

from app import create_app
from app.accounts import service as accounts
from app.cli.bundled import BUNDLED, FIRST_RULES
from app.core import background, clock
from app.embedded import Engines
from app.extensions import db
from app.outbox import queries as outbox_queries
from app.outbox import service as outbox
from app.registry import service as registry_service
from app.routing import service as routing_service
from app.vault import passphrases, receipts, worker_keys
from config import Environment, Settings

KEPT = (
    "alembic_version",
    "registry_revision",
    "rule_revision",
    "queue",
    "sealing_key",
    "vault_parameter",
    "role",
    "user",  # the kept rule book and registry refer to their authors
)

SHIPPED_COST = {m: (m.MEMORY_KIB, m.PASSES) for m in (passphrases, receipts)}


@pytest.fixture(scope="session", autouse=True)
def only_this_machine() -> Iterator[None]:
    """Refuse connections that leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """PostgreSQL and Valkey of this worker process."""
    engines = Engines(tmp_path_factory.mktemp("engines"), fast=True)
    engines.start()
    yield engines
    engines.stop()


@pytest.fixture(scope="session")
def settings(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the application under test."""
    instance = tmp_path_factory.mktemp("instance")
    return Settings(
        rightdesk_env=Environment.TEST,
        secret_key="test-" * 10,
        security_password_salt="salt-" * 10,
        database_url=engines.database_url,
        redis_url=engines.redis_url,
        smtp_url="",
        public_url="http://rightdesk.test",
        instance_dir=instance,
        keys_dir=instance / "keys",
    )


@pytest.fixture(scope="session")
def prepared_app(settings: Settings) -> Iterator[Flask]:
    """The application over a migrated database with the registry and keys in place."""
    app = create_app(settings)
    app.config["SECURITY_HASHING_SCHEMES"] = ["hex_md5"]
    with app.app_context():
        upgrade()
        registry_service.load_registry(BUNDLED.read_text(encoding="utf-8"))
        routing_service.ensure_rule_book(FIRST_RULES.read_text(encoding="utf-8"))
        accounts.ensure_roles()
        worker_keys.ensure_worker_keys()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()  # what is left open at the end counts as a fault


@pytest.fixture(scope="session", autouse=True)
def cheap_secrets() -> None:
    """Derive from a passphrase or a receipt in a millisecond: the benchmarks see to the cost."""
    for module in SHIPPED_COST:
        module.MEMORY_KIB, module.PASSES = 8, 1


@pytest.fixture
def shipped_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derive as other processes do."""
    for module, (memory, passes) in SHIPPED_COST.items():
        monkeypatch.setattr(module, "MEMORY_KIB", memory)
        monkeypatch.setattr(module, "PASSES", passes)


def pytest_xdist_auto_num_workers() -> int:
    """One more worker than processors: tests that kill processes mostly wait."""
    return (os.cpu_count() or 1) + 1


def _make_passwords_cheap(app: Flask) -> None:
    """The same for passwords; another application in this process makes them dear again."""
    context = app.extensions["security"].pwd_context
    if context.handler("argon2").memory_cost != 8:
        context.update(argon2__memory_cost=8, argon2__time_cost=1, argon2__parallelism=1)


@pytest.fixture
def app(prepared_app: Flask) -> Iterator[Flask]:
    """The application, empty of tickets, tips and staff; its context is pushed."""
    _make_passwords_cheap(prepared_app)
    with prepared_app.app_context():
        yield prepared_app
        db.session.remove()
        with db.engine.begin() as connection:
            tables = ", ".join(f'"{table}"' for table in db.metadata.tables if table not in KEPT)
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
            connection.execute(text("DELETE FROM rule_revision WHERE author_id IS NOT NULL"))
            connection.execute(text("DELETE FROM registry_revision WHERE author_id IS NOT NULL"))
            connection.execute(text('DELETE FROM "user"'))
            connection.execute(text('ALTER TABLE "user" ALTER COLUMN id RESTART'))
            connection.execute(
                text("DELETE FROM sealing_key WHERE kind NOT IN ('router', 'mailer')")
            )
        background.connection().flushdb()
        for mail in prepared_app.config["SETTINGS"].outbox_dir.glob("*.eml"):
            mail.unlink()


@pytest.fixture
def restarted_app(app: Flask, settings: Settings) -> Iterator[Flask]:
    """The application as another process has it, over the same engines."""
    restarted = create_app(settings)
    yield restarted
    with restarted.app_context():
        db.session.remove()
        db.engine.dispose()


class Browser(FlaskClient):
    """A client whose requests run in a context of their own, as in a server."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request; what the test had loaded before is forgotten."""
        # Read whole in there: a file that is streamed holds a transaction until its end.
        answer = Context().run(super().open, *args, **kwargs, buffered=True)
        db.session.remove()
        return answer


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return Browser(app, app.response_class, use_cookies=True)


@pytest.fixture
def client_factory(app: Flask) -> Callable[[], FlaskClient]:
    """More browsers, one for each person."""
    return lambda: Browser(app, app.response_class, use_cookies=True)


@pytest.fixture
def other_client(client_factory: Callable[[], FlaskClient]) -> FlaskClient:
    """Somebody else's browser."""
    return client_factory()


@pytest.fixture
def carry_out(app: Flask) -> Callable[[], None]:
    """Carry out, in this process, every effect that has been promised."""

    def run() -> None:
        while topics := outbox_queries.list_topics_waiting(clock.now()):
            done = sum([outbox.drain(topic) for topic in topics])
            assert done, f"nothing could be carried out for {topics}"
        db.session.remove()

    return run


class StillClock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 15, 14, 0, tzinfo=UTC)

    def forward(self, **by: float) -> None:
        """Move on by a timedelta's arguments."""
        self.now += timedelta(**by)


@pytest.fixture
def still_clock() -> Iterator[StillClock]:
    """Hold the time at 15 June 2026, 10:00 in New York."""
    still = StillClock()
    clock.use(lambda: still.now)
    yield still
    clock.use(None)
