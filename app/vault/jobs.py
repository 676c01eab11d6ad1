"""RQ doors into the vault."""

from app.vault import worker_keys


def rotate() -> None:
    """Make today's router key, and destroy those that nothing waits for."""
    worker_keys.rotate_router()
    worker_keys.destroy_retired()
