"""Reads of the registry."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core.errors import NotFoundError, UnavailableError
from app.extensions import db
from app.registry.catalogue import Registry
from app.registry.file import registry_from_document
from app.registry.models import Queue, RegistryRevision

_built: dict[int, Registry] = {}


def find_current_revision() -> int | None:
    """The number of the revision in force."""
    return db.session.scalar(select(func.max(RegistryRevision.id)))


def find_current_registry() -> Registry | None:
    """The registry in force. The revision is asked for each time, its content kept."""
    revision = find_current_revision()
    if revision is None:
        return None
    built = _built.get(revision)  # one look: another thread may clear it for a newer one
    if built is None:
        built = registry_from_document(get_revision(revision).document, revision)
        _built.clear()
        _built[revision] = built
    return built


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


def get_revision(number: int) -> RegistryRevision:
    """A revision by its number; raise NotFoundError when there is none."""
    if revision := db.session.get(RegistryRevision, number):
        return revision
    raise NotFoundError("There is no such revision.")


def list_revisions(most: int, before: int | None = None) -> list[RegistryRevision]:
    """Revisions, newest first; with `before`, those older than it."""
    found = select(RegistryRevision).options(joinedload(RegistryRevision.author))
    if before is not None:
        found = found.where(RegistryRevision.id < before)
    return list(db.session.scalars(found.order_by(RegistryRevision.id.desc()).limit(most)))


def find_earlier(revision: RegistryRevision) -> RegistryRevision | None:
    """The revision that was in force before."""
    earlier = list_revisions(1, before=revision.id)
    return earlier[0] if earlier else None


def list_queues() -> list[Queue]:
    """Queues in use, by code."""
    return list(db.session.scalars(select(Queue).filter_by(active=True).order_by(Queue.code)))


def get_queue(code: str) -> Queue:
    """A queue by its code; raise NotFoundError when there is none."""
    if queue := db.session.get(Queue, code):
        return queue
    raise NotFoundError("There is no such queue.")
