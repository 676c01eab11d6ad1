"""Hops for tests of chains."""

from datetime import date

from app.routing.model import Reason, Referral, Verdict

OWNERS = {"passport": "mocs", "vendex": "mocs", "pip": "fisa", "checkbook": "comptroller"}


def hop(by: str | None, to: str, from_system: str | None = None, on: str | None = None) -> Referral:
    """A hop; `to` is a system or an office."""
    return Referral(
        told_by=by,
        from_system=from_system,
        from_agency=OWNERS.get(from_system or ""),
        to_system=to if to in OWNERS else None,
        to_agency=OWNERS.get(to, to),
        verdict=Verdict.UNKNOWN,
        proof=Reason("to-unknown"),
        happened_on=date.fromisoformat(on) if on else None,
    )
