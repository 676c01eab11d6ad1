"""What examples taught: how likely a text is about each task and topic, and by which words. Pure.

The examples are texts of our own (app/learning/texts), never a ticket or a tip. `flask routing
teach` makes the two models from them that come with the program.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from heapq import nlargest
from pathlib import Path

import numpy as np

from app.routing.features import Buckets, Values, features
from app.routing.learner import LinearLearner, restore
from app.routing.tokens import Token

TASKS = Path(__file__).with_name("taught_tasks.npz")
TOPICS = Path(__file__).with_name("taught_topics.npz")
TAUGHT_TOPICS = ("wrongdoing", "retaliation", "agency_bounce", "legacy_redirect")
"""Topics that no task has; each by itself, for a text may have any of them."""

NO_TASK = ""
"""The label of texts that ask for nothing that the registry knows."""

_LEAST = 0.005
_MOST_CARRIERS = 3
_SHARE_OF_BEST = 0.4


@cache
def _model(file: Path) -> LinearLearner:
    return restore(file.read_bytes(), revision=0)


def is_taught(task: str) -> bool:
    """Whether examples tell of a task; an admin may have added it since."""
    return task in _model(TASKS).labels


def tell(text: str) -> tuple[dict[str, float], dict[str, float]]:
    """How likely a text is about each task, and about each of TAUGHT_TOPICS; from 0 to 1.

    The tasks are together 1, with NO_TASK for none of them.
    """
    found = features(text)
    return _tell_tasks(*found), _tell_topics(*found)


def _tell_tasks(buckets: Buckets, values: Values) -> dict[str, float]:
    model = _model(TASKS)
    confidences = model.confidences(buckets, values)
    if confidences is None:
        return {NO_TASK: 1.0}
    likely = np.flatnonzero(confidences >= _LEAST)
    return {model.labels[at]: float(confidences[at]) for at in likely}


def _tell_topics(buckets: Buckets, values: Values) -> dict[str, float]:
    model = _model(TOPICS)
    scores = model.scores(buckets, values)
    if scores is None:
        return dict.fromkeys(model.labels, 0.0)
    return dict(zip(model.labels, (1 / (1 + np.exp(-scores))).tolist(), strict=True))


@lru_cache(maxsize=20_000)
def _speaks(file: Path, word: str) -> Values:
    """How much a word speaks for each label of a model; the same words come again and again."""
    return _model(file).speak_for(*features(word))


def find_carriers(tokens: Sequence[Token], code: str) -> list[int]:
    """The places of the few words that speak most for a task or a topic."""
    file = TOPICS if code in TAUGHT_TOPICS else TASKS
    if code not in _model(file).labels:
        return []
    label, places = _model(file).labels.index(code), dict[str, int]()
    for at, token in enumerate(tokens):
        places.setdefault(token.word, at)
    weights = {word: float(_speaks(file, word)[label]) for word in places}
    best = nlargest(_MOST_CARRIERS, weights, key=weights.__getitem__)
    enough = _SHARE_OF_BEST * max(weights.values(), default=0.0)
    return sorted(places[word] for word in best if 0 < weights[word] >= enough)
