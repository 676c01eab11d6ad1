"""Train a classifier on ended tickets, measure it on others, and judge it. Pure.

The only module that knows scikit-learn: it is imported by the nightly job and by nothing that
answers a request or routes a ticket.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from app.learning.examples import Examples, Rows
from app.routing.learner import LinearLearner, spread

FEWEST_EXAMPLES = 200
FEWEST_OF_A_QUEUE = 10
"""A queue in which fewer of the tickets ended is left out: the learner never names it."""

FEWEST_REQUESTERS = 5
"""A feature that fewer people's tickets have is left out: it may be somebody's name."""

MOST_FEATURES = 1 << 16
HELD_OUT = 0.2
"""Share of the requesters, the newest, on whose tickets models are measured."""

CALIBRATING = 5
"""Every fifth of the other requesters: confidences are calibrated on their tickets."""

_CAPACITY = 10.0
_STEPS = 60_000
_FEWEST_ROUNDS = 10
_THREADS = 2
_BOUNDS = ((-4.0, 4.0), (0.0, 0.5))


class TooFewError(Exception):
    """There is not enough to learn from; the message says what is missing."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model, the pipeline that it was taken from, and the tickets it has not seen."""

    learner: LinearLearner
    pipeline: Pipeline
    columns: NDArray[np.int32]
    unseen: Rows


def train(examples: Examples) -> Trained:
    """Train and calibrate on the older requesters' tickets; raise TooFewError."""
    if len(examples) < FEWEST_EXAMPLES:
        raise TooFewError(f"{len(examples)} tickets ended; {FEWEST_EXAMPLES} are needed")
    unseen = examples.newest(HELD_OUT)
    calibrating = ~unseen & (examples.requesters % CALIBRATING == 0)
    fitting = ~unseen & ~calibrating
    enough = examples.counts(fitting) >= FEWEST_OF_A_QUEUE
    learned = enough & (examples.counts(calibrating) > 0)
    if learned.sum() < 2:  # noqa: PLR2004 (with one there is nothing to tell apart)
        raise TooFewError("too few tickets ended at two desks or more")
    fitting &= learned[examples.ended]
    calibrating &= learned[examples.ended]
    columns = _widespread(examples, fitting)
    if not len(columns):
        raise TooFewError("the tickets have too little in common")
    pipeline = _pipeline(int(fitting.sum()))
    pipeline.fit(examples.matrix[fitting][:, columns], examples.ended[fitting])
    scores = scores_of(pipeline, examples.matrix[calibrating][:, columns])
    places = np.searchsorted(pipeline[-1].classes_, examples.ended[calibrating])
    sharpness, doubt = calibrate(scores, places)
    learner = taken_from(pipeline, examples.queues, columns, sharpness, doubt)
    return Trained(learner, pipeline, columns, unseen)


def scores_of(pipeline: Pipeline, matrix: Any) -> NDArray[np.float64]:
    """A column of scores for each queue; scikit-learn gives one column alone for two queues."""
    scores = pipeline.decision_function(matrix).astype(np.float64)
    return scores if scores.ndim > 1 else np.column_stack((-scores, scores))


def _widespread(examples: Examples, rows: Rows) -> NDArray[np.int32]:
    """The features that enough requesters' tickets have; of very many the most widespread."""
    matrix, counts = examples.matrix, np.zeros(examples.matrix.shape[1], np.int32)
    chosen = np.flatnonzero(rows)
    chosen = chosen[np.argsort(examples.requesters[chosen], kind="stable")]
    parts = np.flatnonzero(np.diff(examples.requesters[chosen])) + 1
    for theirs in np.split(chosen, parts):
        begun, ended = matrix.indptr[theirs], matrix.indptr[theirs + 1]
        found = [matrix.indices[a:b] for a, b in zip(begun, ended, strict=True)]
        counts[np.concatenate(found)] += 1
    widest = np.argsort(-counts, kind="stable")[:MOST_FEATURES]
    return np.sort(widest[counts[widest] >= FEWEST_REQUESTERS]).astype(np.int32)


def _pipeline(tickets: int) -> Pipeline:
    """How telling each feature is, then a linear model: fitted in one pass after another."""
    linear = SGDClassifier(
        loss="log_loss",
        alpha=1 / (_CAPACITY * tickets),
        max_iter=max(_FEWEST_ROUNDS, _STEPS // tickets),
        tol=None,
        n_jobs=_THREADS,
        random_state=0,
    )
    return make_pipeline(TfidfTransformer(), linear)


def calibrate(scores: NDArray[np.float64], ended: NDArray[Any]) -> tuple[float, float]:
    """How sharp scores are, and the share of tickets that end anywhere whatever they say.

    Both together make the confidences of tickets that the fit has not seen likeliest.
    """

    def loss(parameters: NDArray[np.float64]) -> float:
        confidences = spread(scores, float(np.exp(parameters[0])), float(parameters[1]))
        given = confidences[np.arange(len(ended)), ended]
        return float(-np.log(np.maximum(given, np.finfo(float).tiny)).mean())

    found = minimize(loss, x0=(0.5, 0.1), bounds=_BOUNDS, method="L-BFGS-B")
    return float(np.exp(found.x[0])), float(found.x[1])


def taken_from(
    pipeline: Pipeline,
    labels: Sequence[str],
    columns: NDArray[np.int32],
    sharpness: float,
    doubt: float,
) -> LinearLearner:
    """The pipeline's own fitted numbers, in the form in which they are stored and asked."""
    rarity, linear = pipeline[0].idf_, pipeline[-1]
    weights, bias = linear.coef_.T, linear.intercept_
    if weights.shape[1] == 1:
        weights, bias = np.hstack((-weights, weights)), np.concatenate((-bias, bias))
    return make_learner(
        tuple(labels[at] for at in linear.classes_),
        columns,
        rarity,
        weights,
        bias,
        sharpness=sharpness,
        doubt=doubt,
    )


def make_learner(
    labels: tuple[str, ...],
    columns: NDArray[np.int32],
    rarity: NDArray[Any],
    weights: NDArray[Any],
    bias: NDArray[Any],
    *,
    sharpness: float = 1.0,
    doubt: float = 0.0,
) -> LinearLearner:
    """A learner of fitted numbers; its weights are as coarse as they will be stored."""
    return LinearLearner(
        labels=labels,
        buckets=columns,
        rarity=rarity.astype(np.float32),
        weights=weights.astype(np.float16).astype(np.float32),
        bias=bias.astype(np.float32),
        sharpness=sharpness,
        doubt=doubt,
    )
