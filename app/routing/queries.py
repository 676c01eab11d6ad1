"""Reads of what the router goes by."""

import logging
from contextlib import suppress

from sqlalchemy import func, select
from sqlalchemy.orm import defer, joinedload

from app.core.errors import NotFoundError
from app.core.pagination import PAGE_SIZE, Page, page_of
from app.extensions import db
from app.registry import queries as registry
from app.routing.guide import Guide
from app.routing.learner import LearnerError, LinearLearner, restore
from app.routing.models import LearnedModel, RuleRevision
from app.routing.rules import RuleBook, rule_book_from_document

log = logging.getLogger(__name__)

_built: dict[int, RuleBook] = {}
_restored: dict[int, LinearLearner | None] = {}
_NEWEST_BOOK = select(func.max(RuleRevision.id)).scalar_subquery()
_MODEL_IN_USE = select(func.max(LearnedModel.id)).where(LearnedModel.in_use).scalar_subquery()


def find_current_book() -> tuple[int, RuleBook] | None:
    """The rule book in force and its number. The number is asked for each time."""
    revision = db.session.scalar(select(_NEWEST_BOOK))
    return (revision, _book(revision)) if revision else None


def find_current_learner() -> LinearLearner | None:
    """The learned model in use; None where there is none, or none that can be used."""
    model_id = db.session.scalar(select(_MODEL_IN_USE))
    return _learner(model_id) if model_id else None


def get_current_guide() -> Guide:
    """What the router goes by now; raise UnavailableError before a registry is loaded."""
    revision, model_id = db.session.execute(select(_NEWEST_BOOK, _MODEL_IN_USE)).one()
    return Guide(
        registry=registry.get_current_registry(),
        book=_book(revision) if revision else RuleBook(),
        book_revision=revision,
        learner=_learner(model_id) if model_id else None,
    )


def _book(revision: int) -> RuleBook:
    book = _built.get(revision)  # one look: another thread may clear it for a newer one
    if book is None:
        document = db.session.scalars(select(RuleRevision.document).filter_by(id=revision)).one()
        book = rule_book_from_document(document)
        _built.clear()
        _built[revision] = book
    return book


def _learner(model_id: int) -> LinearLearner | None:
    """A stored model. With one that cannot be used the desk goes on by its rules."""
    with suppress(KeyError):
        return _restored[model_id]
    body, restored = db.session.scalar(select(LearnedModel.body).filter_by(id=model_id)), None
    try:
        restored = restore(body or b"", model_id)
    except LearnerError:
        log.warning("learner.refused", extra={"model": model_id})
    _restored.clear()
    _restored[model_id] = restored
    return restored


def list_learned_models(limit: int = 20) -> list[LearnedModel]:
    """What was trained, newest first; without the models themselves."""
    query = select(LearnedModel).order_by(LearnedModel.id.desc())
    return list(db.session.scalars(query.limit(limit)))


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
