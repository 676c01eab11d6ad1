"""RQ doors into the members' room."""

from app.members import notices


def send_notices() -> None:
    """Send the notices that are due."""
    notices.send_due()
