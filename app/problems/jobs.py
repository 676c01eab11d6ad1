"""Effects on problems, carried out from the outbox, and their housekeeping."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from app.problems import service


def match(decision_id: str) -> None:
    """Look for the problem of a ticket's decision; done already or gone, it does nothing."""
    service.match(UUID(decision_id), discreet=False)


def match_all(batch: Sequence[Mapping[str, str]]) -> None:
    """Look for the problems of many tickets' decisions at once."""
    decisions = [UUID(arguments["decision_id"]) for arguments in batch]
    service.match_all(decisions, discreet=False)


def tidy() -> None:
    """Propose and forget by the clock; run twice, it finds nothing."""
    service.tidy()
