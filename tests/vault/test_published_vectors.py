"""Vectors that others published: the primitives below our formats are the standards' own."""

import json
from hashlib import shake_256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.vault import envelope

PUBLISHED = json.loads(Path(__file__).with_name("vectors").joinpath("published.json").read_text())
KDFS = {0x0001: KDF.HKDF_SHA256, 0x0011: KDF.SHAKE256}
AEADS = {1: AEAD.AES_128_GCM, 2: AEAD.AES_256_GCM, 3: AEAD.CHACHA20_POLY1305}


def _vectors(name: str) -> list[dict[str, Any]]:
    return [
        {key: bytes.fromhex(value) if isinstance(value, str) else value for key, value in v.items()}
        for v in PUBLISHED[name]["vectors"]
    ]


def _open(vector: dict[str, Any], kem: KEM, private: Any) -> bytes:
    """HPKE single shot of enc ‖ ct. Published ones have an aad; the public `decrypt` has none."""
    suite = Suite(kem, KDFS[vector["kdf_id"]], AEADS[vector["aead_id"]])
    sealed, info, aad = vector["enc"] + vector["ct"], vector["info"], vector["aad"]
    return openssl.hpke._decrypt_with_aad(suite, sealed, private, info=info, aad=aad)


@pytest.mark.parametrize("vector", _vectors("rfc9180"), ids=lambda v: f"aead-{v['aead_id']}")
def test_rfc_9180_base_mode(vector: dict[str, Any]) -> None:
    private = X25519PrivateKey.from_private_bytes(vector["skRm"])
    assert private.public_key().public_bytes_raw() == vector["pkRm"]
    assert _open(vector, KEM.X25519, private) == vector["pt"]


@pytest.mark.parametrize("vector", _vectors("hpke_pq"), ids=lambda v: f"kdf-{v['kdf_id']}")
def test_hybrid_kem_of_hpke_pq(vector: dict[str, Any]) -> None:
    """The standard's 32-byte seed expands (SHAKE256) to the 96 bytes of our private keys."""
    pair = envelope.key_pair_from(shake_256(vector["skRm"]).digest(envelope.PRIVATE_KEY_SIZE))
    assert pair.public == vector["pkRm"]
    private = MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(pair.private[: envelope.MLKEM_SEED_SIZE]),
        X25519PrivateKey.from_private_bytes(pair.private[envelope.MLKEM_SEED_SIZE :]),
    )
    assert _open(vector, KEM.MLKEM768_X25519, private) == vector["pt"]


@pytest.mark.parametrize("vector", _vectors("mlkem768"), ids=["0", "1"])
def test_ml_kem_768_known_answers(vector: dict[str, Any]) -> None:
    private = MLKEM768PrivateKey.from_seed_bytes(vector["d"] + vector["z"])
    assert private.public_key().public_bytes_raw() == vector["pk"]
    assert private.decapsulate(vector["ct"]) == vector["ss"]
    assert private.decapsulate(vector["ct_n"]) == vector["ss_n"], "implicit rejection"


@pytest.mark.parametrize("vector", _vectors("argon2id"), ids=["rfc9106"])
def test_argon2id_of_rfc_9106(vector: dict[str, Any]) -> None:
    argon2id = Argon2id(
        salt=vector["salt"],
        length=32,
        iterations=vector["iterations"],
        lanes=vector["lanes"],
        memory_cost=vector["memory_cost"],
        ad=vector["ad"],
        secret=vector["secret"],
    )
    assert argon2id.derive(vector["password"]) == vector["tag"]


@pytest.mark.parametrize("size", [1025, 1087, 1088, 1089, 4097, 65_535, 65_537, 10**6, 2**24 + 1])
def test_padme_as_the_paper_defines_it(size: int) -> None:
    """Nikitin et al., PETS 2019: lengths keep floor(log2 E) + 1 bits; at most 1/9 is added."""
    exponent = size.bit_length() - 1  # floor(log2 L)
    significant = exponent.bit_length()  # floor(log2 E) + 1
    last_bits = exponent - significant
    mask = 2**last_bits - 1
    assert envelope.padded_size(size) == (size + mask) // 2**last_bits * 2**last_bits
    assert envelope.padded_size(size) - size <= size / 9
