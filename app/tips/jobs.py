"""Effects on tips, carried out from the outbox, and their housekeeping.

A tip may be destroyed between the promise of an effect and its turn: then nothing is to be done.
"""

from contextlib import suppress
from datetime import date
from uuid import UUID

from app.core.errors import NotFoundError
from app.tips import destruction, files, service


def route(tip_id: str) -> None:
    """Route a tip; done already, it does nothing."""
    with suppress(NotFoundError):
        service.route_tip(UUID(tip_id))


def hand_on(message_id: str) -> None:
    """Seal an addition to the tip's desk; done already, it does nothing."""
    with suppress(NotFoundError):
        service.hand_on(UUID(message_id))


def inspect_file(tip_file_id: str) -> None:
    """Look into a file and seal it to the tip's desk; done already, it does nothing."""
    with suppress(NotFoundError):
        files.inspect_file(UUID(tip_file_id))


def settle(queue_code: str) -> None:
    """Hand a desk that got its key what waited for one; done already, it does nothing."""
    service.settle(queue_code)


def unshare(queue_code: str, member: str) -> None:
    """Take from somebody who left a desk what was sealed to them alone."""
    service.unshare(queue_code, member)


def bury(id_hash: str, day: str) -> None:
    """Put a destroyed tip on this worker's list."""
    destruction.bury(bytes.fromhex(id_hash), date.fromisoformat(day))


def retain() -> None:
    """Destroy what an old backup brought back, and tips whose time is over."""
    destruction.destroy_restored()
    destruction.destroy_due()
