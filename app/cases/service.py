"""Acts of the staff on tips. Each needs the actor's own opener: who cannot open it cannot act."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from app.accounts import queries as accounts
from app.accounts.models import User
from app.accounts.policy import may_work
from app.audit import service as audit
from app.cases.clocks import is_day_to_warn, running_clock
from app.cases.identity_shares import withdraw_shares
from app.core import background, clock
from app.core.errors import NotFoundError, RefusedError
from app.core.identifiers import submission_hash
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.members import notices
from app.registry import queries as registry
from app.routing import service as routing
from app.tickets import queries as tickets
from app.tips import queries, workflow
from app.tips import service as tips
from app.tips.files import OpenedFile, list_opened, open_file
from app.tips.models import Outcome, Tip, TipMessage, TipMessageKind, TipState
from app.vault import service as vault
from app.vault.openers import Opener

NO_SUCH_TIP = "There is no such tip."


@dataclass(frozen=True, slots=True)
class Entry:
    """A message or note, opened; `text` is None where it is broken or still on its way."""

    message: TipMessage
    text: str | None
    ticket_id: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A tip, opened: its text, what its source chose, and the entries in their order.

    `text` is None where the sealed bytes are damaged.
    """

    tip: Tip
    text: str | None
    topic: str
    hidden_from: Sequence[str]
    entries: Sequence[Entry]
    files: Sequence[OpenedFile]


def get_tip_for(actor: User, opener: Opener, tip_id: UUID) -> Tip:
    """A tip that the actor works and can open; any other does not exist for them."""
    return _only_for(actor, opener, queries.get_tip(tip_id))


def _only_for(actor: User, opener: Opener, tip: Tip) -> Tip:
    works = tip.queue_code is not None and may_work(actor, tip.queue_code)
    if not works or not vault.can_open(tip.content, opener):
        raise NotFoundError(NO_SUCH_TIP)
    return tip


def _lock_for(actor: User, opener: Opener, tip_id: UUID) -> Tip:
    return _only_for(actor, opener, queries.get_tip_for_update(tip_id))


def _lock_unchanged_for(actor: User, opener: Opener, tip_id: UUID, version: int) -> Tip:
    """Lock a tip for a change; refuse when someone changed it since the page was made."""
    tip = _lock_for(actor, opener, tip_id)
    if tip.version != version:
        raise RefusedError(
            "This tip changed while you were working on it. Please look again, then repeat."
        )
    return tip


def open_case(actor: User, opener: Opener, tip_id: UUID) -> Case:
    """Open a tip with everything in it; audited once a day for each reader."""
    with unit_of_work():
        tip = get_tip_for(actor, opener, tip_id)
        content = vault.try_to_open(tip.content, opener)
        audit.record_daily("cases.open", "tip", tip.id, actor.id)
        is_whole, content = content is not None, content or {}
        return Case(
            tip=tip,
            text=content["text"] if is_whole else None,
            topic=content.get("topic", ""),
            hidden_from=content.get("hidden_from", "").split(),
            files=list_opened(tip, opener),
            entries=[_open_entry(message, opener) for message in queries.list_messages(tip)],
        )


def download(
    actor: User, opener: Opener, tip_id: UUID, tip_file_id: UUID, *, cleaned: bool
) -> Iterator[bytes]:
    """The bytes of a tip's file, or of its cleaned copy; audited."""
    with unit_of_work():
        tip = get_tip_for(actor, opener, tip_id)
        chunks = open_file(queries.get_file(tip, tip_file_id), opener, cleaned=cleaned)
        audit.record("cases.download", "tip", tip.id, actor.id)
        return chunks


def _open_entry(message: TipMessage, opener: Opener) -> Entry:
    document = vault.try_to_open(message.content, opener)
    if document is None:
        return Entry(message, None)
    ticket = document.get("ticket")
    return Entry(message, document["text"], int(ticket) if ticket else None)


def list_titles(tips_: Sequence[Tip], opener: Opener) -> dict[UUID, str]:
    """The first words of those tips that the opener can open, by id."""
    opened = {tip.id: vault.try_to_open(tip.content, opener) for tip in tips_}
    return {key: _title(found["text"]) for key, found in opened.items() if found is not None}


def _title(text: str, length: int = 90) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[:length].rsplit(" ", 1)[0] + " …"


def _write(
    tip: Tip,
    actor: User,
    kind: TipMessageKind,
    submission: UUID,
    document: dict[str, str],
) -> bool:
    """Add an entry, sealed to whoever opens the tip; False when this form has added it before."""
    hashed = submission_hash(submission)
    if queries.find_message_by_submission(hashed):
        return False
    mailbox = tip.mailbox if kind == TipMessageKind.REPLY else None
    db.session.add(
        TipMessage(
            id=uuid4(),
            tip_id=tip.id,
            position=queries.next_position(tip),
            submission_hash=hashed,
            kind=kind,
            written_on=clock.today(),
            author_id=actor.id,
            content=vault.seal_like(tip.content, "tip-message", document, mailbox),
        )
    )
    return True


def reply(actor: User, opener: Opener, tip_id: UUID, submission: UUID, text: str) -> None:
    """Write to the source; only the tip's readers and the receipt open it."""
    with unit_of_work():
        tip = _lock_for(actor, opener, tip_id)
        if tip.state == TipState.CLOSED:
            raise RefusedError("This tip is closed. Reopen it to write to the source.")
        if _write(tip, actor, TipMessageKind.REPLY, submission, {"text": text}):
            today = clock.today()
            if tip.acknowledged_on:
                tip.answered_on = tip.answered_on or today
            tip.acknowledged_on = tip.acknowledged_on or today
            tip.state = workflow.after_desk_replies(tip.state)
            audit.record("cases.reply", "tip", tip.id, actor.id)


def write_note(actor: User, opener: Opener, tip_id: UUID, submission: UUID, text: str) -> None:
    """Write a note that only the tip's readers open."""
    with unit_of_work():
        tip = _lock_for(actor, opener, tip_id)
        if _write(tip, actor, TipMessageKind.NOTE, submission, {"text": text}):
            audit.record("cases.write_note", "tip", tip.id, actor.id)


def link_ticket(
    actor: User, opener: Opener, tip_id: UUID, submission: UUID, ticket_id: int, text: str
) -> None:
    """Note that a ticket belongs to the tip; sealed, so the ticket tells nothing of the tip."""
    with unit_of_work():
        tip = _lock_for(actor, opener, tip_id)
        ticket = tickets.get_ticket(ticket_id)
        if ticket.queue_code is None or not may_work(actor, ticket.queue_code):
            raise RefusedError("There is no such ticket in your queues.")
        document = {"text": text, "ticket": str(ticket.id)}
        if _write(tip, actor, TipMessageKind.NOTE, submission, document):
            audit.record("cases.link_ticket", "tip", tip.id, actor.id)


def change_state(
    actor: User,
    opener: Opener,
    tip_id: UUID,
    version: int,
    state: TipState,
    outcome: Outcome | None = None,
) -> None:
    """Change a tip's state; closing needs an outcome. RefusedError where it cannot follow."""
    with unit_of_work():
        tip = _lock_unchanged_for(actor, opener, tip_id, version)
        if not workflow.may_follow(tip.state, state):
            raise RefusedError("A tip cannot go from this state to that one.")
        if (state == TipState.CLOSED) != (outcome is not None):
            raise RefusedError("Please choose a result to close a tip, and none otherwise.")
        audit.record(
            "cases.change_state", "tip", tip.id, actor.id, before=str(tip.state), after=str(state)
        )
        today = clock.today()
        tip.state, tip.outcome = state, outcome
        tip.acknowledged_on = tip.acknowledged_on or today
        tip.closed_on = today if state == TipState.CLOSED else None
        if state == TipState.CLOSED:
            tip.answered_on = tip.answered_on or today


def assign(
    actor: User, opener: Opener, tip_id: UUID, version: int, assignee_id: int | None
) -> None:
    """Give a tip to a member who can open it, or to nobody."""
    with unit_of_work():
        tip = _lock_unchanged_for(actor, opener, tip_id, version)
        if assignee_id is not None and assignee_id not in {m.id for m in list_assignees(tip)}:
            raise RefusedError("This person cannot open the tip.")
        tip.assignee_id = assignee_id
        audit.record("cases.assign", "tip", tip.id, actor.id, assignee=assignee_id)


def list_assignees(tip: Tip) -> list[User]:
    """Members of the tip's desk who can open it, by name."""
    readers = vault.list_member_readers(tip.content)
    return [m for m in accounts.list_members(tip.queue_code or "") if str(m.id) in readers]


def hand_over(actor: User, opener: Opener, tip_id: UUID, version: int, queue_code: str) -> None:
    """Seal a tip with all that belongs to it to another desk; this desk opens it no more.

    Refused for a desk that its source shut out, for one whose every member it names, and for
    one that nobody can open: it would have to wait with the router, where a server opens it.
    """
    with unit_of_work():
        tip = _lock_unchanged_for(actor, opener, tip_id, version)
        content = vault.try_to_open(tip.content, opener)
        if content is None:
            raise RefusedError("The tip is damaged and cannot be sealed to another desk.")
        if queue_code == tip.queue_code:
            raise RefusedError("The tip is with this desk already.")
        if not registry.get_queue(queue_code).active:
            raise RefusedError("This desk is no longer in use.")
        facts = tips.facts_of(content)
        if queue_code in facts.hidden_from:
            raise RefusedError("The source asked that this desk must not see the tip.")
        said = [content["text"], *_additions(tip, opener)]
        if not all(routing.may_receive(text, facts, queue_code) for text in said):
            raise RefusedError("The tip names this agency: the accused never get it.")
        if not vault.has_desk(queue_code):
            raise RefusedError("Nobody at that desk can open tips yet.")
        audit.record(
            "cases.hand_over", "tip", tip.id, actor.id, before=tip.queue_code, after=queue_code
        )
        tip.queue_code, tip.assignee_id = queue_code, None
        withdraw_shares(tip, actor)
        if not tips.hand_to_desk(tip, content["text"], opener):
            raise RefusedError("Every member of that desk is named in the tip.")


def _additions(tip: Tip, opener: Opener) -> list[str]:
    """What the source has added since, as far as the opener can open it."""
    added = queries.list_messages(tip, TipMessageKind.SOURCE)
    opened = [vault.try_to_open(message.content, opener) for message in added]
    return [document["text"] for document in opened if document is not None]


def warn_of_promises() -> int:
    """Owe a notice, once a day, to those whose promise to a source comes near or is broken.

    To whoever the tip is assigned to, otherwise to all its readers; return for how many tips.
    """
    today = clock.today()
    if not background.is_first_on(today, "warned"):
        return 0
    warned = 0
    with unit_of_work():
        for tip in queries.list_unfinished():
            running = running_clock(tip, today)
            if running and is_day_to_warn(running, today):
                readers = accounts.list_users(
                    [int(r) for r in vault.list_member_readers(tip.content)]
                )
                notices.owe([tip.assignee] if tip.assignee else readers)
                warned += 1
    return warned
