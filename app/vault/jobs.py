"""RQ doors into the vault."""

from app.vault import keys


def rotate() -> None:
    """Make today's router key, and destroy those that nothing waits for."""
    keys.rotate_router()
    keys.destroy_retired()
