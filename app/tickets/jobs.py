"""Effects on tickets, carried out from the outbox, and what the clock calls."""

from contextlib import suppress

from app.core.errors import NotFoundError
from app.tickets import moves, service


def route(ticket_id: int) -> None:
    """Route a ticket; done already or gone, it does nothing."""
    with suppress(NotFoundError):
        service.route_ticket(ticket_id)


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
