"""Lockers: secrets that the server keeps for a visit and cannot open by itself.

The secret lies in Redis as a closed box; its key is in the visitor's cookie alone. So neither
a dump of Redis nor a stolen cookie opens it, it survives a restart of the web server, and any
web machine can serve the visit. Cookie: URL-safe base64 of id (16 bytes) ‖ key (32 bytes).
"""

import base64
import binascii
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from redis.exceptions import RedisError

from app.core import background, clock
from app.vault.boxes import KEY_SIZE, close_box, open_box
from app.vault.errors import KeyMissingError, SealBrokenError
from app.vault.openers import Holder

ID_SIZE = 16
UUID_SIZE = 16


@dataclass(frozen=True, slots=True)
class LockerKind:
    """A use of lockers: after `idle` seconds without a look it is gone, after `longest` anyway.

    With `grain` the moment at which Redis forgets is rounded up to a multiple of as many
    seconds, so that it does not tell when the visitor was last here.
    """

    name: str
    idle: int
    longest: int
    grain: int = 1


def _name_in_redis(kind: LockerKind, locker_id: bytes) -> str:
    return f"rightdesk:{kind.name}:{hashlib.sha256(locker_id).hexdigest()}"


def _seconds_left(kind: LockerKind) -> int:
    now = int(clock.now().timestamp())
    return -(-(now + kind.idle) // kind.grain) * kind.grain - now


def _context(kind: LockerKind, owner: str) -> bytes:
    return f"rightdesk\x1f1\x1f{kind.name}\x1f{owner}".encode()


def _take_apart(cookie: str) -> tuple[bytes, bytes] | None:
    try:
        whole = base64.urlsafe_b64decode(cookie)
    except (binascii.Error, ValueError):
        return None
    return (whole[:ID_SIZE], whole[ID_SIZE:]) if len(whole) == ID_SIZE + KEY_SIZE else None


def keep(kind: LockerKind, owner: str, holder: Holder) -> str:
    """Put a holder's private half away; return the cookie that opens the locker."""
    locker_id, key = os.urandom(ID_SIZE), os.urandom(KEY_SIZE)
    end = int(clock.now().timestamp()) // kind.grain * kind.grain + kind.longest
    secret = end.to_bytes(8) + holder.key_id.bytes + holder.private
    box = close_box(key, _context(kind, owner), secret)
    try:
        background.connection().set(_name_in_redis(kind, locker_id), box, ex=_seconds_left(kind))
    except RedisError:
        raise KeyMissingError("Redis does not answer") from None
    return base64.urlsafe_b64encode(locker_id + key).decode()


def look(kind: LockerKind, owner: str, cookie: str | None) -> Holder | None:
    """Whoever the cookie belongs to, and put off the idle end; None for any other cookie."""
    parts = _take_apart(cookie or "")
    if parts is None:
        return None
    locker_id, key = parts
    try:
        box = background.connection().getex(_name_in_redis(kind, locker_id), ex=_seconds_left(kind))
    except RedisError:
        raise KeyMissingError("Redis does not answer") from None
    if not isinstance(box, bytes):
        return None
    try:
        secret = open_box(key, _context(kind, owner), box)
    except SealBrokenError:
        return None
    if int.from_bytes(secret[:8]) < clock.now().timestamp():
        return None
    return Holder(UUID(bytes=secret[8 : 8 + UUID_SIZE]), secret[8 + UUID_SIZE :])


def empty(kind: LockerKind, cookie: str | None) -> None:
    """Forget what a cookie opens."""
    if parts := _take_apart(cookie or ""):
        with suppress(RedisError):  # then it ends by itself, and leaving must never fail
            background.connection().delete(_name_in_redis(kind, parts[0]))
