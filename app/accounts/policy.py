"""Who may work which queue. Pure."""

from app.accounts.models import RoleName, User


def queues_of(user: User) -> frozenset[str]:
    """Codes of the queues this user works. An admin configures, and works none by that."""
    return frozenset(membership.queue_code for membership in user.memberships)


def queues_led_by(user: User) -> frozenset[str]:
    """Codes of the queues that this user leads."""
    return frozenset(m.queue_code for m in user.memberships if m.lead)


def may_work(user: User, queue_code: str) -> bool:
    """True when the user may open and change tickets of the queue."""
    return queue_code in queues_of(user)


def leads(user: User, queue_code: str) -> bool:
    """True for an active lead of the queue."""
    return user.active and any(m.lead and m.queue_code == queue_code for m in user.memberships)


def guards_identities(user: User) -> bool:
    """True for a custodian."""
    return bool(user.has_role(RoleName.CUSTODIAN))


def leads_a_queue(user: User) -> bool:
    """True for the lead of at least one queue."""
    return any(membership.lead for membership in user.memberships)


def may_change_rules(user: User) -> bool:
    """True when the user may see and change the rules by which every queue gets its work."""
    return leads_a_queue(user) or bool(user.has_role(RoleName.ADMIN))


def may_change_registry(user: User) -> bool:
    """True when the user may change which office and system is right for which task."""
    return bool(user.has_role(RoleName.ADMIN))
