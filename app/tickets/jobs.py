"""Effects on tickets, carried out from the outbox."""

from app.tickets import service


def route(ticket_id: int) -> None:
    """Route a ticket; done already, it does nothing."""
    service.route_ticket(ticket_id)


def settle(queue_code: str) -> None:
    """Hand a desk that got its key the contacts that waited; done already, it does nothing."""
    service.settle(queue_code)


def reseal(ticket_id: int) -> None:
    """Seal a moved ticket's contact to its desk."""
    service.reseal_contact(ticket_id)
