"""Acts on tips: the source's side, and the router's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError

from app.accounts import queries as accounts
from app.core import clock
from app.core.errors import NotFoundError, RefusedError
from app.core.identifiers import derive_secret, submission_hash
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.members import notices
from app.outbox import service as outbox
from app.routing import service as routing
from app.routing.model import Facts
from app.tips import queries, workflow
from app.tips.files import Upload, add_files
from app.tips.models import Tip, TipMessage, TipMessageKind, TipState
from app.tips.named import is_named
from app.vault import lockers, receipts
from app.vault import service as vault
from app.vault.errors import SealBrokenError
from app.vault.models import SealedRecord
from app.vault.openers import Holder, Opener

VISIT = lockers.LockerKind("visit", idle=30 * 60, longest=12 * 3600, grain=30 * 60)
CHOSEN = ("task", "system", "told_by", "told_system")
"""What a vendor chose in the ticket form, in the names of Facts."""


@dataclass(frozen=True, slots=True)
class TipFiling:
    """What a source entered. `hidden_from` are codes of agencies that must not see the tip.

    `facts` and the identity, sealed already or not, are those of a ticket that becomes a tip.
    """

    submission: UUID
    text: str
    topic: str | None = None
    contact: str = ""
    hidden_from: Sequence[str] = ()
    facts: Facts = field(default_factory=Facts)
    identity: Mapping[str, str] = field(default_factory=dict)
    sealed_identity: SealedRecord | None = None
    files: Sequence[tuple[str, Upload]] = ()


def file_tip(filing: TipFiling) -> str:
    """Seal and save a tip, promise its routing; return the words of its receipt.

    The same submission again on the same day changes nothing and returns the same receipt,
    so a double click does not cost a source the way back. On a later day it is refused.
    """
    if words := find_receipt(filing.submission):
        return words
    words = _words(filing.submission)
    try:
        with unit_of_work():
            _create_tip(filing, words)
    except IntegrityError:
        if find_receipt(filing.submission) is None:
            raise
    return words


def _words(submission: UUID) -> str:
    return receipts.from_secret(derive_secret(submission, "tip-receipt"))


def find_receipt(submission: UUID) -> str | None:
    """The receipt of what this form filed today, None when it filed nothing yet.

    Raises RefusedError on a later day.
    """
    tip = queries.find_tip_by_submission(submission_hash(submission))
    if tip and tip.received_on != clock.today():
        raise RefusedError("This tip has reached us already. Its receipt was shown that day.")
    return _words(submission) if tip else None


def _create_tip(filing: TipFiling, words: str) -> None:
    tip_id = uuid4()
    lookup_id, mailbox, wrapped = vault.create_mailbox(words, tip_id)
    content = {
        "text": filing.text,
        "topic": filing.topic or "",
        "hidden_from": " ".join(filing.hidden_from),
        **{name: getattr(filing.facts, name) or "" for name in CHOSEN},
    }
    tip = Tip(
        id=tip_id,
        submission_hash=submission_hash(filing.submission),
        received_on=clock.today(),
        state=TipState.RECEIVED,
        content=vault.seal_for_router("tip-content", content),
        lookup_id=lookup_id,
        mailbox=mailbox,
        mailbox_wrapped_key=wrapped,
        identity=filing.sealed_identity,
    )
    identity = dict(filing.identity) | ({"contact": filing.contact} if filing.contact else {})
    if identity:
        tip.identity = vault.seal_for_custodian("tip-identity", identity)
    db.session.add(tip)
    db.session.flush()
    outbox.promise("tips.route", tip_id=str(tip.id))
    add_files(tip, filing.files)


def route_tip(tip_id: UUID) -> None:
    """Open a tip, decide its queue, and seal it to that desk: then no router key opens it."""
    with unit_of_work():
        tip = queries.get_tip_for_update(tip_id)
        if tip.decision_id:
            return
        content = vault.open_sealed(tip.content, vault.worker())
        tip.decision = routing.decide_and_record_tip(
            content["text"],
            Facts(
                topic=content["topic"] or None,
                hidden_from=tuple(content.get("hidden_from", "").split()),
                **{name: content.get(name) or None for name in CHOSEN},
            ),
        )
        tip.queue_code = tip.decision.queue_code
        tip.likeness = vault.likeness(content["text"])
        hand_to_desk(tip, content["text"], vault.worker())


def hand_to_desk(tip: Tip, text: str, opener: Opener) -> bool:
    """Seal a tip with all that belongs to it to the desk of its queue.

    Where a member of the desk is named in the text, it is sealed to the other members alone;
    False, and no change, when there is nobody else. What still waits with the router follows
    by its own effect.
    """
    queue_code = tip.queue_code or ""
    members = accounts.list_members(queue_code)
    others = [member for member in members if not is_named(member.name, text)]
    if len(others) == len(members):
        vault.seal_to_desk(tip.content, queue_code, opener)
    elif not vault.seal_to_members(tip.content, [str(m.id) for m in others], opener):
        return False
    for record in queries.list_records(tip):
        if vault.can_open(record, opener):
            vault.seal_to_readers_of(tip.content, record, opener)
    if not queries.has_alike(tip):
        notices.owe(others)
    return True


def settle(queue_code: str) -> None:
    """Hand to a desk that has just got its key the tips that waited for it."""
    for tip_id in queries.list_waiting(queue_code):
        with unit_of_work():
            tip = queries.get_tip_for_update(tip_id)
            if vault.waits(tip.content):
                text = vault.open_sealed(tip.content, vault.worker())["text"]
                hand_to_desk(tip, text, vault.worker())


def hand_on(message_id: UUID) -> None:
    """Seal what a source added to whoever opens the tip."""
    with unit_of_work():
        message = queries.get_message(message_id)
        route_tip(message.tip_id)
        tip = queries.get_tip_for_update(message.tip_id)
        if vault.waits(message.content) and not vault.waits(tip.content):
            vault.seal_to_readers_of(tip.content, message.content, vault.worker())
        readers = vault.list_member_readers(tip.content)
        notices.owe(accounts.list_users([int(reader) for reader in readers]))


def begin_visit(words: str) -> str:
    """Open the mailbox of a receipt; return the cookie of the visit.

    Raises NotFoundError for other words, after the same time.
    """
    derived = vault.derive_receipt(words)
    tip = queries.find_tip_by_lookup(derived.lookup_id)
    if tip is None:
        raise NotFoundError("We know no tip with these words.")
    try:
        holder = vault.mailbox_opener(tip.mailbox_id, derived, tip.mailbox_wrapped_key)
    except SealBrokenError:
        raise NotFoundError("We know no tip with these words.") from None
    return lockers.keep(VISIT, "", holder)


def find_visit(cookie: str | None) -> tuple[Tip, Holder] | None:
    """The tip and the opener of a visit; None when it has ended or the tip is gone."""
    holder = lockers.look(VISIT, "", cookie)
    tip = queries.find_tip_by_mailbox(holder.key_id) if holder else None
    return (tip, holder) if tip and holder else None


def end_visit(cookie: str | None) -> None:
    """End a visit at once."""
    lockers.empty(VISIT, cookie)


def add_to_tip(
    tip_id: UUID, submission: UUID, text: str, uploads: Sequence[tuple[str, Upload]] = ()
) -> None:
    """Add to a tip what its source wrote and sent; the same form twice adds it once."""
    with unit_of_work():
        tip = queries.get_tip_for_update(tip_id)
        if queries.find_message_by_submission(submission_hash(submission)):
            return
        if tip.state == TipState.CLOSED:
            raise RefusedError("This tip is closed. Please send a new one.")
        message = TipMessage(
            id=uuid4(),
            tip_id=tip.id,
            position=queries.next_position(tip),
            submission_hash=submission_hash(submission),
            kind=TipMessageKind.SOURCE,
            written_on=clock.today(),
            content=vault.seal_for_router("tip-message", {"text": text}),
        )
        tip.state = workflow.after_source_writes(tip.state)
        db.session.add(message)
        db.session.flush()
        outbox.promise("tips.hand_on", message_id=str(message.id))
        add_files(tip, uploads)
