"""Who opens: anything that has private halves. Outside this room an opener is only handed on."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from app.vault import envelope, queries
from app.vault.errors import NotHeldError

GRANT = "key-grant"


class Opener(Protocol):
    """Whoever may open something: a worker, a member of staff, a source, the recovery key."""

    def find_private(self, key: UUID) -> bytes | None:
        """The private half of a key, None when this opener has no way to it."""


@dataclass(slots=True)
class Holder:
    """Somebody who holds one private half, and through grants those that are sealed to it."""

    key_id: UUID
    private: bytes = field(repr=False)
    _granted: dict[UUID, bytes | None] = field(default_factory=dict, repr=False)

    def find_private(self, key: UUID) -> bytes | None:
        """The holder's own half, or one that was granted; each grant is opened once."""
        if key == self.key_id:
            return self.private
        if key not in self._granted:
            self._granted[key] = self._open_grant(key)
        return self._granted[key]

    def _open_grant(self, key: UUID) -> bytes | None:
        grant = queries.find_grant(key, self.key_id)
        if grant is None:
            return None
        return envelope.unwrap_content_key(grant.wrapped, self.private, GRANT, key, self.key_id)


def get_private(opener: Opener, key: UUID) -> bytes:
    """The private half of a key; raise NotHeldError when the opener has no way to it."""
    private = opener.find_private(key)
    if private is None:
        raise NotHeldError
    return private
