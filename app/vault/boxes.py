"""Closed boxes: short secrets under a symmetric key.

Box (version 1): 0x01 ‖ nonce (12) ‖ AES-256-GCM(key, plaintext, aad = context).
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.vault.errors import SealBrokenError

VERSION = b"\x01"
NONCE_SIZE = 12
KEY_SIZE = 32


def close_box(key: bytes, context: bytes, plaintext: bytes) -> bytes:
    """Encrypt a secret under a 32-byte key; it opens in the same context only."""
    nonce = os.urandom(NONCE_SIZE)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plaintext, context)


def open_box(key: bytes, context: bytes, box: bytes) -> bytes:
    """Decrypt what close_box made; raise SealBrokenError for anything else."""
    if box[:1] != VERSION:
        raise SealBrokenError
    try:
        return AESGCM(key).decrypt(box[1 : 1 + NONCE_SIZE], box[1 + NONCE_SIZE :], context)
    except (InvalidTag, ValueError):
        raise SealBrokenError from None
