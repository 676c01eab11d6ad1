"""Proofs of filing: made by the worker, true to the sealed bytes, and never in a tip's way."""

import hashlib
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from factories import make_agent, open_vault

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.tips import service
from app.tips.models import Tip
from app.vault import proofs, queries, worker_keys
from app.vault import service as vault
from app.vault.errors import KeyMissingError
from app.vault.models import VaultParameter


@pytest.fixture
def tip(app, still_clock) -> Tip:
    service.file_tip(service.TipFiling(uuid4(), "The inspector takes a bribe."))
    return Tip.query.one()


def _has_no_signing_key(app, settings, monkeypatch, tmp_path: Path | None) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update={"keys_dir": tmp_path}))


def test_the_worker_proves_what_it_routes(tip, carry_out, still_clock) -> None:
    open_vault(make_agent("doi"))
    day = tip.received_on
    carry_out()
    routed = Tip.query.one()
    said = proofs.check_proof(routed.proof, queries.find_proof_key())
    assert said.digest == hashlib.sha256(routed.content.body).digest()
    assert (said.day, said.public_url) == (day, "http://rightdesk.test")


def test_a_proof_is_made_once(tip, carry_out, still_clock) -> None:
    carry_out()
    proof = Tip.query.one().proof
    still_clock.forward(days=3)
    service.add_to_tip(Tip.query.one().id, uuid4(), "More.")
    carry_out()
    assert Tip.query.one().proof == proof


def test_without_the_signing_key_a_tip_is_routed_all_the_same(
    tip, settings, app, monkeypatch, tmp_path
) -> None:
    for key in queries.list_current_keys(*worker_keys.ON_WORKERS):
        (tmp_path / f"{key.id}.key").write_bytes(vault.worker().find_private(key.id))
    _has_no_signing_key(app, settings, monkeypatch, tmp_path)
    service.route_tip(tip.id)
    assert tip.queue_code
    assert tip.proof is None
    assert not worker_keys.can_sign()


def test_a_tip_from_before_is_proved_with_its_next_addition(tip, carry_out) -> None:
    carry_out()
    with unit_of_work():
        Tip.query.one().proof = None
    service.add_to_tip(Tip.query.one().id, uuid4(), "More.")
    carry_out()
    assert Tip.query.one().proof


def test_another_installations_key_signs_nothing(tip, settings, app, monkeypatch, tmp_path) -> None:
    _has_no_signing_key(app, settings, monkeypatch, tmp_path)
    vault.worker().keep_signing_key(proofs.generate_signing_key().private)
    assert vault.prove_filing(tip.content, tip.received_on) is None


def test_an_installation_from_before_gets_its_signing_key(app, settings, monkeypatch, tmp_path):
    kept = db.session.get(VaultParameter, queries.PROOF_KEY).value
    _has_no_signing_key(app, settings, monkeypatch, tmp_path)
    try:
        with unit_of_work():
            db.session.delete(db.session.get(VaultParameter, queries.PROOF_KEY))
        worker_keys.ensure_worker_keys()
        worker_keys.ensure_worker_keys()
        assert worker_keys.can_sign()
        mode = (tmp_path / "proof-signing.key").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600
    finally:
        with unit_of_work():
            db.session.get(VaultParameter, queries.PROOF_KEY).value = kept


def test_a_key_file_that_a_crash_left_is_used(app, settings, monkeypatch, tmp_path) -> None:
    kept = db.session.get(VaultParameter, queries.PROOF_KEY).value
    _has_no_signing_key(app, settings, monkeypatch, tmp_path)
    pair = proofs.generate_signing_key()
    vault.worker().keep_signing_key(pair.private)
    try:
        with unit_of_work():
            db.session.delete(db.session.get(VaultParameter, queries.PROOF_KEY))
        worker_keys.ensure_worker_keys()
        assert queries.find_proof_key() == pair.public
    finally:
        with unit_of_work():
            db.session.get(VaultParameter, queries.PROOF_KEY).value = kept


def test_a_damaged_signing_key_is_said(app, settings, monkeypatch, tmp_path) -> None:
    _has_no_signing_key(app, settings, monkeypatch, tmp_path)
    (tmp_path / "proof-signing.key").write_bytes(b"short")
    with pytest.raises(KeyMissingError, match="damaged"):
        worker_keys.can_sign()


def test_the_installation_checks_what_it_signed(tip, app, carry_out, tmp_path) -> None:
    carry_out()
    proof = Tip.query.one().proof
    whole, changed = tmp_path / "whole.txt", tmp_path / "changed.txt"
    whole.write_text(proof, encoding="utf-8")
    changed.write_text(proof.replace("Received on: 2026", "Received on: 2025"), encoding="utf-8")
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["tips", "check-proof", str(whole)])
    assert "received on 2026-06-15" in answer.output
    answer = runner.invoke(args=["tips", "check-proof", str(changed)])
    assert answer.exit_code == 1
    assert "not a proof that we signed" in answer.output
