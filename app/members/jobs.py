"""RQ doors into the members' room."""

from app.members import notices


def send_notices() -> None:
    """Send the notices that are due."""
    notices.send_due()


def send_daily_notices() -> None:
    """Tell those who prefer it, once a day, whether there is something new."""
    notices.send_daily()
