"""Reads of what the router goes by."""

from sqlalchemy import func, select
from sqlalchemy.orm import defer, joinedload

from app.core.errors import NotFoundError
from app.core.pagination import PAGE_SIZE, Page, page_of
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


def lock_book() -> None:
    """Let one act at a time change the rule book, until the unit of work ends."""
    name = func.hashtextextended("rule_book", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(name)))


def find_newest_rule_revision() -> RuleRevision | None:
    """The version of the rule book that is in force."""
    return db.session.scalar(select(RuleRevision).order_by(RuleRevision.id.desc()).limit(1))


def get_rule_revision(revision: int) -> RuleRevision:
    """A version of the rule book by its number; raise NotFoundError when there is none."""
    if found := db.session.get(RuleRevision, revision):
        return found
    raise NotFoundError("There is no such version.")


def find_rule_revision_before(revision: int) -> RuleRevision | None:
    """The version that a version took the place of."""
    query = select(RuleRevision).where(RuleRevision.id < revision)
    return db.session.scalar(query.order_by(RuleRevision.id.desc()).limit(1))


def list_rule_revisions(before: int | None = None) -> Page[RuleRevision]:
    """Versions of the rule book without their rules, newest first, below the number `before`."""
    query = select(RuleRevision).options(
        joinedload(RuleRevision.author), defer(RuleRevision.document)
    )
    if before is not None:
        query = query.where(RuleRevision.id < before)
    query = query.order_by(RuleRevision.id.desc()).limit(PAGE_SIZE + 1)
    return page_of(db.session.scalars(query).all())
