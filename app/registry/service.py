"""Acts on the registry."""

from typing import Any

from sqlalchemy import text as sql

from app.accounts.models import User
from app.accounts.policy import may_change_registry
from app.audit import service as audit
from app.core import clock
from app.core.errors import RefusedError
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.registry import queries
from app.registry.catalogue import GENERAL_TRIAGE, Registry
from app.registry.file import (
    check_registry,
    document_checksum,
    parse_registry,
    registry_to_document,
)
from app.registry.models import Queue, RegistryRevision


class OlderRevisionError(RefusedError):
    """Somebody else has changed the registry since it was read."""


def load_registry(
    text: str, actor: User | None = None, note: str = "", based_on: int | None = None
) -> Registry:
    """Check a registry file and put it in force; what is in force already changes nothing.

    Without an actor it is the command line. Raises RegistryFileError naming each row that cannot
    be accepted, OlderRevisionError when another revision than `based_on` is in force, and
    RefusedError when the actor is no admin.
    """
    return _put_in_force("registry.load", parse_registry(text, revision=0), actor, note, based_on)


def change_registry(actor: User, document: dict[str, Any], note: str, based_on: int) -> Registry:
    """Check a changed document and put it in force; raises as load_registry does."""
    checked = check_registry(document, revision=0)
    return _put_in_force("registry.change", checked, actor, note, based_on)


def put_back(actor: User, number: int, note: str, based_on: int) -> Registry:
    """Put an earlier revision in force again, as a new one; raises as load_registry does."""
    checked = check_registry(queries.get_revision(number).document, revision=0)
    return _put_in_force("registry.put_back", checked, actor, note, based_on)


def _put_in_force(
    act: str, checked: Registry, actor: User | None, note: str, based_on: int | None
) -> Registry:
    if actor is not None and not may_change_registry(actor):
        raise RefusedError("Only admins change the registry.")
    document = registry_to_document(checked)
    with unit_of_work():
        # One writer at a time; nobody who reads waits.
        db.session.execute(sql("LOCK TABLE registry_revision IN SHARE ROW EXCLUSIVE MODE"))
        current = queries.find_current_registry()
        if based_on is not None and (current is None or current.revision != based_on):
            raise OlderRevisionError("The registry has been changed since you opened this page.")
        if current is None or registry_to_document(current) != document:
            revision = RegistryRevision(
                loaded_at=clock.now(),
                checksum=document_checksum(document),
                document=document,
                author_id=actor.id if actor else None,
                note=note,
            )
            db.session.add(revision)
            db.session.flush()
            _match_queues(checked)
            audit.record(act, "registry", revision.id, revision.author_id)
        return queries.get_current_registry()


def set_tip_retention(queue_code: str, days: int) -> None:
    """Say how many days a queue keeps closed tips; raise NotFoundError for an unknown queue."""
    with unit_of_work():
        queries.get_queue(queue_code).tip_retention_days = days
        audit.record("registry.set_tip_retention", "queue", queue_code, days=days)


def _match_queues(registry: Registry) -> None:
    """A queue for each agency desk; a desk that is gone keeps its queue, out of use."""
    wanted: dict[str, str | None] = {
        agency.code: agency.code for agency in registry.agencies.values() if agency.desk
    }
    wanted[GENERAL_TRIAGE] = None
    known = {queue.code: queue for queue in db.session.query(Queue)}
    for code, agency_code in wanted.items():
        queue = known.get(code) or Queue(code=code, agency_code=agency_code)
        queue.active = True
        db.session.add(queue)
    for code in known.keys() - wanted.keys():
        known[code].active = False
