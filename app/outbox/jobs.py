"""RQ doors into the outbox."""

from app.outbox import service


def drain(topic: str) -> None:
    """Carry out what waits for one topic."""
    service.drain(topic)


def sweep() -> None:
    """Ring again for whatever the outbox still holds."""
    service.sweep()
