"""RQ doors into case work."""

from app.cases import reclaim


def reclaim_bytes() -> None:
    """At night, take from the disk what was destroyed."""
    reclaim.reclaim_at_night()
