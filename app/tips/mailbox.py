"""What a source reads in the mailbox."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.core.errors import NotFoundError
from app.tips import queries
from app.tips.models import Tip, TipMessageKind
from app.vault import service as vault
from app.vault.models import SealedRecord
from app.vault.openers import Opener


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as its source sees it. Of the source's own, and of a broken one, only the day."""

    id: UUID
    day: date
    is_reply: bool
    text: str | None


def list_letters(tip: Tip, opener: Opener) -> list[Letter]:
    """The conversation in its order; a reply that the source has deleted is not in it."""
    letters = []
    for message in queries.list_messages(tip, TipMessageKind.SOURCE, TipMessageKind.REPLY):
        is_reply = message.kind == TipMessageKind.REPLY
        if is_reply and not vault.can_open(message.content, opener):
            continue
        letters.append(
            Letter(
                id=message.id,
                day=message.written_on,
                is_reply=is_reply,
                text=_text(message.content, opener) if is_reply else None,
            )
        )
    return letters


def _text(content: SealedRecord, opener: Opener) -> str | None:
    document = vault.try_to_open(content, opener)
    return document["text"] if document else None


def get_proof(tip: Tip) -> str:
    """The proof of filing; raise NotFoundError before the worker has made it."""
    if tip.proof is None:
        raise NotFoundError("There is no proof yet.")
    return tip.proof
