"""What the router goes by: the registry, the rule book, and what was learned. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.registry.catalogue import Registry
from app.routing.model import Candidate
from app.routing.rules import RuleBook


class Learner(Protocol):
    """A trained classifier of texts."""

    @property
    def revision(self) -> int:
        """Its number in the database."""

    def rank(self, text: str) -> Sequence[Candidate]:
        """The queues that a text may belong to with calibrated confidences, best first."""


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """Everything that `decide` goes by. `book_revision` is the book's number in the database."""

    registry: Registry
    book: RuleBook = field(default_factory=RuleBook)
    book_revision: int | None = None
    learner: Learner | None = None
