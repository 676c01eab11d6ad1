"""Try two rule books on the same issues, and tell what would be decided differently. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from app.routing.decide import choose
from app.routing.guide import Guide, Learner
from app.routing.model import Candidate, Decision, Facts
from app.routing.reading import Reading, read
from app.routing.rules import Rule, RuleBook, fits


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as it was filed: all that is needed to decide it again.

    `strange`: whoever looks at the preview does not work it.
    """

    id: int
    text: str
    facts: Facts
    filed_on: date
    strange: bool = False


class Aspect(StrEnum):
    """What a decision says that another may say differently."""

    QUEUE = "queue"
    PRIORITY = "priority"
    TOPIC = "topic"
    COPY = "copy"
    PROBLEM = "problem"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Shift:
    """One thing that becomes another, in codes; empty: nothing. Of a reason only that it does."""

    aspect: Aspect
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class Preview:
    """What would change: for each shift the ids of the issues, in the order they were tried.

    `stopped`: there were more issues than time to try them.
    """

    tried: int = 0
    stopped: bool = False
    first_on: date | None = None
    last_on: date | None = None
    shifts: dict[Shift, list[int]] = field(default_factory=dict)

    def of(self, aspect: Aspect) -> list[tuple[Shift, list[int]]]:
        """The shifts of one aspect, the most frequent first."""
        found = [(shift, ids) for shift, ids in self.shifts.items() if shift.aspect is aspect]
        return sorted(found, key=lambda entry: -len(entry[1]))

    def count(self, *aspects: Aspect) -> int:
        """How many issues change in one of the aspects; without any, in whatever way."""
        return len(
            {
                issue
                for shift, ids in self.shifts.items()
                if not aspects or shift.aspect in aspects
                for issue in ids
            }
        )


def compare(
    issues: Iterable[Issue],
    guide: Guide,
    book: RuleBook,
    enough: Callable[[], bool] = lambda: False,
) -> Preview:
    """Decide each issue on its own day by the guide, and by the guide with another book.

    An issue is read once for both, and decided only where other rules fit. When `enough` says
    so, the rest is left out. So is a strange one that alleges: a preview must not tell the
    accused that somebody did.
    """
    if guide.learner:
        guide = replace(guide, learner=_OneRanking(guide.learner))
    changed = replace(guide, book=book, book_revision=None)
    same_least = guide.book.least_confidence == book.least_confidence
    preview = Preview()
    for issue in issues:
        if enough():
            preview.stopped = True
            break
        reading = read(issue.text, issue.facts, guide.registry, issue.filed_on)
        if issue.strange and reading.alleges:
            continue
        if not same_least or _fitting(guide, reading) != _fitting(changed, reading):
            before = choose(reading, guide, issue.filed_on)
            after = choose(reading, changed, issue.filed_on)
            for shift in _shifts(before, after):
                preview.shifts.setdefault(shift, []).append(issue.id)
        preview.tried += 1
        preview.first_on = min(preview.first_on or issue.filed_on, issue.filed_on)
        preview.last_on = max(preview.last_on or issue.filed_on, issue.filed_on)
    return preview


def _fitting(guide: Guide, reading: Reading) -> list[Rule]:
    """All of a book that a decision depends on, besides the confidences of queues."""
    return [rule for rule in guide.book.rule if fits(rule, reading)]


class _OneRanking:
    """A learner that ranks a text once though two books ask for it."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner
        self._last: tuple[str, Sequence[Candidate]] | None = None

    @property
    def revision(self) -> int:
        return self._learner.revision

    def rank(self, text: str) -> Sequence[Candidate]:
        if self._last is None or self._last[0] != text:
            self._last = text, self._learner.rank(text)
        return self._last[1]


def _shifts(before: Decision, after: Decision) -> Iterator[Shift]:
    if before.queue != after.queue:
        yield Shift(Aspect.QUEUE, before.queue, after.queue)
    elif before.reasons != after.reasons:
        yield Shift(Aspect.REASON)
    if before.priority != after.priority:
        yield Shift(Aspect.PRIORITY, before.priority, after.priority)
    yield from _gained_and_lost(Aspect.TOPIC, before.topics, after.topics)
    yield from _gained_and_lost(Aspect.COPY, before.copies, after.copies)
    if before.problem != after.problem:
        yield Shift(Aspect.PROBLEM, str(before.problem or ""), str(after.problem or ""))


def _gained_and_lost(
    aspect: Aspect, before: Sequence[str], after: Sequence[str]
) -> Iterator[Shift]:
    yield from (Shift(aspect, "", code) for code in after if code not in before)
    yield from (Shift(aspect, code, "") for code in before if code not in after)
