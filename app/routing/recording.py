"""Save decisions, one or hundreds."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from app.core import clock
from app.core.bulk import insert_rows
from app.routing.model import Decision, decision_to_document
from app.routing.models import DecisionRecord, ReferralRecord


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
