"""Learn from tickets that ended, and keep what is better than what is in use."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select, update

from app.audit import service as audit
from app.core import clock
from app.core.errors import RefusedError
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.learning import judging, training
from app.learning.examples import Example, Examples, collect
from app.learning.training import TooFewError, Trained
from app.routing import learner, queries
from app.routing.models import LearnedModel
from app.tickets import ended_queries

log = logging.getLogger(__name__)


def train() -> LearnedModel:
    """Train on where tickets really ended; the model is put in use when it beats the one that is.

    Raises RefusedError when another training goes on, or there is too little to learn from.
    """
    with _alone():
        with unit_of_work():  # the reading's transaction ends before the long work begins
            examples = collect(_examples())
        try:
            trained = training.train(examples)
        except TooFewError as error:
            raise RefusedError(f"Not trained: {error}.") from None
        return _judge_and_keep(trained, examples)


@contextmanager
def _alone() -> Iterator[None]:
    """Hold a lock of its own connection: it is let go even when this process dies."""
    name = func.hashtextextended("learning.train", 0)
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        if not connection.scalar(select(func.pg_try_advisory_lock(name))):
            raise RefusedError("Another training goes on.")
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(name)))


def _examples() -> Iterator[Example]:
    """Tickets alone. Whoever gave no mail address is somebody else each time."""
    for ended in ended_queries.stream_ended():
        yield Example(ended.text, ended.queue, ended.requester or ended.ticket_id, ended.ruled)


def _judge_and_keep(trained: Trained, examples: Examples) -> LearnedModel:
    before = queries.find_current_learner()
    new = judging.measure(trained.learner, examples, trained.unseen)
    if before:
        old = judging.measure(before, examples, trained.unseen)
    else:
        old = judging.measure_habit(trained.learner, examples, trained.unseen)
    kept = judging.beats(new, old)
    figures: dict[str, Any] = {
        **judging.report(new, old if before else None, examples, trained.unseen),
        "queues": len(trained.learner.labels),
        "features": len(trained.columns),
        "before_id": before.revision if before else None,
    }
    with unit_of_work():
        model = _save(trained.learner if kept else None, len(examples), figures)
        audit.record("learning.train", "model", model.id, kept=int(kept), examples=len(examples))
    log.info("learning.trained", extra={"model": model.id, "kept": kept})
    return model


def _save(
    kept: learner.LinearLearner | None, examples: int, figures: dict[str, Any]
) -> LearnedModel:
    """Save the figures, and the model when it is kept; the one before is then let go."""
    model = LearnedModel(
        trained_at=clock.now(),
        in_use=kept is not None,
        examples=examples,
        figures=figures,
        body=learner.store(kept) if kept else None,
    )
    if kept:
        db.session.execute(update(LearnedModel).values(in_use=False, body=None))
    db.session.add(model)
    db.session.flush()
    return model
