"""What goes into a decision and what comes out. Plain data."""

from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """Whether an office sent the reporter the right way, by the dated registry."""

    RIGHT = "right"
    MISDIRECTED = "misdirected"
    UNKNOWN = "unknown"


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
    """One hop, in codes, and the verdict with its proof."""

    told_by: str | None
    from_system: str | None
    from_agency: str | None
    to_system: str | None
    to_agency: str | None
    verdict: Verdict
    proof: Reason


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
class Decision:
    """Where an issue goes, and why. `confidence` from 0 to 1."""

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

    def without_words(self) -> "Decision":
        """The same decision without any word of the text that led to it, nor whom it accuses."""
        return replace(
            self,
            reasons=tuple(
                replace(reason, words=()) for reason in self.reasons if reason.key not in ACCUSING
            ),
            referrals=tuple(
                replace(referral, proof=replace(referral.proof, words=()))
                for referral in self.referrals
            ),
        )


def decision_to_document(decision: Decision) -> dict[str, Any]:
    """The decision as a JSON document."""
    document = asdict(decision)
    for answer in document["answers"]:
        answer["since"] = answer["since"].isoformat() if answer["since"] else None
    return document
