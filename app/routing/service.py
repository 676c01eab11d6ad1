"""Decide with the guide in force, and record the decision."""

from collections.abc import Sequence

from app.accounts.models import User
from app.accounts.policy import may_change_rules
from app.audit import service as audit
from app.core import clock
from app.core.errors import RefusedError
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.registry import queries as registry
from app.routing import allegations, queries
from app.routing import decide as decide_module
from app.routing.allegations import Allegation
from app.routing.decide import decide
from app.routing.model import Decision, Facts
from app.routing.models import DecisionRecord, RuleRevision
from app.routing.recording import record_all
from app.routing.rules import RuleBook, check_rule_book, parse_rule_book, rule_book_to_document


def ensure_rule_book(text: str) -> None:
    """Put the first rule book in force where there is none; raise RuleBookError."""
    if queries.find_current_book() is None:
        book = parse_rule_book(text, registry.get_current_registry())
        with unit_of_work():
            db.session.add(
                RuleRevision(
                    saved_at=clock.now(),
                    note="As it came with Rightdesk",
                    document=rule_book_to_document(book),
                )
            )


class BookChangedError(RefusedError):
    """Somebody else has saved a rule book since this one was begun."""


def save_book(actor: User, based_on: int | None, book: RuleBook, note: str) -> int:
    """Put a rule book in force and return its number.

    Raises RuleBookError when it is faulty, RefusedError when it changes nothing or the actor
    leads nothing, BookChangedError when `based_on` is no longer in force. The same book sent
    twice by one person is saved once.
    """
    if not may_change_rules(actor):
        raise RefusedError("Only leads and admins change the rules.")
    document = rule_book_to_document(book)
    check_rule_book(document, registry.get_current_registry())
    with unit_of_work():
        queries.lock_book()
        current = queries.find_newest_rule_revision()
        same = current is not None and current.document == document
        if current and current.id != based_on:
            if same and current.author_id == actor.id:
                return current.id
            raise BookChangedError("Somebody has saved other rules while you were at work.")
        if same:
            raise RefusedError("This changes nothing: these rules are in force already.")
        revision = RuleRevision(
            saved_at=clock.now(), author_id=actor.id, note=note, document=document
        )
        db.session.add(revision)
        db.session.flush()
        audit.record("rules.save", "rule_revision", revision.id, actor.id)
        return revision.id


def decide_all(issues: Sequence[tuple[str, Facts]]) -> list[Decision]:
    """Decide issues by what the router goes by now."""
    if not issues:
        return []
    guide, today = queries.get_current_guide(), clock.today()
    return [decide(text, facts, guide, today) for text, facts in issues]


def decide_and_record_tip(text: str, facts: Facts) -> DecisionRecord:
    """Decide a tip and save the decision without a word of the text that carried it."""
    [decision] = decide_all([(text, facts)])
    [record_id] = record_all([decision.without_words()])
    return db.session.get_one(DecisionRecord, record_id)


def warm_up() -> None:
    """Build what deciding needs and this process does not have yet."""
    decide_all([("", Facts())])


def find_allegation(text: str, facts: Facts) -> Allegation | None:
    """What a text alleges, apart from what it asks; None when it alleges nothing."""
    return allegations.find_allegation(text, facts, registry.get_current_registry(), clock.today())


def may_receive(text: str, facts: Facts, queue_code: str) -> bool:
    """Whether a queue may get an issue: not one that an allegation may be about."""
    return decide_module.may_receive(
        text, facts, queue_code, registry.get_current_registry(), clock.today()
    )
