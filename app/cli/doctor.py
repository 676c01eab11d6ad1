"""Check every part, and say what to do about each fault."""

import sys
from collections.abc import Callable

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli import checks
from app.core import background, clock, health
from app.mail.transport import SmtpTransport, transport_for
from app.outbox import queries as outbox
from app.outbox.retry import LEASE
from app.registry import queries as registry
from app.vault import worker_keys

LATE = 3 * LEASE


def _workers() -> str | None:
    if health.redis_fault():
        return "Not known while Redis does not answer."
    if background.workers_alive():
        return None
    return "No worker is running, so nothing is routed. Start `flask --app wsgi worker`."


def _scheduler() -> str | None:
    if health.redis_fault():
        return "Not known while Redis does not answer."
    if background.schedulers_alive():
        return None
    return "The scheduler is not running. Start `flask --app wsgi scheduler`."


def _mail() -> str | None:
    transport = transport_for(current_app.config["SETTINGS"])
    if not isinstance(transport, SmtpTransport):
        return None
    try:
        with transport.connect() as session:
            session.noop()
    except OSError:
        return "The mail server does not answer or refuses us. Correct SMTP_URL."
    return None


def _secrets() -> str | None:
    settings = current_app.config["SETTINGS"]
    faults = [fault for fault in settings.faults() if "SECRET_KEY" in fault or "SALT" in fault]
    return "; ".join(faults) or None


def _registry() -> str | None:
    if health.migrations_fault():
        return "Not known before the migrations are well."
    if registry.find_current_registry():
        return None
    return "No registry is loaded. Run `flask --app wsgi registry load app/registry/nyc.toml`."


def _keys() -> str | None:
    if health.migrations_fault():
        return "Not known before the migrations are well."
    if current_app.config["SETTINGS"].keys_dir is None:
        return None
    if missing := worker_keys.missing_private_halves():
        return (
            f"{len(missing)} private keys are not in KEYS_DIR. Copy them from another worker, "
            "or run `flask --app wsgi prepare` if none exist yet."
        )
    if not worker_keys.can_sign():
        return (
            "The key that signs proofs of filing is not in KEYS_DIR. Copy proof-signing.key from "
            "another worker, or run `flask --app wsgi prepare` if there is none yet."
        )
    return None


def _outbox() -> str | None:
    if health.migrations_fault():
        return "Not known before the migrations are well."
    if failed := outbox.count_failed():
        return f"{failed} effects were given up. Their faults are in the worker's log."
    oldest = outbox.find_oldest_waiting()
    if oldest and clock.now() - oldest > LATE:
        return "Effects are waiting too long. See whether workers and scheduler run."
    return None


CHECKS: tuple[tuple[str, Callable[[], str | None]], ...] = (
    ("database", health.database_fault),
    ("migrations", health.migrations_fault),
    ("redis", health.redis_fault),
    ("workers", _workers),
    ("scheduler", _scheduler),
    ("mail", _mail),
    ("secrets", _secrets),
    ("registry", _registry),
    ("keys", _keys),
    ("router key", checks.router_key),
    ("old keys", checks.retired_keys),
    ("recovery", checks.recovery_key),
    ("desks", checks.desks),
    ("rows", checks.rows),
    ("destroyed", checks.restored_tips),
    ("log", checks.log_of_the_database),
    ("outbox", _outbox),
)


@click.command()
@with_appcontext
def doctor() -> None:
    """Check the parts; exit with 1 when one is faulty."""
    faulty = False
    for name, check in CHECKS:
        fault = check()
        faulty = faulty or fault is not None
        click.echo(f"{'fault' if fault else 'ok':<6}{name:<12}{fault or ''}".rstrip())
    sys.exit(1 if faulty else 0)
