"""Effects on tickets, carried out from the outbox."""

from app.tickets import service


def route(ticket_id: int) -> None:
    """Route a ticket; done already, it does nothing."""
    service.route_ticket(ticket_id)


def reseal(ticket_id: int) -> None:
    """Seal a moved ticket's contact to its desk."""
    service.reseal_contact(ticket_id)
