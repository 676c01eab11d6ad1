"""When an effect that failed is tried again. Pure."""

from datetime import timedelta

LEASE = timedelta(seconds=20)
"""How long a claimed item is left alone: after a kill it is free again within this time."""

MAX_ATTEMPTS = 12
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(hours=1)


def wait_after(attempts: int) -> timedelta | None:
    """Time until the next try after `attempts` failures, doubling; None: give up."""
    if attempts >= MAX_ATTEMPTS:
        return None
    return min(_FIRST_WAIT * (1 << (attempts - 1)), _LONGEST_WAIT)
