"""Acts on tickets."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.audit import service as audit
from app.core import clock
from app.core.errors import RefusedError
from app.core.identifiers import hash_token, link_token, submission_hash
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.files import service as files
from app.files.service import Readable
from app.mail import service as mail
from app.mail.models import MailTemplate
from app.outbox import service as outbox
from app.problems import service as problems
from app.routing import service as routing
from app.routing.model import Facts, Priority
from app.tickets import queries, workflow
from app.tickets.access import lock_for, lock_unchanged_for
from app.tickets.models import Message, MessageKind, Ticket, TicketState
from app.tickets.moves import take
from app.vault import service as vault
from app.vault.errors import NotHeldError
from app.vault.openers import Opener

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Filing:
    """What a vendor entered. Codes are the registry's; files are names and open streams."""

    submission: UUID
    text: str
    company: str
    name: str
    mail: str
    phone: str = ""
    facts: Facts = field(default_factory=Facts)
    files: Sequence[tuple[str, Readable]] = ()


def file_ticket(filing: Filing) -> str:
    """Save a vendor's ticket and promise its routing; return the token of its private link.

    The same submission a second time changes nothing and returns the same token.
    """
    token = link_token(filing.submission)
    if queries.find_ticket_by_submission(submission_hash(filing.submission)):
        return token
    try:
        with unit_of_work():
            _create_ticket(filing, token)
    except IntegrityError:
        # The same form arrived twice at once: the other request has saved it.
        if queries.find_ticket_by_submission(submission_hash(filing.submission)) is None:
            raise
    return token


def _create_ticket(filing: Filing, token: str) -> None:
    now = clock.now()
    contact = {
        "name": filing.name,
        "mail": filing.mail,
        "phone": filing.phone,
        "company": filing.company,
    }
    ticket = Ticket(
        submission_hash=submission_hash(filing.submission),
        state=TicketState.NEW,
        summary=workflow.summarise(filing.text),
        company=filing.company,
        masked_name=workflow.mask_name(filing.name),
        task_code=filing.facts.task,
        system_code=filing.facts.system,
        told_by_code=filing.facts.told_by,
        told_system_code=filing.facts.told_system,
        link_hash=hash_token(token),
        mail_index=vault.blind_index(filing.mail),
        contact=vault.seal_for_router_and_custodians("ticket-contact", contact),
        reach=vault.seal_for_mailer("ticket-reach", {"mail": filing.mail, "token": token}),
        created_at=now,
        updated_at=now,
    )
    db.session.add(ticket)
    db.session.flush()
    message = _add_message(ticket, filing.submission, MessageKind.PUBLIC, filing.text, None)
    message.files = [files.store_file(name, stream) for name, stream in filing.files]
    audit.record("tickets.file", "ticket", ticket.id)
    outbox.promise("tickets.route", ticket_id=ticket.id)


def _add_message(
    ticket: Ticket, submission: UUID, kind: MessageKind, body: str, author_id: int | None
) -> Message:
    message = Message(
        ticket_id=ticket.id,
        submission_hash=submission_hash(submission),
        kind=kind,
        body=body,
        author_id=author_id,
        created_at=clock.now(),
    )
    ticket.updated_at = message.created_at
    db.session.add(message)
    db.session.flush()
    return message


def reseal_contact(ticket_id: int) -> None:
    """Seal a contact that waits with the router to the desk that has the ticket now."""
    with unit_of_work():
        ticket = queries.get_ticket_for_update(ticket_id)
        if ticket.queue_code and vault.waits(ticket.contact):
            vault.seal_to_desk(ticket.contact, ticket.queue_code, vault.worker())


def settle(queue_code: str) -> None:
    """Seal to a desk that has just got its key the contacts that waited for it."""
    for ticket_id in queries.list_waiting_contacts(queue_code):
        try:
            reseal_contact(ticket_id)
        except Exception as error:  # one that is damaged must not keep the rest waiting
            log.warning("ticket.not_settled", extra={"kind": type(error).__name__})


def add_requester_message(ticket: Ticket, submission: UUID, body: str) -> None:
    """Add what the requester wrote on the private page; the same form twice adds it once.

    Raises RefusedError when the ticket is closed, and for what accuses the desk that has it.
    """
    with unit_of_work():
        ticket = queries.get_ticket_for_update(ticket.id)
        if ticket.state == TicketState.CLOSED:
            raise RefusedError("This ticket is closed. Please file a new one.")
        if queries.has_message(submission_hash(submission)):
            return
        if ticket.queue_code and not routing.may_receive(body, Facts(), ticket.queue_code):
            raise RefusedError(
                "Your message seems to say that somebody at the desk which would read it did "
                "wrong, so it is not sent there. Please send that as a tip: another office reads "
                "it. Without it, the rest can be sent here."
            )
        _add_message(ticket, submission, MessageKind.PUBLIC, body, None)
        ticket.state = workflow.after_requester_writes(ticket.state)
        ticket.solved_at = workflow.solved_at(ticket.state, ticket.solved_at, clock.now())
        ticket.deflected_at = None
        audit.record("tickets.requester_message", "ticket", ticket.id)


def reply(actor: User, ticket_id: int, submission: UUID, body: str) -> None:
    """Send a public message to the requester, by page and by mail."""
    with unit_of_work():
        ticket = lock_for(actor, ticket_id)
        if ticket.state == TicketState.CLOSED:
            raise RefusedError("This ticket is closed.")
        if queries.has_message(submission_hash(submission)):
            return
        take(actor, ticket)
        message = _add_message(ticket, submission, MessageKind.PUBLIC, body, actor.id)
        ticket.state = workflow.after_agent_replies(ticket.state)
        audit.record("tickets.reply", "ticket", ticket.id, actor.id, message=message.id)
        mail.promise_mail(ticket.id, MailTemplate.REPLY, message.id)


def answer_for_problem(
    author_id: int | None, ticket_id: int, submission: UUID, body: str, *, solves: bool
) -> None:
    """Send what is told to everybody with the same problem; a finished ticket gets nothing."""
    with unit_of_work():
        ticket = queries.get_ticket_for_update(ticket_id)
        if ticket.state not in workflow.UNFINISHED:
            return
        if queries.has_message(submission_hash(submission)):
            return
        message = _add_message(ticket, submission, MessageKind.PUBLIC, body, author_id)
        ticket.state = workflow.after_agent_replies(ticket.state)
        if solves:
            ticket.state, ticket.solved_at = TicketState.SOLVED, clock.now()
        audit.record("tickets.problem_answer", "ticket", ticket.id, author_id, message=message.id)
        mail.promise_mail(ticket.id, MailTemplate.REPLY, message.id)


def write_note(actor: User, ticket_id: int, submission: UUID, body: str) -> None:
    """Write a note that staff alone can read."""
    with unit_of_work():
        ticket = lock_for(actor, ticket_id)
        if queries.has_message(submission_hash(submission)):
            return
        message = _add_message(ticket, submission, MessageKind.NOTE, body, actor.id)
        audit.record("tickets.write_note", "ticket", ticket.id, actor.id, message=message.id)


def change_state(actor: User, ticket_id: int, version: int, state: TicketState) -> None:
    """Change a ticket's state; raise RefusedError where the life cycle does not allow it."""
    with unit_of_work():
        ticket = lock_unchanged_for(actor, ticket_id, version)
        if not workflow.may_follow(ticket.state, state):
            raise RefusedError("A ticket cannot go from this state to that one.")
        audit.record(
            "tickets.change_state",
            "ticket",
            ticket.id,
            actor.id,
            before=str(ticket.state),
            after=str(state),
        )
        take(actor, ticket)
        ticket.state = state
        ticket.updated_at = clock.now()
        ticket.solved_at = workflow.solved_at(state, ticket.solved_at, ticket.updated_at)


def change_priority(actor: User, ticket_id: int, version: int, priority: Priority) -> None:
    """Say how soon a ticket wants an answer."""
    with unit_of_work():
        ticket = lock_unchanged_for(actor, ticket_id, version)
        audit.record(
            "tickets.change_priority",
            "ticket",
            ticket.id,
            actor.id,
            before=str(ticket.priority),
            after=str(priority),
        )
        ticket.priority = priority
        ticket.updated_at = clock.now()


def wipe(ticket: Ticket) -> None:
    """Delete a ticket and all that is readable of it: messages, files, mails, decision, history.

    The contact stays, for whoever still holds it; the caller has locked the ticket.
    """
    with unit_of_work():
        messages = queries.list_messages(ticket, notes=True)
        attached = [file for message in messages for file in message.files]
        reach, decision = ticket.reach, ticket.decision
        if decision:
            problems.leave(decision.id)
        audit.forget("ticket", ticket.id)
        mail.forget(ticket.id)
        for message in messages:
            message.files.clear()
            db.session.delete(message)
        db.session.flush()
        for row in (ticket, *attached, reach, decision):
            if row is not None:
                db.session.delete(row)
                db.session.flush()


def reveal(actor: User, ticket_id: int, reason: str, opener: Opener) -> dict[str, str]:
    """The requester's name, mail address and phone; audited with the reason.

    Raises RefusedError when the actor's vault cannot open them.
    """
    with unit_of_work():
        ticket = lock_for(actor, ticket_id)
        try:
            contact = vault.open_sealed(ticket.contact, opener)
        except NotHeldError:
            raise RefusedError("Your vault cannot open this. Ask a fellow member.") from None
        audit.record("tickets.reveal", "ticket", ticket.id, actor.id, reason=reason)
        return contact
