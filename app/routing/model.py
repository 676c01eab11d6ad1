"""What goes into a decision and what comes out. Plain data."""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """Whether an office sent the reporter the right way, by the dated registry."""

    RIGHT = "right"
    MISDIRECTED = "misdirected"
    UNKNOWN = "unknown"


class Priority(StrEnum):
    """How soon a ticket wants an answer."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class ChosenBy(StrEnum):
    """What chose a decision's queue."""

    RULE = "rule"
    LEARNER = "learner"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Facts:
    """Registry codes that the filer chose in the form; all may be missing.

    `hidden_from` are queues that must not get the issue.
    """

    task: str | None = None
    system: str | None = None
    told_by: str | None = None
    told_system: str | None = None
    topic: str | None = None
    hidden_from: tuple[str, ...] = ()


ACCUSING = ("not-to-accused",)
"""Reasons that tell whom an issue accuses."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: the key of a sentence, and names from the registry to fill it with.

    `words` are the words of the text that carried it. They are kept apart because they are
    the filer's own: for a tip they are dropped.
    """

    key: str
    values: dict[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Referral:
    """One hop, in codes, and the verdict with its proof.

    `happened_on`: the day that the text tells, to which the verdict refers; None: as reported.
    """

    told_by: str | None
    from_system: str | None
    from_agency: str | None
    to_system: str | None
    to_agency: str | None
    verdict: Verdict
    proof: Reason
    happened_on: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A right way that the registry proves on the day: where a task is done, since when."""

    task: str
    system: str | None
    place: str | None
    agency: str | None
    contact: str | None
    since: date | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A queue that an issue may belong to. `confidence` from 0 to 1."""

    queue: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters of the text, from `start` to before `end`, that carried the decision."""

    start: int
    end: int
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Where an issue goes, and why. `confidence` from 0 to 1.

    `certain` is False where a person has to decide, with the three `candidates` before them.
    `loop`: the referrals come back to where they began. `language` is an ISO 639-1 code.
    `copies` are queues that get to see it, `problem` the known problem that a rule names.
    """

    queue: str
    agency: str | None
    systems: tuple[str, ...]
    topics: tuple[str, ...]
    tasks: tuple[str, ...]
    referrals: tuple[Referral, ...]
    answers: tuple[Answer, ...]
    confidence: float
    reasons: tuple[Reason, ...]
    registry_revision: int
    version: str
    certain: bool = True
    chosen_by: ChosenBy = ChosenBy.RULE
    candidates: tuple[Candidate, ...] = ()
    marks: tuple[Mark, ...] = ()
    language: str = "en"
    loop: bool = False
    priority: Priority = Priority.NORMAL
    copies: tuple[str, ...] = ()
    problem: int | None = None
    book_revision: int | None = None
    learner_revision: int | None = None

    def without_words(self) -> "Decision":
        """The same decision without any word of the text that led to it, nor whom it accuses.

        Nor the days that the text tells, its language, nor copies; and confidence in tenths, or
        a guess at the text could be tried against it: what stays readable of a tip is little.
        """
        return replace(
            self,
            marks=(),
            copies=(),
            language="en",
            confidence=round(self.confidence, 1),
            candidates=tuple(
                replace(c, confidence=round(c.confidence, 1)) for c in self.candidates
            ),
            reasons=tuple(_bare(reason) for reason in self.reasons if reason.key not in ACCUSING),
            referrals=tuple(
                replace(referral, happened_on=None, proof=replace(referral.proof, words=()))
                for referral in self.referrals
            ),
        )


def _bare(reason: Reason) -> Reason:
    """A reason without words, without the language it names, and with its percentage in tens."""
    if reason.key == "language":
        return Reason("unclear")
    values = dict(reason.values)
    if "percent" in values:
        values["percent"] = str(round(int(values["percent"]), -1))
    return replace(reason, values=values, words=())


def decision_to_document(decision: Decision) -> dict[str, Any]:
    """The decision as a JSON document."""
    document: dict[str, Any] = _plain(decision)
    return document


def _plain(value: Any) -> Any:
    """What JSON can hold. By hand, since each ticket of a burst passes here: asdict is slow."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if names := getattr(value, "__dataclass_fields__", None):
        return {name: _plain(getattr(value, name)) for name in names}
    return value
