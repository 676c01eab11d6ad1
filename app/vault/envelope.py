"""Sealing of bytes: pure functions, no database. The formats are in docs/vault.md.

Body  (version 1): 0x01 ‖ nonce (12) ‖ AES-256-GCM(content key, padded plaintext, aad).
Key   (version 1): 0x01 ‖ HPKE base mode, single shot (enc 1120 ‖ ciphertext 48).
HPKE is RFC 9180 with MLKEM768-X25519, HKDF-SHA256 and AES-256-GCM from `cryptography`.
`aad` and `info` bind each piece to its purpose and record, so nothing opens elsewhere.
Padding is Padmé (Nikitin et al., PETS 2019) over at least 1 KiB, closed by 0x80 0x00…
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from app.vault.errors import SealBrokenError

VERSION = b"\x01"
NONCE_SIZE = 12
CONTENT_KEY_SIZE = 32
MLKEM_SEED_SIZE = 64
MLKEM_PUBLIC_SIZE = 1184
X25519_SIZE = 32
PUBLIC_KEY_SIZE = MLKEM_PUBLIC_SIZE + X25519_SIZE
PRIVATE_KEY_SIZE = MLKEM_SEED_SIZE + X25519_SIZE
MINIMUM_PADDED_SIZE = 1024

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A key pair: public 1,216 bytes, private 96 bytes (ML-KEM seed ‖ X25519 scalar)."""

    public: bytes
    private: bytes


def _owner(private: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    return (
        MLKEM768PrivateKey.from_seed_bytes(private[:MLKEM_SEED_SIZE]),
        X25519PrivateKey.from_private_bytes(private[MLKEM_SEED_SIZE:]),
    )


def key_pair_from(private: bytes) -> KeyPair:
    """The pair of a private half; ValueError unless it has 96 bytes."""
    mlkem, x25519 = _owner(private)
    public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
    return KeyPair(public=public, private=private)


def generate_key_pair() -> KeyPair:
    """Make a key pair for sealing, out of 96 random bytes."""
    return key_pair_from(os.urandom(PRIVATE_KEY_SIZE))


def new_content_key() -> bytes:
    """32 random bytes; each record has its own."""
    return os.urandom(CONTENT_KEY_SIZE)


def padded_size(size: int) -> int:
    """Padmé: the size that hides `size` bytes, leaking at most O(log log size) bits of it."""
    if size <= MINIMUM_PADDED_SIZE:
        return MINIMUM_PADDED_SIZE
    exponent = size.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << low_bits) - 1
    return (size + mask) & ~mask


def _pad(plaintext: bytes) -> bytes:
    return plaintext + b"\x80" + bytes(padded_size(len(plaintext) + 1) - len(plaintext) - 1)


def _unpad(padded: bytes) -> bytes:
    stripped = padded.rstrip(b"\x00")
    if not stripped.endswith(b"\x80"):
        raise SealBrokenError
    return stripped[:-1]


def _context(purpose: str, record: UUID, key: UUID | None = None) -> bytes:
    parts = ["rightdesk", "1", purpose, str(record), str(key) if key else ""]
    return "\x1f".join(parts).encode()


def seal_body(content_key: bytes, purpose: str, record: UUID, plaintext: bytes) -> bytes:
    """Pad and encrypt a record's plaintext under its content key."""
    nonce = os.urandom(NONCE_SIZE)
    sealed = AESGCM(content_key).encrypt(nonce, _pad(plaintext), _context(purpose, record))
    return VERSION + nonce + sealed


def open_body(content_key: bytes, purpose: str, record: UUID, sealed: bytes) -> bytes:
    """Decrypt what seal_body made; raise SealBrokenError for anything else."""
    if sealed[:1] != VERSION:
        raise SealBrokenError
    nonce, ciphertext = sealed[1 : 1 + NONCE_SIZE], sealed[1 + NONCE_SIZE :]
    try:
        return _unpad(AESGCM(content_key).decrypt(nonce, ciphertext, _context(purpose, record)))
    except (InvalidTag, ValueError):
        raise SealBrokenError from None


def wrap_content_key(
    content_key: bytes, public: bytes, purpose: str, record: UUID, key: UUID
) -> bytes:
    """Seal a content key to a public key with HPKE."""
    info = _context(purpose, record, key)
    return VERSION + _SUITE.encrypt(content_key, _recipient(public), info=info)


@lru_cache(maxsize=128)
def _recipient(public: bytes) -> MLKEM768X25519PublicKey:
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC_SIZE]),
        X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC_SIZE:]),
    )


class PrivateHalf:
    """A private half made ready, which takes as long as opening does: for many openings.

    Raises SealBrokenError where the bytes are none.
    """

    def __init__(self, private: bytes) -> None:
        try:
            self._owner = MLKEM768X25519PrivateKey(*_owner(private))
        except ValueError:
            raise SealBrokenError from None

    def unwrap(self, wrapped: bytes, purpose: str, record: UUID, key: UUID) -> bytes:
        """Open what wrap_content_key made; raise SealBrokenError for anything else."""
        if wrapped[:1] != VERSION:
            raise SealBrokenError
        try:
            return _SUITE.decrypt(wrapped[1:], self._owner, info=_context(purpose, record, key))
        except (InvalidTag, ValueError):
            raise SealBrokenError from None


def unwrap_content_key(
    wrapped: bytes, private: bytes, purpose: str, record: UUID, key: UUID
) -> bytes:
    """Open what wrap_content_key made; raise SealBrokenError for anything else."""
    return PrivateHalf(private).unwrap(wrapped, purpose, record, key)
