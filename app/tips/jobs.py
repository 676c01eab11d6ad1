"""Effects on tips, carried out from the outbox."""

from uuid import UUID

from app.tips import files, service


def route(tip_id: str) -> None:
    """Route a tip; done already, it does nothing."""
    service.route_tip(UUID(tip_id))


def hand_on(message_id: str) -> None:
    """Seal an addition to the tip's desk; done already, it does nothing."""
    service.hand_on(UUID(message_id))


def inspect_file(tip_file_id: str) -> None:
    """Look into a file and seal it to the tip's desk; done already, it does nothing."""
    files.inspect_file(UUID(tip_file_id))


def settle(queue_code: str) -> None:
    """Hand a desk that got its key what waited for one; done already, it does nothing."""
    service.settle(queue_code)
