"""RQ doors into case work."""

from app.cases import identity_shares, reclaim, service


def reclaim_bytes() -> None:
    """At night, take from the disk what was destroyed."""
    reclaim.reclaim_at_night()


def expire_identities() -> None:
    """Take back the identities whose time is over; run twice, it finds nothing."""
    identity_shares.expire_identities()


def warn_of_promises() -> None:
    """Tell staff, without a word, that a promise to a source comes near or is broken."""
    service.warn_of_promises()
