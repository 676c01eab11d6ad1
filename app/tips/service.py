"""Acts on tips: the source's side, and the router's."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from flask_babel import gettext
from sqlalchemy.exc import IntegrityError

from app.accounts import queries as accounts
from app.core import background, clock
from app.core.errors import NotFoundError, RefusedError, TooManyError
from app.core.identifiers import derive_secret, submission_hash
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.members import notices
from app.outbox import service as outbox
from app.routing import service as routing
from app.routing.model import Facts
from app.tips import destruction, queries, workflow
from app.tips.files import Upload, add_files
from app.tips.models import RequestState, Tip, TipMessage, TipMessageKind, TipState
from app.tips.named import is_named
from app.vault import lockers, receipts, shared_keys
from app.vault import service as vault
from app.vault.errors import SealBrokenError
from app.vault.models import KeyKind, SealedRecord
from app.vault.openers import Holder, Opener

log = logging.getLogger(__name__)
MOST_ADDITIONS_A_DAY = 50
MOST_WRONG_RECEIPTS = 120
"""Within a minute, of everybody together: no address is known to count by."""

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
        raise RefusedError(
            gettext("This tip has reached us already. Its receipt was shown that day.")
        )
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
        tip.decision = routing.decide_and_record_tip(content["text"], facts_of(content))
        tip.queue_code = tip.decision.queue_code
        tip.likeness = vault.likeness(content["text"])
        _prove(tip)
        hand_to_desk(tip, content["text"], vault.worker())


def facts_of(content: Mapping[str, str]) -> Facts:
    """What was chosen in the form of an opened tip."""
    return Facts(
        topic=content["topic"] or None,
        hidden_from=tuple(content.get("hidden_from", "").split()),
        **{name: content.get(name) or None for name in CHOSEN},
    )


def _prove(tip: Tip) -> None:
    """Sign that a tip was received, once; its sealed body never changes."""
    tip.proof = tip.proof or vault.prove_filing(tip.content, tip.received_on)


def hand_to_desk(tip: Tip, text: str, opener: Opener) -> bool:
    """Seal a tip with all that belongs to it to the desk of its queue.

    Where a member of the desk is named in the text, it is sealed to those others alone who were
    granted the desk; False, and no change, when there is none. What still waits with the router
    follows by its own effect.
    """
    queue_code = tip.queue_code or ""
    members = accounts.list_members(queue_code)
    others = [member for member in members if not is_named(member.name, text)]
    if len(others) == len(members):
        vault.seal_to_desk(tip.content, queue_code, opener)
    else:
        holders = shared_keys.holders_of(KeyKind.DESK, queue_code)
        others = [member for member in others if str(member.id) in holders]
        if not vault.seal_to_members(tip.content, [str(m.id) for m in others], opener):
            return False
    for message in queries.list_messages(tip):
        if vault.can_open(message.content, opener):
            _seal_message(tip, message, opener)
    for file in queries.list_files(tip):
        if file.inspected and vault.can_open(file.content, opener):
            vault.seal_to_readers_of(tip.content, file.content, opener)
    if not queries.has_alike(tip):
        notices.owe(others)
    return True


def seal_to_present_readers(tip: Tip, opener: Opener) -> None:
    """Seal a tip with all that belongs to it to each who can open it now, not to their desk."""
    readers = sorted(vault.list_member_readers(tip.content))
    records = [message.content for message in queries.list_messages(tip)]
    records += [file.content for file in queries.list_files(tip)]
    for record in (tip.content, *records):
        if vault.can_open(record, opener) and not vault.waits(record):
            vault.seal_to_members(record, readers, opener)


def settle(queue_code: str) -> None:
    """Hand to a desk that has just got its key the tips that waited for it."""
    for tip_id in queries.list_waiting(queue_code):
        try:
            _settle(tip_id)
        except Exception as error:  # one that is damaged must not keep the rest waiting
            log.warning("tip.not_settled", extra={"kind": type(error).__name__})


def _settle(tip_id: UUID) -> None:
    with unit_of_work():
        tip = queries.get_tip_for_update(tip_id)
        if vault.waits(tip.content):
            text = vault.open_sealed(tip.content, vault.worker())["text"]
            hand_to_desk(tip, text, vault.worker())


def unshare(queue_code: str, member: str) -> None:
    """Take from somebody who left a desk what was sealed to them alone instead of to the desk."""
    with unit_of_work():
        vault.unshare_records(queries.list_record_ids(queue_code), member)


def hand_on(message_id: UUID) -> None:
    """Seal what a source added to whoever opens the tip."""
    with unit_of_work():
        message = queries.get_message(message_id)
        route_tip(message.tip_id)
        tip = queries.get_tip_for_update(message.tip_id)
        _prove(tip)  # where the tip came before there was a key to sign with
        if vault.waits(message.content) and not vault.waits(tip.content):
            _seal_message(tip, message, vault.worker())
        readers = vault.list_member_readers(tip.content)
        notices.owe(accounts.list_users([int(reader) for reader in readers]))


def _seal_message(tip: Tip, message: TipMessage, opener: Opener) -> None:
    """Seal a message to the tip's readers; what a source adds, not to one whom it names."""
    ids = [int(reader) for reader in vault.list_member_readers(tip.content)]
    readers = accounts.list_users(ids) if message.kind == TipMessageKind.SOURCE else []
    text = (vault.try_to_open(message.content, opener) or {}).get("text", "")
    others = [str(reader.id) for reader in readers if not is_named(reader.name, text)]
    if len(others) == len(readers):
        vault.seal_to_readers_of(tip.content, message.content, opener)
    else:
        vault.seal_to_members(message.content, others, opener)


def begin_visit(words: str) -> str:
    """Open the mailbox of a receipt; return the cookie of the visit.

    Raises NotFoundError for other words, after the same time, and TooManyError in their stead
    while too many wrong ones come. A right receipt opens always: otherwise anybody could keep
    every source out, and 2^90 receipts need no limit against guessing.
    """
    derived = vault.derive_receipt(words)
    tip = queries.find_tip_by_lookup(derived.lookup_id)
    if tip is None:
        raise _wrong_receipt()
    try:
        holder = vault.mailbox_opener(tip.mailbox_id, derived, tip.mailbox_wrapped_key)
    except SealBrokenError:
        raise _wrong_receipt() from None
    return lockers.keep(VISIT, "", holder)


def _wrong_receipt() -> NotFoundError | TooManyError:
    count = background.count_by_the_clock("rightdesk:wrong-receipts", 60)
    if count <= MOST_WRONG_RECEIPTS:
        return NotFoundError("We know no tip with these words.")
    if count == MOST_WRONG_RECEIPTS + 1:
        log.warning("receipts.guessed")
    return TooManyError("Too many wrong receipts.")


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
            raise RefusedError(gettext("This tip is closed. Please send a new one."))
        if queries.count_additions(tip, clock.today()) >= MOST_ADDITIONS_A_DAY:
            raise RefusedError(
                gettext("That was a lot for one day. Please keep this text and send it tomorrow.")
            )
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


def delete_reply(tip_id: UUID, message_id: UUID) -> None:
    """Take a reply out of the source's mailbox; staff keep theirs. Twice changes nothing more.

    Raises NotFoundError for a message of another tip, and for one that is no reply.
    """
    with unit_of_work():
        tip = queries.get_tip_for_update(tip_id)
        message = queries.get_message(message_id)
        if message.tip_id != tip.id or message.kind != TipMessageKind.REPLY:
            raise NotFoundError("There is no such reply.")
        vault.unshare_with_source(message.content)
        destruction.report(tip.queue_code, destruction.Cause.SOURCE, tips=0)


def give_identity(tip_id: UUID, contact: str) -> None:
    """Seal to the custodians how a source can be reached, in place of what was given before.

    Raises KeyMissingError while there is no custodian.
    """
    with unit_of_work():
        tip = queries.get_tip_for_update(tip_id)
        _replace_identity(tip, vault.seal_for_custodian("tip-identity", {"contact": contact}))


def withdraw_identity(tip_id: UUID) -> None:
    """Destroy the sealed identity with every share of it; requests for it come to an end."""
    with unit_of_work():
        tip = queries.get_tip_for_update(tip_id)
        _replace_identity(tip, None)
        for request in queries.list_identity_requests(tip, RequestState.ASKED):
            # A day and no decider: the row must not tell at what time a source was here.
            request.state, request.decided_at = RequestState.REFUSED, clock.start_of_today()


def _replace_identity(tip: Tip, record: SealedRecord | None) -> None:
    """Put a sealed identity in place of the last, which is destroyed for all who could open it."""
    earlier, tip.identity = tip.identity, record
    if earlier:
        vault.destroy(earlier)
        destruction.report(tip.queue_code, destruction.Cause.SOURCE, tips=0)
    for request in queries.list_identity_requests(tip, RequestState.APPROVED):
        request.expires_at = min(request.expires_at or clock.now(), clock.start_of_today())
