"""What was learned from texts, ready to be asked. Pure; what it holds are numbers alone.

A model is stored as plain arrays (npz), which are data and never code: docs/decisions/0015.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.routing.features import BUCKETS, Buckets, Values, features
from app.routing.model import Candidate

FORMAT = 2
_MOST_CANDIDATES = 10
_SAMPLE = "To be paid, we registered as a vendor; señor, the OTHER office told us: not here."
"""A model is only used while this reads as it did when the model was trained."""

_KINDS = {
    "format": ("i", 0),
    "sample": ("i", 1),
    "labels": ("U", 1),
    "buckets": ("i", 1),
    "rarity": ("f", 1),
    "weights": ("f", 2),
    "bias": ("f", 1),
    "sharpness": ("f", 0),
    "doubt": ("f", 0),
}
"""Array → its kind of number and its dimensions. There is nothing else in a stored model."""

Confidences = NDArray[np.float64]


class LearnerError(Exception):
    """A stored model that cannot be used. The message says why, and quotes nothing of it."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearLearner:
    """A linear classifier with calibrated confidences.

    `labels` are what it tells apart: queues, or tasks. `buckets` are the features that count,
    ascending, `rarity` how telling each is, `weights` what it says for each label. `sharpness`
    (the inverse of a temperature) and `doubt` (the share of texts that belong anywhere,
    whatever they say) calibrate.
    """

    labels: tuple[str, ...]
    buckets: Buckets
    rarity: Values
    weights: NDArray[np.float32]
    bias: Values
    sharpness: float
    doubt: float
    revision: int = 0

    def rank(self, text: str) -> tuple[Candidate, ...]:
        """The queues that a text may belong to, best first; none when nothing in it is known."""
        confidences = self.confidences(*features(text))
        if confidences is None:
            return ()
        best = np.argsort(-confidences, kind="stable")[:_MOST_CANDIDATES]
        return tuple(Candidate(self.labels[at], float(confidences[at])) for at in best)

    def confidences(self, buckets: Buckets, values: Values) -> Confidences | None:
        """How sure each of the labels is, in their order; None when no feature is known."""
        scores = self.scores(buckets, values)
        return None if scores is None else spread(scores, self.sharpness, self.doubt)

    def scores(self, buckets: Buckets, values: Values) -> Confidences | None:
        """What speaks for each of the labels, in their order; None when no feature is known."""
        telling, places = self._telling(buckets, values)
        if not len(places):
            return None
        telling /= np.sqrt(telling @ telling)
        scores = telling @ self.weights[places] + self.bias
        return scores.astype(np.float64)

    def speak_for(self, buckets: Buckets, values: Values) -> Values:
        """How much some features of a text speak for each label; below zero, against it."""
        telling, places = self._telling(buckets, values)
        spoken: Values = telling @ self.weights[places]
        return spoken

    def _telling(self, buckets: Buckets, values: Values) -> tuple[Values, Buckets]:
        """How telling the known features are, and their places."""
        places = np.searchsorted(self.buckets, buckets)
        places[places == len(self.buckets)] = 0
        known = self.buckets[places] == buckets
        places = places[known]
        return values[known] * self.rarity[places], places.astype(np.int32)


def spread(scores: Confidences, sharpness: float, doubt: float) -> Confidences:
    """Scores of labels (last axis) as confidences that add up to one."""
    scores = (scores - scores.max(axis=-1, keepdims=True)) * sharpness
    parts: Confidences = np.exp(scores)
    parts /= parts.sum(axis=-1, keepdims=True)
    parts *= 1 - doubt
    parts += doubt / scores.shape[-1]
    return parts


def store(learner: LinearLearner) -> bytes:
    """The model as bytes, from which `restore` makes it again."""
    stream = io.BytesIO()
    np.savez(
        stream,
        allow_pickle=False,
        format=np.int64(FORMAT),
        sample=features(_SAMPLE)[0],
        labels=np.array(learner.labels),
        buckets=learner.buckets,
        rarity=learner.rarity,
        weights=learner.weights.astype(np.float16),
        bias=learner.bias,
        sharpness=np.float64(learner.sharpness),
        doubt=np.float64(learner.doubt),
    )
    return stream.getvalue()


def restore(body: bytes, revision: int) -> LinearLearner:
    """The model of a stored body; raise LearnerError when it is damaged or of another make."""
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in _KINDS if name in stored}
            unknown = set(stored) - set(_KINDS)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        raise LearnerError(f"the stored model is damaged ({type(error).__name__})") from None
    if unknown or not _is_sound(arrays):
        raise LearnerError("the stored model holds other things than a model does")
    if not np.array_equal(arrays["sample"], features(_SAMPLE)[0]):
        raise LearnerError("texts were read in another way when the model was trained")
    return LinearLearner(
        labels=tuple(str(code) for code in arrays["labels"]),
        buckets=arrays["buckets"],
        rarity=arrays["rarity"],
        weights=arrays["weights"].astype(np.float32),
        bias=arrays["bias"],
        sharpness=float(arrays["sharpness"]),
        doubt=float(arrays["doubt"]),
        revision=revision,
    )


def _is_sound(arrays: Mapping[str, NDArray[Any]]) -> bool:
    """Whether the arrays are there, of their kinds, and fit each other."""
    kinds = {name: (array.dtype.kind, array.ndim) for name, array in arrays.items()}
    if kinds != _KINDS or int(arrays["format"]) != FORMAT:
        return False
    buckets, weights = arrays["buckets"], arrays["weights"]
    shape = (len(buckets), len(arrays["labels"]))
    return (
        weights.shape == shape
        and arrays["rarity"].shape == shape[:1]
        and arrays["bias"].shape == shape[1:]
        and 0 not in shape
        and bool((np.diff(buckets) > 0).all())
        and 0 <= int(buckets[0]) <= int(buckets[-1]) < BUCKETS
        and all(
            bool(np.isfinite(arrays[name]).all())
            for name in ("rarity", "weights", "bias", "sharpness", "doubt")
        )
    )
