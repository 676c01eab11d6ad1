"""Cookies of a wrong receipt: as long as those of a visit, and they open nothing.

With one, the answer to a wrong receipt has the size and the way of the answer to a right one.
Whoever watches the line learns nothing; only the server knows its decoys again.
"""

import base64
import binascii
import hmac
import os

from flask import current_app

ID_SIZE = 16
MARK_SIZE = 32


def _mark(random: bytes) -> bytes:
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(key, b"decoy\x1f" + random, "sha256")


def make() -> str:
    """A cookie that looks like a visit's."""
    random = os.urandom(ID_SIZE)
    return base64.urlsafe_b64encode(random + _mark(random)).decode()


def is_decoy(cookie: str | None) -> bool:
    """True for what `make` made."""
    try:
        whole = base64.urlsafe_b64decode(cookie or "")
    except (binascii.Error, ValueError):
        return False
    return len(whole) == ID_SIZE + MARK_SIZE and hmac.compare_digest(
        whole[ID_SIZE:], _mark(whole[:ID_SIZE])
    )
