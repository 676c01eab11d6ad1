"""Reads of the registry."""

from datetime import datetime

from sqlalchemy import func, select

from app.core.errors import NotFoundError, UnavailableError
from app.extensions import db
from app.registry.catalogue import Registry
from app.registry.file import registry_from_document
from app.registry.models import Queue, RegistryRevision

_built: dict[int, Registry] = {}


def find_current_registry() -> Registry | None:
    """The registry in force. The revision is asked for each time, its content kept."""
    revision = db.session.scalar(select(func.max(RegistryRevision.id)))
    if revision is None:
        return None
    if revision not in _built:
        document = db.session.scalars(
            select(RegistryRevision.document).filter_by(id=revision)
        ).one()
        _built.clear()
        _built[revision] = registry_from_document(document, revision)
    return _built[revision]


def get_current_registry() -> Registry:
    """The registry in force; raise UnavailableError before one is loaded."""
    if registry := find_current_registry():
        return registry
    raise UnavailableError("No registry is loaded: run `flask --app wsgi registry load FILE`.")


def get_loaded_at(revision: int) -> datetime:
    """When a state of the registry was put in force; NotFoundError for an unknown one."""
    if found := db.session.scalar(select(RegistryRevision.loaded_at).filter_by(id=revision)):
        return found
    raise NotFoundError("There is no such state of the registry.")


def find_current_checksum() -> str | None:
    """SHA-256 of the registry file in force, as hex."""
    return db.session.scalar(
        select(RegistryRevision.checksum).order_by(RegistryRevision.id.desc()).limit(1)
    )


def list_queues() -> list[Queue]:
    """Queues in use, by code."""
    return list(db.session.scalars(select(Queue).filter_by(active=True).order_by(Queue.code)))


def get_queue(code: str) -> Queue:
    """A queue by its code; raise NotFoundError when there is none."""
    if queue := db.session.get(Queue, code):
        return queue
    raise NotFoundError("There is no such queue.")
