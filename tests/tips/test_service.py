"""Tips: who can open what, before and after routing."""

from uuid import uuid4

import pytest
from factories import make_agent, make_custodian, open_vault

from app.accounts.models import User
from app.audit.models import AuditEntry
from app.core.errors import NotFoundError
from app.core.unit_of_work import unit_of_work
from app.members import service as members
from app.members.circles import desk
from app.tips import mailbox, service
from app.tips.models import Tip, TipMessage
from app.vault import service as vault
from app.vault.errors import KeyMissingError, NotHeldError
from app.vault.models import KeyKind

TEXT = "The inspector takes a bribe for every permit."


def _tip(text: str = TEXT, **fields) -> Tip:
    service.file_tip(service.TipFiling(uuid4(), text, **fields))
    return Tip.query.one()


def _openers(record) -> list[tuple[KeyKind, str]]:
    return sorted((sealed.key.kind, sealed.key.holder) for sealed in record.keys)


def test_before_routing_only_the_router_can_open_the_text(app) -> None:
    assert _openers(_tip().content) == [(KeyKind.ROUTER, "")]


def test_after_routing_only_members_of_the_desk_can(app, carry_out) -> None:
    member, other = make_agent("doi"), make_agent("mocs", email="other@rightdesk.example")
    opener, stranger = open_vault(member), open_vault(other)
    _tip()
    carry_out()
    tip = Tip.query.one()
    assert tip.queue_code == "doi"
    assert _openers(tip.content) == [(KeyKind.DESK, "doi")]
    assert vault.open_sealed(tip.content, opener)["text"] == TEXT
    for powerless in (stranger, vault.worker()):
        with pytest.raises(NotHeldError):
            vault.open_sealed(tip.content, powerless)


def test_a_tip_for_a_desk_that_nobody_joined_waits_with_the_router(app, carry_out) -> None:
    _tip()
    carry_out()
    assert _openers(Tip.query.one().content) == [(KeyKind.ROUTER, "")]
    opener = open_vault(make_agent("doi"))
    carry_out()
    assert _openers(Tip.query.one().content) == [(KeyKind.DESK, "doi")]
    assert vault.open_sealed(Tip.query.one().content, opener)["text"] == TEXT


def test_an_identity_is_the_custodians_from_the_first_moment(app) -> None:
    open_vault(make_custodian())
    assert _openers(_tip(contact="Maria").identity) == [(KeyKind.CUSTODIAN, "")]


def test_without_a_custodian_an_identity_is_refused_and_nothing_is_kept(app) -> None:
    with pytest.raises(KeyMissingError):
        _tip(contact="Maria")
    assert Tip.query.count() == 0


def test_without_a_contact_there_is_no_identity(app) -> None:
    assert _tip().identity is None


def test_the_web_tier_holds_no_key_and_can_still_take_a_tip(app, settings, monkeypatch) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update={"keys_dir": None}))
    tip = _tip()
    with pytest.raises(NotHeldError):
        vault.open_sealed(tip.content, vault.worker())


def test_routing_twice_changes_nothing(app, carry_out) -> None:
    _tip()
    carry_out()
    decision = Tip.query.one().decision_id
    service.route_tip(Tip.query.one().id)
    assert Tip.query.one().decision_id == decision


def test_no_word_of_a_tip_stays_in_its_decision(app, carry_out) -> None:
    _tip()
    carry_out()
    assert all(reason["words"] == [] for reason in Tip.query.one().decision.reasons)


def test_no_act_of_a_source_is_in_the_audit_trail(app, carry_out) -> None:
    _tip()
    carry_out()
    assert AuditEntry.query.filter_by(subject_type="tip").count() == 0


def test_an_addition_goes_to_the_desk_that_has_the_tip(app, carry_out) -> None:
    open_vault(make_agent("doi"))
    service.add_to_tip(_tip().id, uuid4(), "He did it again.")
    carry_out()
    assert _openers(TipMessage.query.one().content) == [(KeyKind.DESK, "doi")]


def test_a_desk_that_must_not_see_a_tip_does_not_get_it(app, carry_out) -> None:
    _tip(hidden_from=("doi",))
    carry_out()
    assert Tip.query.one().queue_code != "doi"


def test_triage_shut_out_an_unclear_tip_goes_to_an_independent_desk(app, carry_out) -> None:
    _tip("Something odd is going on here.", hidden_from=("general-triage",))
    carry_out()
    assert Tip.query.one().queue_code == "doi"


def test_a_member_who_is_named_in_a_tip_cannot_open_it(app, carry_out) -> None:
    named, other = make_agent("doi"), make_agent("doi", email="other@rightdesk.example")
    other.name = "Olga Other"
    closed = open_vault(named)
    opened = open_vault(other)
    members.grant(named, closed, desk("doi"), other)
    _tip("Avery M. Agent takes a bribe for every permit.")
    carry_out()
    content = Tip.query.one().content
    assert vault.open_sealed(content, opened)
    with pytest.raises(NotHeldError):
        vault.open_sealed(content, closed)


def test_where_a_member_is_named_one_who_was_never_granted_still_gets_nothing(
    app, carry_out
) -> None:
    open_vault(make_agent("doi"))
    ungranted = open_vault(make_agent("doi", email="eve@rightdesk.example"))
    _tip("Avery Agent takes a bribe for every permit.")
    carry_out()
    with pytest.raises(NotHeldError):
        vault.open_sealed(Tip.query.one().content, ungranted)


def test_an_addition_that_names_a_member_is_not_for_that_member(app, carry_out) -> None:
    named, other = make_agent("doi"), make_agent("doi", email="other@rightdesk.example")
    other.name = "Olga Other"
    closed, opened = open_vault(named), open_vault(other)
    members.grant(named, closed, desk("doi"), other)
    tip_id = _tip().id
    carry_out()
    service.add_to_tip(tip_id, uuid4(), "It is Avery Agent.")
    carry_out()
    content = TipMessage.query.one().content
    assert vault.open_sealed(content, opened)["text"] == "It is Avery Agent."
    with pytest.raises(NotHeldError):
        vault.open_sealed(content, closed)


def test_one_damaged_tip_does_not_keep_the_others_waiting(app, carry_out) -> None:
    for _ in range(3):
        service.file_tip(service.TipFiling(uuid4(), TEXT))
    carry_out()
    with unit_of_work():
        broken = Tip.query.first().content
        broken.body = broken.body[:-1] + bytes([broken.body[-1] ^ 1])
    open_vault(make_agent("doi"))
    carry_out()
    waiting = [tip for tip in Tip.query if vault.waits(tip.content)]
    assert len(waiting) == 1


def test_who_leaves_the_desk_loses_what_was_sealed_to_them_alone(app, carry_out) -> None:
    named, other = make_agent("doi"), make_agent("doi", email="other@rightdesk.example")
    other.name = "Olga Other"
    closed, opened = open_vault(named), open_vault(other)
    members.grant(named, closed, desk("doi"), other)
    _tip("Avery Agent takes a bribe for every permit.")
    carry_out()
    members.leave_queue(None, User.query.filter_by(name="Olga Other").one(), "doi")
    carry_out()
    with pytest.raises(NotHeldError):
        vault.open_sealed(Tip.query.one().content, opened)


def test_a_tip_that_names_every_member_waits_with_the_router(app, carry_out) -> None:
    open_vault(make_agent("doi"))
    _tip("Avery Agent takes a bribe for every permit.")
    carry_out()
    assert _openers(Tip.query.one().content) == [(KeyKind.ROUTER, "")]


def test_the_receipt_opens_a_visit_of_the_tip(app) -> None:
    words = service.file_tip(service.TipFiling(uuid4(), TEXT))
    tip, opener = service.find_visit(service.begin_visit(words))
    assert tip.id == Tip.query.one().id
    assert mailbox.list_letters(tip, opener) == []


def test_other_words_open_no_visit(app) -> None:
    service.file_tip(service.TipFiling(uuid4(), TEXT))
    with pytest.raises(NotFoundError):
        service.begin_visit("seven words that nobody was ever given")


def test_a_visit_that_was_ended_is_over(app) -> None:
    cookie = service.begin_visit(service.file_tip(service.TipFiling(uuid4(), TEXT)))
    service.end_visit(cookie)
    assert service.find_visit(cookie) is None
