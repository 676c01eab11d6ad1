"""Receipts: the seven words with which a source comes back.

Words are drawn from the EFF long list (its four hyphenated words left out, so that any mark
between words may separate them): 7,772 words, 7 draws, 90.4 bits. Argon2id (RFC 9106) turns
them into 64 bytes: 32 to find the tip, 32 to wrap the mailbox's private key. The words carry
the strength; the cost (64 MiB, 2 passes, about 0.1 s) slows guessing further.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.vault.boxes import close_box, open_box
from app.vault.envelope import generate_key_pair

WORDS_IN_RECEIPT = 7
LONGEST_RECEIPT = 200
MEMORY_KIB = 64 * 1024
PASSES = 2
STRUCK = "[…]"
_TOKEN = re.compile(r"[^\W\d_]+")
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


@cache
def _known() -> frozenset[str]:
    return frozenset(_words())


def from_secret(secret: bytes) -> str:
    """The seven words of a 32-byte secret, separated by spaces (bias below 2^-160)."""
    number, words, known = int.from_bytes(secret), [], _words()
    for _ in range(WORDS_IN_RECEIPT):
        number, index = divmod(number, len(known))
        words.append(known[index])
    return " ".join(words)


def normalise(typed: str) -> str:
    """Typed words as they were given out: case, marks and spaces between them do not matter."""
    return " ".join(re.findall(r"[a-z]+", _fold(typed[:LONGEST_RECEIPT])))


def _fold(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).casefold()


def strike(text: str) -> str:
    """A text without what looks like a receipt: seven or more words of the list in a row.

    Whose receipt it is is not asked: that would cost 0.1 s for each run of words. English puts
    a word that is not in the list (the, of, was) into nearly every run of seven.
    """
    tokens = groupby(_TOKEN.finditer(text), key=lambda token: _fold(token[0]) in _known())
    runs = [list(run) for is_listed, run in tokens if is_listed]
    for run in reversed(runs):
        if len(run) >= WORDS_IN_RECEIPT:
            text = text[: run[0].start()] + STRUCK + text[run[-1].end() :]
    return text


def derive(words: str, salt: bytes) -> DerivedReceipt:
    """Derive both halves; wrong words cost the same time as right ones."""
    argon2id = Argon2id(salt=salt, length=64, iterations=PASSES, lanes=1, memory_cost=MEMORY_KIB)
    derived = argon2id.derive(normalise(words).encode())
    return DerivedReceipt(lookup_id=derived[:32], wrapping_key=derived[32:])


def create_mailbox(words: str, salt: bytes) -> Mailbox:
    """Make a key pair whose private half is wrapped by the receipt."""
    derived, pair = derive(words, salt), generate_key_pair()
    return Mailbox(
        lookup_id=derived.lookup_id,
        public_key=pair.public,
        wrapped_private_key=close_box(derived.wrapping_key, _WRAP_CONTEXT, pair.private),
    )


def open_mailbox(derived: DerivedReceipt, wrapped_private_key: bytes) -> bytes:
    """The mailbox's private half; raise SealBrokenError when the receipt is another's."""
    return open_box(derived.wrapping_key, _WRAP_CONTEXT, wrapped_private_key)
