"""Tips: who can open what, before and after routing."""

from uuid import uuid4

import pytest

from app.audit.models import AuditEntry
from app.extensions import db
from app.tips import service
from app.tips.models import Tip, TipAddition
from app.vault import service as vault
from app.vault.errors import KeyMissingError
from app.vault.models import KeyKind, SealingKey

TEXT = "The inspector takes a bribe for every permit."


@pytest.fixture
def tip(app) -> Tip:
    service.file_tip(service.TipFiling(uuid4(), TEXT, contact="Maria, 212 555 0100"))
    return Tip.query.one()


def _openers(record) -> list[tuple[KeyKind, str]]:
    keys = [db.session.get(SealingKey, sealed.key_id) for sealed in record.keys]
    return [(key.kind, key.holder) for key in keys]


def test_before_routing_only_the_router_can_open_the_text(tip) -> None:
    assert _openers(tip.content) == [(KeyKind.ROUTER, "")]


def test_after_routing_only_the_desk_can(tip, carry_out) -> None:
    carry_out()
    tip = Tip.query.one()
    assert tip.queue_code == "doi"
    assert _openers(tip.content) == [(KeyKind.DESK, "doi")]
    assert vault.open_sealed(tip.content)["text"] == TEXT


def test_an_identity_is_the_custodians_from_the_first_moment(tip) -> None:
    assert _openers(tip.identity) == [(KeyKind.CUSTODIAN, "")]


def test_without_a_contact_there_is_no_identity(app) -> None:
    service.file_tip(service.TipFiling(uuid4(), TEXT))
    assert Tip.query.one().identity is None


def test_the_web_tier_holds_no_key_and_can_still_take_a_tip(app, settings, monkeypatch) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update={"keys_dir": None}))
    service.file_tip(service.TipFiling(uuid4(), TEXT))
    with pytest.raises(KeyMissingError):
        vault.open_sealed(Tip.query.one().content)


def test_routing_twice_changes_nothing(tip, carry_out) -> None:
    carry_out()
    decision = Tip.query.one().decision_id
    service.route_tip(Tip.query.one().id)
    assert Tip.query.one().decision_id == decision


def test_no_word_of_a_tip_stays_in_its_decision(tip, carry_out) -> None:
    carry_out()
    decision = Tip.query.one().decision
    assert all(reason["words"] == [] for reason in decision.reasons)


def test_no_act_of_a_source_is_in_the_audit_trail(tip, carry_out) -> None:
    carry_out()
    assert AuditEntry.query.filter_by(subject_type="tip").count() == 0


def test_an_addition_goes_to_the_desk_that_has_the_tip(tip, carry_out) -> None:
    service.add_to_tip(tip.id, uuid4(), "He did it again.")
    carry_out()
    assert _openers(TipAddition.query.one().content) == [(KeyKind.DESK, "doi")]


def test_the_receipt_finds_the_tip(app) -> None:
    words = service.file_tip(service.TipFiling(uuid4(), TEXT))
    assert service.open_mailbox(words).id == Tip.query.one().id
