"""Receipts: the seven words with which a source comes back.

Words are drawn from the EFF long list (its four hyphenated words left out, so that any mark
between words may separate them): 7,772 words, 7 draws, 90.4 bits. Argon2id (RFC 9106) turns
them into 64 bytes: 32 to find the tip, 32 to wrap the mailbox's private key. The words carry
the strength; the cost (64 MiB, 2 passes, about 0.1 s) slows guessing further.
"""

import os
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.vault.envelope import NONCE_SIZE, VERSION, generate_key_pair
from app.vault.errors import SealBrokenError

WORDS_IN_RECEIPT = 7
LONGEST_RECEIPT = 200
MEMORY_KIB = 64 * 1024
PASSES = 2
_LIST = Path(__file__).with_name("eff_large_wordlist.txt")
_WRAP_CONTEXT = b"rightdesk\x1f1\x1fmailbox"


@dataclass(frozen=True, slots=True)
class DerivedReceipt:
    """What a receipt's words derive to: 32 bytes to find a tip, 32 bytes to unwrap its mailbox."""

    lookup_id: bytes
    wrapping_key: bytes


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A new mailbox; the private half (96 bytes) is readable only with the receipt."""

    lookup_id: bytes
    public_key: bytes
    wrapped_private_key: bytes


@cache
def _words() -> tuple[str, ...]:
    lines = _LIST.read_text(encoding="ascii").split()
    return tuple(word for word in lines if word.isalpha())


def from_secret(secret: bytes) -> str:
    """The seven words of a 32-byte secret, separated by spaces (bias below 2^-160)."""
    number, words, known = int.from_bytes(secret), [], _words()
    for _ in range(WORDS_IN_RECEIPT):
        number, index = divmod(number, len(known))
        words.append(known[index])
    return " ".join(words)


def normalise(typed: str) -> str:
    """Typed words as they were given out: case, marks and spaces between them do not matter."""
    folded = unicodedata.normalize("NFKC", typed[:LONGEST_RECEIPT]).casefold()
    return " ".join(re.findall(r"[a-z]+", folded))


def derive(words: str, salt: bytes) -> DerivedReceipt:
    """Derive both halves; wrong words cost the same time as right ones."""
    argon2id = Argon2id(salt=salt, length=64, iterations=PASSES, lanes=1, memory_cost=MEMORY_KIB)
    derived = argon2id.derive(normalise(words).encode())
    return DerivedReceipt(lookup_id=derived[:32], wrapping_key=derived[32:])


def create_mailbox(words: str, salt: bytes) -> Mailbox:
    """Make a key pair whose private half is wrapped by the receipt."""
    derived, pair, nonce = derive(words, salt), generate_key_pair(), os.urandom(NONCE_SIZE)
    wrapped = AESGCM(derived.wrapping_key).encrypt(nonce, pair.private, _WRAP_CONTEXT)
    return Mailbox(
        lookup_id=derived.lookup_id,
        public_key=pair.public,
        wrapped_private_key=VERSION + nonce + wrapped,
    )


def open_mailbox(derived: DerivedReceipt, wrapped_private_key: bytes) -> bytes:
    """The mailbox's private half, 96 bytes; raise SealBrokenError for anything else."""
    if wrapped_private_key[:1] != VERSION:
        raise SealBrokenError
    nonce = wrapped_private_key[1 : 1 + NONCE_SIZE]
    ciphertext = wrapped_private_key[1 + NONCE_SIZE :]
    try:
        return AESGCM(derived.wrapping_key).decrypt(nonce, ciphertext, _WRAP_CONTEXT)
    except (InvalidTag, ValueError):
        raise SealBrokenError from None
