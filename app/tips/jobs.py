"""Effects on tips, carried out from the outbox."""

from uuid import UUID

from app.tips import service


def route(tip_id: str) -> None:
    """Route a tip; done already, it does nothing."""
    service.route_tip(UUID(tip_id))


def file_addition(addition_id: str) -> None:
    """Seal an addition to the tip's desk; done already, it does nothing."""
    service.file_addition(UUID(addition_id))
