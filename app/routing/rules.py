"""The rule book: ordered rules that leads make, and whether one fits what was read. Pure."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from pydantic import Field, ValidationError

from app.registry.catalogue import GENERAL_TRIAGE, Code, Registry, Row, Words
from app.registry.faults import unknown_codes
from app.routing.model import Priority, Verdict
from app.routing.reading import Reading

LEAST_CONFIDENCE = 0.4
"""Below it a person decides, where the book sets nothing else for a queue."""


class Target(StrEnum):
    """Queues that a rule finds rather than names."""

    TASK_OFFICE = "task-office"
    SYSTEM_OWNER = "system-owner"
    NAMED_AGENCY = "named-agency"
    PAYING_AGENCY = "paying-agency"


class Rule(Row):
    """One rule. Every condition that is given must hold; of a list, one entry must be found.

    The first rule that fits and finds a queue decides. A rule without a queue sets what else
    it says (priority, topics, copies, problem) and lets the next ones go on.

    Conditions: `topics`, `tasks`, `systems`, `agencies` are mentioned; `accused` agencies
    are spoken of in an allegation; `words` stand in the
    text; `told_by`, `from_systems`, `to_systems`, `verdicts` hold of one and the same referral;
    `misdirected` (any referral is); `chosen_task` (the form named a task), `chosen_systems`.
    """

    code: Code
    because: Words
    active: bool = True
    topics: tuple[Code, ...] = ()
    tasks: tuple[Code, ...] = ()
    systems: tuple[Code, ...] = ()
    agencies: tuple[Code, ...] = ()
    accused: tuple[Code, ...] = ()
    words: tuple[Words, ...] = ()
    told_by: tuple[Code, ...] = ()
    from_systems: tuple[Code, ...] = ()
    to_systems: tuple[Code, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    misdirected: bool | None = None
    chosen_task: bool | None = None
    chosen_systems: tuple[Code, ...] = ()
    queue: Code | None = None
    confidence: float = Field(default=0.9, ge=0, le=1)
    priority: Priority | None = None
    add_topics: tuple[Code, ...] = ()
    copy_to: tuple[Code, ...] = ()
    problem: int | None = None


class RuleBook(Row):
    """All rules in their order, and the confidence below which a queue wants a person to decide."""

    rule: tuple[Rule, ...] = ()
    least_confidence: dict[Code, float] = Field(default_factory=dict)

    def least_confidence_of(self, queue: str) -> float:
        """The confidence that a decision for the queue must reach to stand by itself."""
        return self.least_confidence.get(queue, LEAST_CONFIDENCE)


class RuleBookError(Exception):
    """The book cannot be accepted. `faults` names each rule; the message is all of them."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def parse_rule_book(text: str, registry: Registry) -> RuleBook:
    """Parse and check a book in TOML; raise RuleBookError naming each faulty rule."""
    try:
        return check_rule_book(tomllib.loads(text), registry)
    except tomllib.TOMLDecodeError as error:
        raise RuleBookError([f"This is not TOML: {error}"]) from None


def check_rule_book(document: dict[str, Any], registry: Registry) -> RuleBook:
    """Build a book from its JSON document and check its codes; raise RuleBookError."""
    book = rule_book_from_document(document)
    if faults := list(_faults(book, registry)):
        raise RuleBookError(faults)
    return book


def rule_book_from_document(document: dict[str, Any]) -> RuleBook:
    """Build a book that was accepted before; the registry may have changed since."""
    try:
        return RuleBook.model_validate(document)
    except ValidationError as error:
        raise RuleBookError(
            [f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors()]
        ) from None


def rule_book_to_document(book: RuleBook) -> dict[str, Any]:
    """The book as a JSON document, from which rule_book_from_document builds it again."""
    return book.model_dump(mode="json", exclude_defaults=True)


def _faults(book: RuleBook, registry: Registry) -> Iterator[str]:
    counts = Counter(rule.code for rule in book.rule)
    yield from (f'rule "{code}": is there twice' for code, n in counts.items() if n > 1)
    desks = {a.code for a in registry.agencies.values() if a.desk} | {GENERAL_TRIAGE}
    yield from unknown_codes("least confidence", "queue", book.least_confidence, desks)
    for rule in book.rule:
        yield from rule_faults(rule, registry, desks)


def rule_faults(rule: Rule, registry: Registry, desks: set[str]) -> Iterator[str]:
    """What is wrong with one rule: unknown codes, no condition, no action."""
    row = f'rule "{rule.code}"'
    yield from unknown_codes(row, "queue", [rule.queue], desks | set(Target))
    yield from unknown_codes(row, "queue", rule.copy_to, desks)
    yield from unknown_codes(row, "topic", (*rule.topics, *rule.add_topics), registry.topics)
    yield from unknown_codes(row, "task", rule.tasks, registry.tasks)
    systems = (*rule.systems, *rule.from_systems, *rule.to_systems, *rule.chosen_systems)
    yield from unknown_codes(row, "system", systems, registry.systems)
    yield from unknown_codes(
        row, "agency", (*rule.agencies, *rule.accused, *rule.told_by), registry.agencies
    )
    if not (rule.queue or rule.priority or rule.add_topics or rule.copy_to or rule.problem):
        yield f"{row}: does nothing"


def fits(rule: Rule, reading: Reading) -> bool:
    """True when every condition of an active rule holds."""
    lists = (
        (rule.topics, reading.topics),
        (rule.tasks, reading.tasks),
        (rule.systems, reading.systems),
        (rule.agencies, reading.agencies),
        (rule.accused, reading.accused),
        (rule.chosen_systems, (reading.chosen_system,)),
    )
    return (
        rule.active
        and all(not wanted or set(wanted) & set(found) for wanted, found in lists)
        and rule.misdirected in (None, reading.is_misdirected)
        and rule.chosen_task in (None, reading.chosen_task is not None)
        and _referral_fits(rule, reading)
        and (not rule.words or any(reading.find_phrase(words) for words in rule.words))
    )


def _referral_fits(rule: Rule, reading: Reading) -> bool:
    if not (rule.told_by or rule.from_systems or rule.to_systems or rule.verdicts):
        return True
    return any(
        (not rule.told_by or referral.told_by in rule.told_by)
        and (not rule.from_systems or referral.from_system in rule.from_systems)
        and (not rule.to_systems or referral.to_system in rule.to_systems)
        and (not rule.verdicts or referral.verdict in rule.verdicts)
        for referral in reading.referrals
    )


def carrying_words(rule: Rule, reading: Reading) -> tuple[str, ...]:
    """The words of the text that made a rule fit."""
    wanted = (*rule.topics, *rule.tasks, *rule.systems, *rule.agencies)
    found = [words for code in wanted for words in reading.words_for(code)]
    found += [said for words in rule.words if (said := reading.find_phrase(words))]
    return tuple(dict.fromkeys(found))
