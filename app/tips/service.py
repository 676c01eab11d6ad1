"""Acts on tips."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.errors import NotFoundError, RefusedError
from app.core.identifiers import derive_secret, submission_hash
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.outbox import service as outbox
from app.routing import service as routing
from app.routing.model import Facts
from app.tips import queries
from app.tips.models import Tip, TipAddition, TipState
from app.vault import receipts
from app.vault import service as vault


@dataclass(frozen=True, slots=True)
class TipFiling:
    """What a source entered."""

    submission: UUID
    text: str
    topic: str | None = None
    contact: str = ""


def file_tip(filing: TipFiling) -> str:
    """Seal and save a tip, promise its routing; return the words of its receipt.

    The same submission again on the same day changes nothing and returns the same receipt,
    so a double click does not cost a source the way back. On a later day it is refused.
    """
    words = receipts.from_secret(derive_secret(filing.submission, "tip-receipt"))
    if _is_filed(filing):
        return words
    try:
        with unit_of_work():
            _create_tip(filing, words)
    except IntegrityError:
        if not _is_filed(filing):
            raise
    return words


def _is_filed(filing: TipFiling) -> bool:
    tip = queries.find_tip_by_submission(submission_hash(filing.submission))
    if tip and tip.received_on != clock.today():
        raise RefusedError("This tip has reached us already. Its receipt was shown that day.")
    return tip is not None


def _create_tip(filing: TipFiling, words: str) -> None:
    mailbox = vault.create_mailbox(words)
    content = {"text": filing.text, "topic": filing.topic or ""}
    contact = {"contact": filing.contact}
    tip = Tip(
        id=uuid4(),
        submission_hash=submission_hash(filing.submission),
        received_on=clock.today(),
        state=TipState.RECEIVED,
        content=vault.seal_for_router("tip-content", content),
        identity=vault.seal_for_custodian("tip-identity", contact) if filing.contact else None,
        lookup_id=mailbox.lookup_id,
        mailbox_public_key=mailbox.public_key,
        mailbox_wrapped_key=mailbox.wrapped_private_key,
    )
    db.session.add(tip)
    db.session.flush()
    outbox.promise("tips.route", tip_id=str(tip.id))


def route_tip(tip_id: UUID) -> None:
    """Open a tip, decide its queue, and seal it to that desk: then no router key opens it."""
    with unit_of_work():
        tip = queries.get_tip_for_update(tip_id)
        if tip.decision_id:
            return
        content = vault.open_sealed(tip.content)
        tip.decision = routing.decide_and_record_tip(
            content["text"], Facts(topic=content["topic"] or None)
        )
        tip.queue_code = tip.decision.queue_code
        vault.seal_to_desk(tip.content, tip.queue_code)


def open_mailbox(words: str) -> Tip:
    """The tip of a receipt; raise NotFoundError for other words, after the same time."""
    if tip := queries.find_tip_by_lookup(vault.lookup_id(words)):
        return tip
    raise NotFoundError("We know no tip with these words.")


def add_to_tip(tip_id: UUID, submission: UUID, text: str) -> None:
    """Add to a tip what its source wrote; the same form twice adds it once."""
    hashed = submission_hash(submission)
    with unit_of_work():
        tip = queries.get_tip_for_update(tip_id)
        if queries.find_addition_by_submission(hashed):
            return
        if tip.state == TipState.CLOSED:
            raise RefusedError("This tip is closed. Please send a new one.")
        addition = TipAddition(
            id=uuid4(),
            tip_id=tip.id,
            submission_hash=hashed,
            added_on=clock.today(),
            content=vault.seal_for_router("tip-addition", {"text": text}),
        )
        db.session.add(addition)
        db.session.flush()
        outbox.promise("tips.file_addition", addition_id=str(addition.id))


def file_addition(addition_id: UUID) -> None:
    """Seal an addition to the desk that has its tip."""
    with unit_of_work():
        addition = queries.get_addition(addition_id)
        route_tip(addition.tip_id)
        queue_code = queries.get_tip(addition.tip_id).queue_code
        if queue_code:
            vault.seal_to_desk(addition.content, queue_code)
