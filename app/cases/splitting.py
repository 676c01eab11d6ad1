"""An issue that is help and allegation at once becomes a ticket and a tip, at its filer's wish.

Nothing ties the two together: the tip's submission cannot be told from the ticket's without
the form, they are written in transactions of their own, and the tip holds no identity unless
the filer wants it to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.cases import protection
from app.core.identifiers import derive_secret
from app.tickets import service as tickets
from app.tips import service as tips
from app.tips.files import Upload


@dataclass(frozen=True, slots=True)
class TipPart:
    """The part that alleges. `named`: custodians may learn who filed it."""

    text: str
    hidden_from: Sequence[str]
    files: Sequence[tuple[str, Upload]] = ()
    named: bool = False


def split(filing: tickets.Filing, part: TipPart) -> tuple[str, str]:
    """File the one part as a ticket, the other as a tip: the link's token and the receipt.

    The same submission again makes neither a second time. Raises RefusedError on a later day,
    when the receipt is shown no more, and KeyMissingError where an identity has no custodian.
    """
    words = tips.file_tip(
        tips.TipFiling(
            submission=_tip_submission(filing.submission),
            text=part.text,
            hidden_from=part.hidden_from,
            identity=protection.identity_of(filing) if part.named else {},
            files=part.files,
        )
    )
    return tickets.file_ticket(filing), words


def _tip_submission(submission: UUID) -> UUID:
    return UUID(bytes=derive_secret(submission, "split-tip")[:16], version=4)
