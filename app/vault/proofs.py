"""Proof of filing: a signed statement that a source may keep. Pure; see docs/vault.md.

It says on which day which installation received which sealed bytes (their SHA-256), and nothing
of what they hold. Ed25519 (RFC 8032) signs the four lines of the statement, each with its line
feed. The key is in base64 of its SubjectPublicKeyInfo (RFC 8410), which OpenSSL reads.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.vault.errors import ProofError

DIGEST_SIZE = 32
_URL = r"https?://[!-~]+"
_LAYOUT = re.compile(
    rf"""-----BEGIN PROOF OF FILING-----
Rightdesk proof of filing, version 1
Received by: ({_URL})
Received on: ([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})
SHA-256: ([0-9a-f]{{64}})
Key: ([A-Za-z0-9+/]{{59}}=)
Signature: ([A-Za-z0-9+/]{{44}})
Signature: ([A-Za-z0-9+/]{{42}}==)
-----END PROOF OF FILING-----
"""
)


@dataclass(frozen=True, slots=True)
class SigningKeyPair:
    """An Ed25519 key pair: public 32 bytes, private 32 bytes."""

    public: bytes
    private: bytes


@dataclass(frozen=True, slots=True)
class Statement:
    """What a proof says: who received, on which day, the SHA-256 (32 bytes) of what."""

    public_url: str
    day: date
    digest: bytes

    def lines(self) -> str:
        """The signed text."""
        return (
            "Rightdesk proof of filing, version 1\n"
            f"Received by: {self.public_url}\n"
            f"Received on: {self.day.isoformat()}\n"
            f"SHA-256: {self.digest.hex()}\n"
        )


def generate_signing_key() -> SigningKeyPair:
    """Make a key pair for signing proofs."""
    key = Ed25519PrivateKey.generate()
    return SigningKeyPair(key.public_key().public_bytes_raw(), key.private_bytes_raw())


def public_half(private: bytes) -> bytes:
    """The public half (32 bytes) of a signing key."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def key_in_words(public: bytes) -> str:
    """A public half as the line `Key` of a proof writes it."""
    return _key_line(Ed25519PublicKey.from_public_bytes(public))


def make_proof(private: bytes, public_url: str, day: date, digest: bytes) -> str:
    """Sign that the installation at `public_url` received, on `day`, bytes of this SHA-256.

    Raises ProofError for an address that is not one line of http(s) in ASCII, or a digest that
    has not 32 bytes.
    """
    if not re.fullmatch(_URL, public_url) or len(digest) != DIGEST_SIZE:
        raise ProofError("A proof needs a web address and a SHA-256.")
    statement, key = (
        Statement(public_url, day, digest),
        Ed25519PrivateKey.from_private_bytes(private),
    )
    return _render(statement, key.public_key(), key.sign(statement.lines().encode()))


def check_proof(text: str, public: bytes) -> Statement:
    """What a proof says, if the installation's public key (32 bytes) signed exactly that.

    Space at the ends of lines and empty lines do not matter. Raises ProofError otherwise.
    """
    lines = [line.strip() for line in text.splitlines()]
    plain = "".join(f"{line}\n" for line in lines if line)
    found = _LAYOUT.fullmatch(plain)
    if not found:
        raise ProofError("This is not a proof of filing, or it is not complete.")
    url, day, digest, _, *signature = found.groups()
    try:
        statement = Statement(url, date.fromisoformat(day), bytes.fromhex(digest))
        signed, key = b64decode("".join(signature)), Ed25519PublicKey.from_public_bytes(public)
        key.verify(signed, statement.lines().encode())
    except (InvalidSignature, ValueError):
        raise ProofError("This proof was changed, or another key signed it.") from None
    if plain != _render(statement, key, signed):
        raise ProofError("This proof was changed: its key or its signature is written otherwise.")
    return statement


def _key_line(key: Ed25519PublicKey) -> str:
    return b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _render(statement: Statement, key: Ed25519PublicKey, signature: bytes) -> str:
    signed = b64encode(signature).decode()
    return (
        "-----BEGIN PROOF OF FILING-----\n"
        f"{statement.lines()}"
        f"Key: {_key_line(key)}\n"
        f"Signature: {signed[:44]}\n"
        f"Signature: {signed[44:]}\n"
        "-----END PROOF OF FILING-----\n"
    )
