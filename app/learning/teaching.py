"""Learn tasks and topics from labelled examples. Pure.

Done by hand when the examples change, not at night: `flask routing teach`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from app.learning.examples import Example, Examples, Rows, collect
from app.learning.training import calibrate, make_learner, scores_of, taken_from
from app.routing.learner import LinearLearner
from app.routing.taught import NO_TASK, TAUGHT_TOPICS

FEWEST_TEXTS = 3
"""A feature that fewer texts have is left out."""

_OF_TASKS = {"C": 60.0, "max_iter": 500, "tol": 1e-3}
_OF_TOPICS = {"C": 20.0, "max_iter": 500, "tol": 1e-3, "class_weight": "balanced"}

Columns = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text, the tasks that its writer wants done, its topics, and the file that it is of.

    Without `tasks` it teaches topics alone.
    """

    text: str
    tasks: tuple[str, ...] | None
    topics: tuple[str, ...]
    source: str


def teach_tasks(lessons: Sequence[Lesson]) -> LinearLearner:
    """A model of tasks, calibrated on texts of files that it has not seen.

    A text with several tasks is an example of each of the first two.
    """
    examples = collect(
        Example(lesson.text, task, lesson.source)
        for lesson in lessons
        if lesson.tasks is not None
        for task in (lesson.tasks or (NO_TASK,))[:2]
    )
    columns, linear = _columns(examples), LogisticRegression(**_OF_TASKS)
    scores = np.zeros((len(examples), len(examples.queues)))
    for source in range(examples.requesters.max() + 1):
        apart = examples.requesters == source
        pipeline = _fit(linear, examples, ~apart, columns, examples.ended)
        told = scores_of(pipeline, examples.matrix[apart][:, columns])
        scores[np.ix_(np.flatnonzero(apart), pipeline[-1].classes_)] = told
    sharpness, doubt = calibrate(scores, examples.ended)
    whole = _fit(linear, examples, np.ones(len(examples), bool), columns, examples.ended)
    return taken_from(whole, examples.queues, columns, sharpness, doubt)


def teach_topics(lessons: Sequence[Lesson]) -> LinearLearner:
    """A model of topics, each by itself: its scores are log odds."""
    examples = collect(Example(lesson.text, "", lesson.source) for lesson in lessons)
    wanted = np.array([[topic in le.topics for topic in TAUGHT_TOPICS] for le in lessons])
    linear = OneVsRestClassifier(LogisticRegression(**_OF_TOPICS))
    columns, everything = _columns(examples), np.ones(len(examples), bool)
    pipeline = _fit(linear, examples, everything, columns, wanted.astype(int))
    each = pipeline[-1].estimators_
    weights = np.hstack([one.coef_.T for one in each])
    bias = np.concatenate([one.intercept_ for one in each])
    return make_learner(TAUGHT_TOPICS, columns, pipeline[0].idf_, weights, bias)


def _columns(examples: Examples) -> Columns:
    """The features that enough texts have."""
    return np.flatnonzero(examples.matrix.getnnz(axis=0) >= FEWEST_TEXTS).astype(np.int32)


def _fit(
    linear: Any, examples: Examples, rows: Rows, columns: Columns, wanted: NDArray[Any]
) -> Pipeline:
    pipeline = make_pipeline(TfidfTransformer(), linear)
    return pipeline.fit(examples.matrix[rows][:, columns], wanted[rows])
