"""Effects on tickets, carried out from the outbox, and what the clock calls."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from app.core.errors import NotFoundError
from app.tickets import dispatch, moves, service


def route(ticket_id: int) -> None:
    """Route a ticket; done already or gone, it does nothing."""
    dispatch.route_ticket(ticket_id)


def route_all(batch: Sequence[Mapping[str, int]]) -> None:
    """Route many tickets in one transaction, by the arguments of `route`."""
    dispatch.route_tickets([arguments["ticket_id"] for arguments in batch])


def settle(queue_code: str) -> None:
    """Hand a desk that got its key the contacts that waited; done already, it does nothing."""
    service.settle(queue_code)


def reseal(ticket_id: int) -> None:
    """Seal a moved ticket's contact to its desk; gone, it does nothing."""
    with suppress(NotFoundError):
        service.reseal_contact(ticket_id)


def watch_moves() -> None:
    """Tell desks and leads of moved tickets that wait for an answer too long."""
    moves.watch()
