"""Proof of filing: it holds unchanged, and with no other character."""

import shutil
import subprocess
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.vault import proofs
from app.vault.errors import ProofError

KEYS = proofs.generate_signing_key()
URL, DAY, DIGEST = "https://tips.example.org", date(2026, 11, 23), sha256(b"sealed").digest()
PROOF = proofs.make_proof(KEYS.private, URL, DAY, DIGEST)
DOCS = Path(__file__).resolve().parents[2] / "docs" / "vault.md"


def test_a_proof_says_what_was_signed() -> None:
    assert (len(KEYS.public), len(KEYS.private)) == (32, 32)
    assert proofs.check_proof(PROOF, KEYS.public) == proofs.Statement(URL, DAY, DIGEST)


@given(day=st.dates(), digest=st.binary(min_size=32, max_size=32))
def test_any_day_and_digest_come_back(day: date, digest: bytes) -> None:
    proof = proofs.make_proof(KEYS.private, URL, day, digest)
    assert proofs.check_proof(proof, KEYS.public) == proofs.Statement(URL, day, digest)


def test_a_proof_fits_paper() -> None:
    assert PROOF.isascii()
    assert max(map(len, PROOF.splitlines())) <= 76


@pytest.mark.parametrize(
    "copied",
    [
        PROOF.replace("\n", "\r\n"),
        PROOF.replace("\n", "  \n"),
        PROOF.replace("\n", "\n\n"),
        "\n\n   " + PROOF.replace("\n", "\n   ").strip(),
    ],
    ids=["line-ends", "trailing-spaces", "empty-lines", "indented"],
)
def test_copying_does_not_break_a_proof(copied: str) -> None:
    assert proofs.check_proof(copied, KEYS.public).digest == DIGEST


def test_each_position_counts() -> None:
    for place, character in enumerate(PROOF):
        changed = PROOF[:place] + ("A" if character != "A" else "B") + PROOF[place + 1 :]
        with pytest.raises(ProofError):
            proofs.check_proof(changed, KEYS.public)


@settings(max_examples=300)
@given(
    place=st.integers(0, len(PROOF) - 1), other=st.characters(exclude_categories=["Cs", "Cc", "Z"])
)
def test_no_changed_character_holds(place: int, other: str) -> None:
    assume(PROOF[place] != other)
    with pytest.raises(ProofError):
        proofs.check_proof(PROOF[:place] + other + PROOF[place + 1 :], KEYS.public)


@given(line=st.integers(0, len(PROOF.splitlines()) - 1))
def test_no_missing_or_doubled_line_holds(line: int) -> None:
    lines = PROOF.splitlines(keepends=True)
    for changed in (lines[:line] + lines[line + 1 :], lines[: line + 1] + lines[line:]):
        with pytest.raises(ProofError):
            proofs.check_proof("".join(changed), KEYS.public)


@given(st.text())
def test_no_other_text_is_a_proof(text: str) -> None:
    with pytest.raises(ProofError):
        proofs.check_proof(text, KEYS.public)


def test_a_proof_of_another_installation_does_not_hold() -> None:
    other = proofs.generate_signing_key()
    with pytest.raises(ProofError, match="another key"):
        proofs.check_proof(proofs.make_proof(other.private, URL, DAY, DIGEST), KEYS.public)
    with pytest.raises(ProofError, match="another key"):
        proofs.check_proof(PROOF, b"")


@pytest.mark.parametrize(
    ("url", "digest"),
    [("https://a.example\nReceived on: 1999-01-01", DIGEST), ("", DIGEST), (URL, b"short")],
    ids=["two-lines", "empty", "digest"],
)
def test_what_could_mislead_is_not_signed(url: str, digest: bytes) -> None:
    with pytest.raises(ProofError):
        proofs.make_proof(KEYS.private, url, DAY, digest)


@pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl command is not installed")
@pytest.mark.parametrize("changed", [False, True], ids=["unchanged", "changed"])
def test_openssl_verifies_it_as_documented(tmp_path: Path, changed: bool) -> None:
    section = DOCS.read_text(encoding="utf-8").split("## Proof of filing")[1]
    script = section.split("```sh\n")[1].split("```")[0]
    proof = PROOF.replace("2026-11-23", "2026-11-22") if changed else PROOF
    (tmp_path / "proof.txt").write_text(proof)
    run = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (run.returncode == 0) is not changed, run.stderr
    assert ("Signature Verified Successfully" in run.stdout) is not changed
