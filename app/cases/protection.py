"""A ticket becomes a tip, when its requester fears for the next contract."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from app.accounts.models import User
from app.core.errors import RefusedError
from app.core.identifiers import submission_hash
from app.core.unit_of_work import unit_of_work
from app.files import service as files
from app.files.models import File
from app.files.uploads import FILE_PURPOSE
from app.tickets import queries
from app.tickets import service as tickets
from app.tickets.chosen import facts_of
from app.tickets.models import Ticket
from app.tips import destruction
from app.tips import service as tips
from app.tips.files import Upload
from app.vault import service as vault
from app.vault import streams
from app.vault.errors import NotHeldError

PROPOSAL = (
    "You can have this ticket turned into a confidential tip. Your name and your company are "
    "then sealed to custodians, and everything that named you here is deleted. If you want "
    "that, open your private page and choose “Protect my name and my company”."
)


@dataclass(frozen=True, slots=True)
class _StoredFile:
    """A file of the ticket, sealed anew while it is copied."""

    file: File
    key: bytes
    record: UUID

    @property
    def size(self) -> int:
        return self.file.size

    def sealed(self) -> Iterator[bytes]:
        return streams.seal_stream(
            self.key, FILE_PURPOSE, self.record, files.read_chunks(self.file)
        )


def protect(filing: tickets.Filing, uploads: Sequence[tuple[str, Upload]]) -> str:
    """File as a tip what was entered as a ticket; return the words of its receipt.

    While there is no custodian who could guard it, no identity is kept.
    """
    sent_before = queries.find_ticket_by_submission(submission_hash(filing.submission))
    if sent_before:  # gone back in the browser, to tick the box
        return convert(sent_before.id, filing.submission)
    return tips.file_tip(
        tips.TipFiling(
            submission=filing.submission,
            text=filing.text,
            facts=filing.facts,
            identity=identity_of(filing) if vault.has_custodian() else {},
            files=uploads,
        )
    )


def identity_of(filing: tickets.Filing) -> dict[str, str]:
    """Who filed a ticket, as custodians would learn it."""
    return {
        "name": filing.name,
        "mail": filing.mail,
        "phone": filing.phone,
        "company": filing.company,
    }


def propose(actor: User, ticket_id: int, submission: UUID) -> None:
    """Tell the requester, by page and mail, that the ticket can become a tip."""
    tickets.reply(actor, ticket_id, submission, PROPOSAL)


def convert(ticket_id: int, submission: UUID) -> str:
    """Turn a ticket into a tip at its requester's wish; return the words of the receipt.

    The conversation and the files are sealed; the contact stays with the custodians alone;
    whatever else was readable is deleted. Raises RefusedError where no custodian holds the
    contact, so that it would be lost.
    """
    if words := tips.find_receipt(submission):
        return words
    with unit_of_work():
        ticket = queries.get_ticket_for_update(ticket_id)
        contact = ticket.contact
        try:
            vault.keep_for_custodians(contact)
        except NotHeldError:
            raise RefusedError(
                "This ticket cannot be turned into a tip. Please send a tip instead, and ask "
                "the desk to close the ticket."
            ) from None
        words = tips.file_tip(
            tips.TipFiling(
                submission=submission,
                text=_conversation(ticket),
                facts=facts_of(ticket),
                sealed_identity=contact,
                files=_files(ticket),
            )
        )
        destruction.report(
            ticket.queue_code,
            destruction.Cause.PROTECTED,
            tips=0,
            messages=len(queries.list_messages(ticket, notes=True)),
            files=len(_files(ticket)),
        )
        tickets.wipe(ticket)
        return words


def _conversation(ticket: Ticket) -> str:
    """What was said; the requester's first words first, as the router reads them."""
    first, *later = queries.list_messages(ticket, notes=False)
    lines = [first.body, *(f"{'Desk' if m.author_id else 'Requester'}: {m.body}" for m in later)]
    return "\n\n".join(lines)


def _files(ticket: Ticket) -> list[tuple[str, _StoredFile]]:
    from_messages = (file for m in queries.list_messages(ticket, notes=True) for file in m.files)
    return [
        (file.name, _StoredFile(file, streams.new_file_key(), uuid4())) for file in from_messages
    ]
