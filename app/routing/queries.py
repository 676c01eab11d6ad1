"""Reads of what the router goes by."""

from sqlalchemy import func, select

from app.extensions import db
from app.registry import queries as registry
from app.routing.guide import Guide
from app.routing.models import RuleRevision
from app.routing.rules import RuleBook, rule_book_from_document

_built: dict[int, RuleBook] = {}


def find_current_book() -> tuple[int, RuleBook] | None:
    """The rule book in force and its number. The number is asked for each time."""
    revision = db.session.scalar(select(func.max(RuleRevision.id)))
    if revision is None:
        return None
    if revision not in _built:
        document = db.session.scalars(select(RuleRevision.document).filter_by(id=revision)).one()
        _built.clear()
        _built[revision] = rule_book_from_document(document)
    return revision, _built[revision]


def get_current_guide() -> Guide:
    """What the router goes by now; raise UnavailableError before a registry is loaded."""
    revision, book = find_current_book() or (None, RuleBook())
    return Guide(registry=registry.get_current_registry(), book=book, book_revision=revision)
