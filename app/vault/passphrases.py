"""Vault passphrases: what wraps a member's private key. Not the password of the sign-in.

Argon2id (RFC 9106) turns the passphrase and a salt of 16 bytes into the key of a box around
the private half. The cost (128 MiB, 4 passes, 250 to 500 ms) slows guessing by whoever
copied the database; it is kept with the box, so it can rise later.
"""

import os
import unicodedata
from dataclasses import dataclass
from threading import BoundedSemaphore

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from zxcvbn import zxcvbn

from app.vault.boxes import KEY_SIZE, close_box, open_box
from app.vault.errors import SealBrokenError, WrongPassphraseError

SHORTEST = 12
LONGEST = 72
GOOD_ENOUGH = 4
"""zxcvbn's highest score: more than 10^10 guesses."""

MEMORY_KIB = 128 * 1024
PASSES = 4
SALT_SIZE = 16
_AT_ONCE = BoundedSemaphore(2)
"""Derivations at a time in one process: a flood waits in line, and memory stays bounded."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A private half under a passphrase, and what it takes to derive the key again."""

    salt: bytes
    memory_kib: int
    passes: int
    box: bytes


def weakness(passphrase: str, known: tuple[str, ...] = ()) -> str | None:
    """Why a passphrase is too easy to guess, in a plain sentence; None when it is good.

    `known` are words that a guesser would try first, such as the member's own name.
    """
    if len(passphrase) < SHORTEST:
        return f"Please use at least {SHORTEST} characters. Five or six random words are best."
    if len(passphrase) > LONGEST:
        return f"Please use at most {LONGEST} characters."
    if zxcvbn(passphrase, user_inputs=list(known))["score"] < GOOD_ENOUGH:
        return "This is too easy to guess. Five or six random words are best."
    return None


def lock(passphrase: str, context: bytes, private: bytes) -> Lock:
    """Wrap a private half under a passphrase."""
    salt = os.urandom(SALT_SIZE)
    key = _derive(passphrase, salt, MEMORY_KIB, PASSES)
    return Lock(salt, MEMORY_KIB, PASSES, close_box(key, context, private))


def unlock(passphrase: str, context: bytes, locked: Lock) -> bytes:
    """The private half; raise WrongPassphraseError when the passphrase does not fit."""
    key = _derive(passphrase, locked.salt, locked.memory_kib, locked.passes)
    try:
        return open_box(key, context, locked.box)
    except SealBrokenError:
        raise WrongPassphraseError from None


def _derive(passphrase: str, salt: bytes, memory_kib: int, passes: int) -> bytes:
    argon2id = Argon2id(
        salt=salt, length=KEY_SIZE, iterations=passes, lanes=1, memory_cost=memory_kib
    )
    with _AT_ONCE:
        return argon2id.derive(unicodedata.normalize("NFKC", passphrase).encode())
