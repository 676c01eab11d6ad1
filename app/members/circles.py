"""Circles: groups of members who share a key. A queue's desk is one, the custodians are one."""

from typing import NamedTuple

from app.accounts.models import User
from app.accounts.policy import guards_identities, queues_of
from app.vault.models import KeyKind


class Circle(NamedTuple):
    """The kind and holder of the key that a group shares."""

    kind: KeyKind
    holder: str

    @property
    def name(self) -> str:
        """The queue's code, or `custodians`."""
        return self.holder or "custodians"


CUSTODIANS = Circle(KeyKind.CUSTODIAN, "")


def desk(queue_code: str) -> Circle:
    """The circle of a queue."""
    return Circle(KeyKind.DESK, queue_code)


def named(name: str) -> Circle:
    """The circle of a name as in addresses."""
    return CUSTODIANS if name == "custodians" else desk(name)


def circles_of(user: User) -> list[Circle]:
    """The circles that a user belongs to by membership and role."""
    circles = [desk(code) for code in sorted(queues_of(user))]
    return [*circles, *([CUSTODIANS] if guards_identities(user) else [])]
