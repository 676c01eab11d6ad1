"""What a source can do in the mailbox, and who can open what afterwards."""

from uuid import uuid4

import pytest
from factories import find_tip, make_agent, make_custodian, make_reply, open_vault
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import NotFoundError, RefusedError
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.tips import mailbox, service
from app.tips.models import IdentityRequest, RequestState, Tip, TipMessage, TipMessageKind
from app.vault import service as vault
from app.vault.errors import KeyMissingError, NotHeldError
from app.vault.models import KeyKind, SealedKey, SealedRecord


def _file(text: str = "The inspector takes a bribe for every permit.") -> tuple[Tip, str]:
    words = service.file_tip(service.TipFiling(uuid4(), text))
    return find_tip(words), words


def _visit(words: str):
    visit = service.find_visit(service.begin_visit(words))
    assert visit
    return visit


def test_a_deleted_reply_is_closed_to_the_source_and_open_to_the_desk(app, carry_out) -> None:
    member = open_vault(make_agent("doi"))
    _, words = _file()
    carry_out()
    reply = make_reply(find_tip(words), "Please call.")
    tip, source = _visit(words)
    assert [letter.text for letter in mailbox.list_letters(tip, source)] == ["Please call."]
    for _ in range(2):
        service.delete_reply(tip.id, reply.id)
    content = db.session.get(TipMessage, reply.id).content
    assert mailbox.list_letters(tip, source) == []
    assert vault.open_sealed(content, member)["text"] == "Please call."
    with pytest.raises(NotHeldError):
        vault.open_sealed(content, source)


def test_a_reply_of_another_tip_cannot_be_deleted(app) -> None:
    mine, _ = _file()
    theirs, _ = _file("Another matter.")
    reply = make_reply(theirs)
    with pytest.raises(NotFoundError):
        service.delete_reply(mine.id, reply.id)
    assert KeyKind.MAILBOX in {sealed.key.kind for sealed in TipMessage.query.one().content.keys}


@pytest.mark.parametrize("kind", [TipMessageKind.NOTE, TipMessageKind.SOURCE])
def test_only_replies_can_be_deleted(app, kind: TipMessageKind) -> None:
    tip, _ = _file()
    message = make_reply(tip)
    with unit_of_work():
        message.kind = kind
    with pytest.raises(NotFoundError):
        service.delete_reply(tip.id, message.id)


def test_an_identity_given_later_is_the_custodians_alone(app) -> None:
    custodian = open_vault(make_custodian())
    tip, _ = _file()
    service.give_identity(tip.id, "Maria, 555 0100")
    assert [sealed.key.kind for sealed in tip.identity.keys] == [KeyKind.CUSTODIAN]
    assert vault.open_sealed(tip.identity, custodian) == {"contact": "Maria, 555 0100"}


def test_an_identity_given_anew_destroys_the_earlier_one(app) -> None:
    open_vault(make_custodian())
    tip, _ = _file()
    service.give_identity(tip.id, "Maria")
    earlier = tip.identity_id
    service.give_identity(tip.id, "Mario")
    assert tip.identity_id not in (earlier, None)
    assert db.session.get(SealedRecord, earlier) is None


def test_without_a_custodian_an_identity_is_refused_and_the_earlier_stays(app) -> None:
    tip, _ = _file()
    with pytest.raises(KeyMissingError):
        service.give_identity(tip.id, "Maria")
    assert tip.identity_id is None


def _share(tip: Tip, state: RequestState, opener) -> IdentityRequest:
    agent = make_agent(email=f"{state}@rightdesk.example")
    open_vault(agent)
    with unit_of_work():
        if state is RequestState.APPROVED:
            vault.share_with_member(tip.identity, str(agent.id), opener)
        request = IdentityRequest(
            tip_id=tip.id,
            agent_id=agent.id,
            state=state,
            asked_at=clock.now(),
            expires_at=clock.now() if state is RequestState.APPROVED else None,
            reason=vault.seal_for_custodian("identity-reason", {"text": "To call back."}),
        )
        db.session.add(request)
    return request


def test_withdrawn_it_is_gone_with_every_share_and_request(app) -> None:
    custodian = open_vault(make_custodian())
    tip, _ = _file()
    service.give_identity(tip.id, "Maria")
    approved = _share(tip, RequestState.APPROVED, custodian)
    asked = _share(tip, RequestState.ASKED, custodian)
    record = tip.identity_id
    service.withdraw_identity(tip.id)
    assert tip.identity_id is None
    assert db.session.get(SealedRecord, record) is None
    assert SealedKey.query.filter_by(record_id=record).count() == 0
    assert approved.expires_at <= clock.start_of_today()
    assert asked.state == RequestState.REFUSED
    assert asked.decided_at == clock.start_of_today(), "a day, not the time of a visit"


def test_withdrawing_nothing_is_no_fault(app) -> None:
    tip, _ = _file()
    service.withdraw_identity(tip.id)
    assert tip.identity_id is None


def test_a_tip_takes_only_so_many_additions_a_day(app, monkeypatch, still_clock) -> None:
    monkeypatch.setattr(service, "MOST_ADDITIONS_A_DAY", 2)
    tip, _ = _file()
    for _ in range(2):
        service.add_to_tip(tip.id, uuid4(), "More.")
    with pytest.raises(RefusedError, match="tomorrow"):
        service.add_to_tip(tip.id, uuid4(), "More.")
    still_clock.forward(days=1)
    service.add_to_tip(tip.id, uuid4(), "More.")
    assert TipMessage.query.count() == 3


def test_a_visit_ends_when_its_tip_is_gone(app) -> None:
    _, words = _file()
    cookie = service.begin_visit(words)
    with unit_of_work():
        session: Session = db.session()
        session.delete(find_tip(words))
    assert service.find_visit(cookie) is None
