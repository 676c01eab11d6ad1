"""Decide with the registry in force, and record the decision."""

from app.core import clock
from app.extensions import db
from app.registry import queries as registry
from app.routing import decide as decide_module
from app.routing.decide import decide
from app.routing.model import Decision, Facts, decision_to_document
from app.routing.models import DecisionRecord, ReferralRecord


def decide_and_record(text: str, facts: Facts) -> DecisionRecord:
    """Decide an issue and save the decision with its reasons."""
    today = clock.today()
    return _record(decide(text, facts, registry.get_current_registry(), today))


def decide_and_record_tip(text: str, facts: Facts) -> DecisionRecord:
    """Decide a tip and save the decision without a word of the text that carried it."""
    today = clock.today()
    return _record(decide(text, facts, registry.get_current_registry(), today).without_words())


def may_receive(text: str, queue_code: str) -> bool:
    """Whether a queue may get an issue by its words: not one that an allegation names."""
    return decide_module.may_receive(
        text, queue_code, registry.get_current_registry(), clock.today()
    )


def _record(decision: Decision) -> DecisionRecord:
    document = decision_to_document(decision)
    record = DecisionRecord(
        decided_on=clock.today(),
        algorithm=decision.version,
        registry_revision_id=decision.registry_revision,
        queue_code=decision.queue,
        agency_code=decision.agency,
        confidence=decision.confidence,
        topics=list(decision.topics),
        tasks=list(decision.tasks),
        systems=list(decision.systems),
        reasons=document["reasons"],
        answers=document["answers"],
        referrals=[
            ReferralRecord(
                position=position,
                told_by_code=referral.told_by,
                from_system_code=referral.from_system,
                from_agency_code=referral.from_agency,
                to_system_code=referral.to_system,
                to_agency_code=referral.to_agency,
                verdict=referral.verdict,
                proof=document["referrals"][position]["proof"],
            )
            for position, referral in enumerate(decision.referrals)
        ],
    )
    db.session.add(record)
    db.session.flush()
    return record
