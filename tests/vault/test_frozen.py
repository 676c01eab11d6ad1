"""Our own vectors, frozen: what was sealed, given out or printed once opens with any later code.

A failure here means that a format changed. Add a version instead (docs/vault.md, "Formats"):
its number, its reader beside the old one, its entry in vectors/frozen.json.
"""

import json
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite

from app.vault import envelope, proofs, receipts, recovery

VERSIONS = json.loads(
    Path(__file__).with_name("vectors").joinpath("frozen.json").read_text(encoding="utf-8")
)["versions"]
SEAL = VERSIONS["1"]["seal"]
RECORD, KEY = UUID(SEAL["record"]), UUID(SEAL["key"])

pytestmark = pytest.mark.usefixtures("shipped_cost")
frozen = pytest.mark.parametrize("frozen", VERSIONS.values(), ids=VERSIONS.keys())


@frozen
def test_a_frozen_body_opens_with_its_frozen_key(frozen: dict) -> None:
    seal = frozen["seal"]
    private, record = bytes.fromhex(seal["private"]), UUID(seal["record"])
    assert envelope.key_pair_from(private).public.hex() == seal["public"]
    content_key = envelope.unwrap_content_key(
        bytes.fromhex(seal["wrapped"]), private, seal["purpose"], record, UUID(seal["key"])
    )
    assert content_key.hex() == seal["content_key"]
    body = bytes.fromhex(seal["body"])
    opened = envelope.open_body(content_key, seal["purpose"], record, body)
    assert opened.decode() == seal["plaintext"]


@frozen
def test_a_frozen_receipt_finds_and_opens_its_mailbox(frozen: dict) -> None:
    box = frozen["mailbox"]
    derived = receipts.derive(box["words"], bytes.fromhex(box["salt"]))
    assert derived.lookup_id.hex() == box["lookup_id"]
    assert derived.wrapping_key.hex() == box["wrapping_key"]
    private = receipts.open_mailbox(derived, bytes.fromhex(box["wrapped"]))
    assert private.hex() == box["private"]
    assert envelope.key_pair_from(private).public.hex() == box["public"]


@frozen
def test_frozen_shares_restore_their_key(frozen: dict) -> None:
    shares = frozen["recovery"]["shares"]
    assert recovery.restore(shares[1:]).private.hex() == frozen["recovery"]["private"]


@frozen
def test_a_frozen_proof_holds_and_is_made_alike(frozen: dict) -> None:
    proof = frozen["proof"]
    text = "\n".join(proof["text"]) + "\n"
    statement = proofs.check_proof(text, bytes.fromhex(proof["public"]))
    assert statement.public_url == proof["public_url"]
    assert statement.day == date.fromisoformat(proof["day"])
    assert statement.digest.hex() == proof["digest"]
    again = proofs.make_proof(
        bytes.fromhex(proof["private"]), statement.public_url, statement.day, statement.digest
    )
    assert again == text


def test_the_version_that_is_written_has_frozen_vectors() -> None:
    assert list(VERSIONS)[-1] == str(envelope.VERSION[0])


def test_a_body_is_written_as_version_1_is_documented() -> None:
    content_key = bytes.fromhex(SEAL["content_key"])
    sealed = envelope.seal_body(content_key, SEAL["purpose"], RECORD, b"words")
    assert (sealed[0], len(sealed)) == (1, len(bytes.fromhex(SEAL["body"])))
    aad = f"rightdesk\x1f1\x1f{SEAL['purpose']}\x1f{RECORD}\x1f".encode()
    padded = AESGCM(content_key).decrypt(sealed[1:13], sealed[13:], aad)
    assert padded == b"words\x80".ljust(1024, b"\x00")


def test_a_key_is_written_as_version_1_is_documented() -> None:
    public, private = bytes.fromhex(SEAL["public"]), bytes.fromhex(SEAL["private"])
    wrapped = envelope.wrap_content_key(bytes(32), public, SEAL["purpose"], RECORD, KEY)
    assert (wrapped[0], len(wrapped)) == (1, len(bytes.fromhex(SEAL["wrapped"])))
    owner = MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(private[:64]),
        X25519PrivateKey.from_private_bytes(private[64:]),
    )
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    info = f"rightdesk\x1f1\x1f{SEAL['purpose']}\x1f{RECORD}\x1f{KEY}".encode()
    assert suite.decrypt(wrapped[1:], owner, info=info) == bytes(32)


def test_a_mailbox_is_written_as_version_1_is_documented() -> None:
    box = VERSIONS["1"]["mailbox"]
    wrapped = receipts.create_mailbox(box["words"], bytes.fromhex(box["salt"])).wrapped_private_key
    assert (wrapped[0], len(wrapped)) == (1, len(bytes.fromhex(box["wrapped"])))
    aes = AESGCM(bytes.fromhex(box["wrapping_key"]))
    assert len(aes.decrypt(wrapped[1:13], wrapped[13:], b"rightdesk\x1f1\x1fmailbox")) == 96
