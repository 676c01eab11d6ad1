"""What differs between two rule books: added, removed, moved, changed field by field. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from app.routing.rules import Rule, RuleBook


class Kind(StrEnum):
    """What happened to a rule."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a rule, before and after."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What happened to one rule. Places count from 1; None where it was not, or is not.

    `behind`: the rule that now stands before it; None: it is the first.
    """

    kind: Kind
    rule: Rule
    place_before: int | None
    place_after: int | None
    fields: tuple[FieldChange, ...] = ()
    behind: Rule | None = None


@dataclass(frozen=True, slots=True)
class ConfidenceChange:
    """The confidence below which a queue wants a person; None: the usual one."""

    queue: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class BookChanges:
    """All that differs; false where nothing does."""

    rules: tuple[RuleChange, ...]
    confidences: tuple[ConfidenceChange, ...]

    def __bool__(self) -> bool:
        return bool(self.rules or self.confidences)


def differences(before: RuleBook, after: RuleBook) -> BookChanges:
    """What has to be done to one book to get the other; rules in the order of the later one."""
    old, new = _by_code(before), _by_code(after)
    moved = _moved(before, after)
    return BookChanges(
        rules=(
            *(c for code in new for c in _changes_of(code, old, new, moved)),
            *(
                RuleChange(Kind.REMOVED, rule, place, None)
                for code, (place, rule) in old.items()
                if code not in new
            ),
        ),
        confidences=tuple(
            ConfidenceChange(q, before.least_confidence.get(q), after.least_confidence.get(q))
            for q in sorted({*before.least_confidence, *after.least_confidence})
            if before.least_confidence.get(q) != after.least_confidence.get(q)
        ),
    )


_Places = dict[str, tuple[int, Rule]]


def _by_code(book: RuleBook) -> _Places:
    return {rule.code: (place, rule) for place, rule in enumerate(book.rule, 1)}


def _changes_of(code: str, old: _Places, new: _Places, moved: set[str]) -> Iterator[RuleChange]:
    place_after, rule = new[code]
    if code not in old:
        yield RuleChange(Kind.ADDED, rule, None, place_after)
        return
    place_before, earlier = old[code]
    if code in moved:
        behind = next((other for place, other in new.values() if place == place_after - 1), None)
        yield RuleChange(Kind.MOVED, rule, place_before, place_after, behind=behind)
    if earlier != rule:
        fields = tuple(
            FieldChange(name, getattr(earlier, name), getattr(rule, name))
            for name in Rule.model_fields
            if getattr(earlier, name) != getattr(rule, name)
        )
        yield RuleChange(Kind.CHANGED, rule, place_before, place_after, fields)


def _moved(before: RuleBook, after: RuleBook) -> set[str]:
    """The fewest rules that were taken out of the order and put in elsewhere."""
    kept = {rule.code for rule in before.rule} & {rule.code for rule in after.rule}
    old = [rule.code for rule in before.rule if rule.code in kept]
    new = [rule.code for rule in after.rule if rule.code in kept]
    stayed = {
        code
        for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        for code in old[block.a : block.a + block.size]
    }
    return kept - stayed
