"""Acts on the registry."""

import hashlib

from app.audit import service as audit
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.registry import queries
from app.registry.catalogue import GENERAL_TRIAGE, Registry
from app.registry.file import parse_registry, registry_to_document
from app.registry.models import Queue, RegistryRevision


def load_registry(text: str) -> Registry:
    """Check a registry file and put it in force; the same file twice changes nothing.

    Raises RegistryFileError naming each row that cannot be accepted.
    """
    checked = parse_registry(text, revision=0)
    checksum = hashlib.sha256(text.encode()).hexdigest()
    with unit_of_work():
        if checksum != queries.find_current_checksum():
            revision = RegistryRevision(
                loaded_at=clock.now(), checksum=checksum, document=registry_to_document(checked)
            )
            db.session.add(revision)
            db.session.flush()
            _match_queues(checked)
            audit.record("registry.load", "registry", revision.id)
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
