"""RQ doors into case work."""

from contextlib import suppress
from uuid import UUID

from app.cases import fanout, identity_shares, matching, reclaim, service
from app.core.errors import NotFoundError


def reclaim_bytes() -> None:
    """At night, take from the disk what was destroyed."""
    reclaim.reclaim_at_night()


def expire_identities() -> None:
    """Take back the identities whose time is over; run twice, it finds nothing."""
    identity_shares.expire_identities()


def warn_of_promises() -> None:
    """Tell staff, without a word, that a promise to a source comes near or is broken."""
    service.warn_of_promises()


def match_tips() -> None:
    """Put the tips of the days before to their known problems; run twice, it finds none."""
    matching.match_tips()


def fan_out(problem_id: int) -> None:
    """Promise a problem's answer to each who has not got it; run twice, it finds nobody."""
    fanout.fan_out(problem_id)


def answer_ticket(decision_id: str) -> None:
    """Send a problem's answer to one ticket; sent already or gone, it does nothing."""
    with suppress(NotFoundError):
        fanout.answer_ticket(UUID(decision_id))


def answer_tip(decision_id: str) -> None:
    """Leave a problem's answer in one mailbox; left already or gone, it does nothing."""
    with suppress(NotFoundError):
        fanout.answer_tip(UUID(decision_id))
