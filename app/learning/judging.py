"""How good a model is on tickets that it has not seen, and whether it beats another. Pure."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.learning.examples import Examples, Rows
from app.routing.learner import LinearLearner
from app.routing.rules import LEAST_CONFIDENCE

_LEAST = 0.001
"""The confidence that is counted for a queue of which a model knows nothing."""

_BANDS = 10
_ERRORS_APART = 2
_TOP = 3


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """For each ticket: was the first queue right, one of the first three; how sure; the loss.

    The loss is the negative logarithm of the confidence in the queue where the ticket ended.
    """

    right: NDArray[np.bool_]
    among_three: NDArray[np.bool_]
    confidence: NDArray[np.float64]
    loss: NDArray[np.float64]

    def figures(self) -> dict[str, float]:
        """The measures in numbers from 0 to 1, except log loss."""
        certain = self.confidence >= LEAST_CONFIDENCE
        return {
            "accuracy": _share(self.right),
            "among_three": _share(self.among_three),
            "log_loss": round(float(self.loss.mean()), 4),
            "calibration_error": round(self._calibration_error(), 4),
            "certain": _share(certain),
            "certain_accuracy": _share(self.right[certain]),
        }

    def _calibration_error(self) -> float:
        """How far confidences are from how often they are right, over ten bands of confidence."""
        bands = np.minimum((self.confidence * _BANDS).astype(int), _BANDS - 1)
        gaps = np.bincount(bands, self.confidence - self.right, minlength=_BANDS)
        return float(np.abs(gaps).sum() / len(bands))


def _share(hits: NDArray[np.bool_]) -> float:
    return round(float(hits.mean()), 4) if len(hits) else 0.0


def measure(learner: LinearLearner, examples: Examples, rows: Rows) -> Measured:
    """Ask a model about tickets. One that knows nothing of a text is wrong about it."""
    places = {code: at for at, code in enumerate(learner.labels)}
    of_queue = np.array([places.get(code, -1) for code in examples.queues])
    ranks, confidence, loss = [], [], []
    matrix = examples.matrix
    for row in np.flatnonzero(rows):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        sure = learner.confidences(matrix.indices[part], matrix.data[part])
        ended = of_queue[examples.ended[row]]
        given = 0.0 if sure is None or ended < 0 else float(sure[ended])
        ranks.append(len(places) if sure is None or ended < 0 else int((sure > given).sum()))
        confidence.append(0.0 if sure is None else float(sure.max()))
        loss.append(-np.log(max(given, _LEAST)))
    return Measured(
        right=np.array(ranks) == 0,
        among_three=np.array(ranks) < _TOP,
        confidence=np.array(confidence),
        loss=np.array(loss),
    )


def measure_habit(learner: LinearLearner, examples: Examples, unseen: Rows) -> Measured:
    """What somebody would be worth who knew no text, only how often each queue gets tickets."""
    seen = np.bincount(examples.ended[~unseen], minlength=len(examples.queues)).astype(float)
    seen[[code not in learner.labels for code in examples.queues]] = 0
    habit = seen / seen.sum()
    given = habit[examples.ended[unseen]]
    ranks = np.array([(habit > sure).sum() for sure in given])
    return Measured(
        right=ranks == 0,
        among_three=ranks < _TOP,
        confidence=np.full(len(given), habit.max()),
        loss=-np.log(np.maximum(given, _LEAST)),
    )


def measure_rules(examples: Examples, rows: Rows) -> dict[str, float]:
    """What the rules were worth on the same tickets, as they decided them on the day."""
    ruled, ended = examples.ruled[rows], examples.ended[rows]
    decided = ruled >= 0
    return {
        "accuracy": _share(ruled == ended),
        "decided": _share(decided),
        "decided_accuracy": _share(ruled[decided] == ended[decided]),
    }


def beats(new: Measured, old: Measured) -> bool:
    """Whether the new one is better by more than chance.

    It must be right as often, and its loss on the same tickets must be lower by at least two
    standard errors of the difference. So with few tickets it takes a clear lead, with many a
    small one will do.
    """
    lead = old.loss - new.loss
    error = float(lead.std()) / max(len(lead), 1) ** 0.5
    ahead = float(lead.mean()) > _ERRORS_APART * error
    return ahead and int(new.right.sum()) >= int(old.right.sum())


def report(
    new: Measured, before: Measured | None, examples: Examples, unseen: Rows
) -> dict[str, Any]:
    """The figures that are kept with a model. Numbers alone."""
    left_over = examples.ruled[unseen] < 0
    return {
        **new.figures(),
        "held_out": int(unseen.sum()),
        "rules": measure_rules(examples, unseen),
        "before": before.figures() if before else None,
        "left_over": {"tickets": int(left_over.sum()), "accuracy": _share(new.right[left_over])},
    }
