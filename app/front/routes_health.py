"""Answers for machines: is the process alive, and can it serve."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core import health
from app.core.guards import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def live() -> ResponseReturnValue:
    """200 while the process answers at all."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """200 when database, migrations and Redis are well, otherwise 503 with the faulty parts."""
    checks = {
        "database": health.database_fault,
        "migrations": health.migrations_fault,
        "redis": health.redis_fault,
    }
    faulty = [name for name, check in checks.items() if check()]
    return {"status": "faulty" if faulty else "ok", "faulty": faulty}, 503 if faulty else 200
