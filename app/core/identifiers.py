"""Identifiers that are secrets: never stored, only their hashes are.

A form carries a random submission id. What a filer receives (private link, receipt) is
derived from it with a key of the server, so a form that arrives twice (double click, reload)
gets the same answer, while the stored hash of the id gives nothing away.
"""

import base64
import hashlib
import hmac
from uuid import UUID

from flask import current_app

TOKEN_LENGTH = 27


def submission_hash(submission: UUID) -> bytes:
    """SHA-256 of a submission id, by which a repeated form is recognised."""
    return hashlib.sha256(submission.bytes).digest()


def derive_secret(submission: UUID, purpose: str) -> bytes:
    """32 bytes for one purpose of one submission; unguessable without the server's key."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(key, purpose.encode() + b"\x1f" + submission.bytes, "sha256")


def link_token(submission: UUID) -> str:
    """The token of a ticket's private link: 162 bits in URL-safe text."""
    derived = base64.urlsafe_b64encode(derive_secret(submission, "ticket-link"))
    return derived.decode()[:TOKEN_LENGTH]


def hash_token(token: str) -> bytes:
    """SHA-256 of a token. Its bits are random, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).digest()
