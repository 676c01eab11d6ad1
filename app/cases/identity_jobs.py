"""RQ doors into identities."""

from app.cases import identity_shares


def expire_identities() -> None:
    """Take back the identities whose time is over; run twice, it finds nothing."""
    identity_shares.expire_identities()
