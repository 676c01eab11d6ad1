"""Decide with the guide in force, and record the decision."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from app.core import clock
from app.core.bulk import insert_rows
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.registry import queries as registry
from app.routing import decide as decide_module
from app.routing import queries
from app.routing.decide import decide
from app.routing.model import Decision, Facts, decision_to_document
from app.routing.models import DecisionRecord, ReferralRecord, RuleRevision
from app.routing.rules import parse_rule_book, rule_book_to_document


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


def may_receive(text: str, queue_code: str) -> bool:
    """Whether a queue may get an issue by its words: not one that an allegation names."""
    return decide_module.may_receive(
        text, queue_code, registry.get_current_registry(), clock.today()
    )


def record_all(decisions: Sequence[Decision]) -> list[UUID]:
    """Save decisions with their reasons, in two statements; return their ids in order."""
    today = clock.today()
    ids = [uuid4() for _ in decisions]
    rows, referrals = [], []
    for record_id, decision in zip(ids, decisions, strict=True):
        document = decision_to_document(decision)
        rows.append({"id": record_id, "decided_on": today, **_columns(decision, document)})
        referrals += _referral_rows(record_id, decision, document)
    insert_rows(DecisionRecord, rows)
    insert_rows(ReferralRecord, referrals)
    return ids


def _columns(decision: Decision, document: dict[str, Any]) -> dict[str, Any]:
    return {
        "algorithm": decision.version,
        "registry_revision_id": decision.registry_revision,
        "queue_code": decision.queue,
        "agency_code": decision.agency,
        "confidence": decision.confidence,
        "topics": list(decision.topics),
        "tasks": list(decision.tasks),
        "systems": list(decision.systems),
        "reasons": document["reasons"],
        "answers": document["answers"],
        "certain": decision.certain,
        "chosen_by": decision.chosen_by,
        "candidates": document["candidates"],
        "marks": document["marks"],
        "language": decision.language,
        "priority": decision.priority,
        "copies": list(decision.copies),
        "problem_id": decision.problem,
        "loop": decision.loop,
        "rule_revision_id": decision.book_revision,
        "learned_model_id": decision.learner_revision,
    }


def _referral_rows(
    record_id: UUID, decision: Decision, document: dict[str, Any]
) -> list[dict[str, Any]]:
    return [
        {
            "decision_id": record_id,
            "position": position,
            "told_by_code": referral.told_by,
            "from_system_code": referral.from_system,
            "from_agency_code": referral.from_agency,
            "to_system_code": referral.to_system,
            "to_agency_code": referral.to_agency,
            "verdict": referral.verdict,
            "happened_on": referral.happened_on,
            "proof": document["referrals"][position]["proof"],
        }
        for position, referral in enumerate(decision.referrals)
    ]
