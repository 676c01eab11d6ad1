"""Identities: who can open one is a matter of keys, before and after a custodian's decision."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from factories import PASSPHRASE, PASSWORD, make_agent, make_custodian, open_vault

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.accounts.models import Role, RoleName, User
from app.audit.models import AuditEntry
from app.cases import identity, identity_shares, jobs
from app.cases import service as cases
from app.cases.identity import Standing
from app.core import background, clock
from app.core.errors import NotFoundError, RefusedError
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.members import service as members
from app.members.circles import CUSTODIANS, desk
from app.members.models import Notice
from app.tips import destruction
from app.tips import queries as tip_queries
from app.tips import service as tips
from app.tips.models import IdentityRequest, RequestState, Tip
from app.vault import member_vaults
from app.vault import service as vault
from app.vault.errors import NotHeldError
from app.vault.models import KeyKind, SealedRecord
from app.vault.openers import Holder

TEXT = "The inspector takes a bribe for every permit."
CONTACT = {"contact": "Maria, 212 555 0177"}
REASON = "The district attorney needs a witness."


class Office:
    """Everybody of these tests, with unlocked vaults, and a routed tip with an identity."""

    def __init__(self, carry_out) -> None:
        self.openers: dict[str, Holder] = {}
        self.add("custodian", make_custodian())
        self.add("agent", make_agent("doi"))
        self.add("colleague", make_agent("doi", email="colleague@rightdesk.example"))
        self.grant("agent", desk("doi"), "colleague")
        tips.file_tip(tips.TipFiling(uuid4(), TEXT, identity=CONTACT))
        carry_out()
        self.tip_id: UUID = Tip.query.one().id

    def add(self, name: str, user: User) -> None:
        user.name = name
        self.openers[name] = open_vault(user)

    def grant(self, giver: str, circle, taker: str) -> None:
        members.grant(self.user(giver), self.openers[giver], circle, self.user(taker))
        self.openers[taker] = member_vaults.unlock_member_vault(
            str(self.user(taker).id), PASSPHRASE
        )

    def add_custodian(self, name: str, *, granted: bool = True) -> None:
        self.add(name, make_custodian(f"{name}@rightdesk.example"))
        if granted:
            self.grant("custodian", CUSTODIANS, name)

    def user(self, name: str) -> User:
        return User.query.filter_by(name=name).one()

    @property
    def tip(self) -> Tip:
        return Tip.query.one()

    def ask(self, name: str = "agent") -> UUID:
        identity.ask(self.user(name), self.openers[name], self.tip_id, REASON)
        return IdentityRequest.query.filter_by(state=RequestState.ASKED).one().id

    def approve(self, request: UUID, name: str = "custodian") -> None:
        identity.approve(self.user(name), self.openers[name], request)

    def refuse(self, request: UUID, name: str = "custodian") -> None:
        identity.refuse(self.user(name), request)

    def read(self, name: str = "agent") -> dict[str, str] | None:
        return identity.read(self.user(name), self.openers[name], self.tip_id)

    def opens(self, name: str) -> bool:
        """True when the person's keys open the identity, whatever our rules say."""
        try:
            return vault.open_sealed(self.tip.identity, self.openers[name]) == CONTACT
        except NotHeldError:
            return False

    def standing(self, name: str = "agent") -> Standing:
        return identity.look(self.user(name), self.tip).standing


@pytest.fixture
def office(app, carry_out, still_clock) -> Office:
    return Office(carry_out)


def _acts(*acts: str) -> list[tuple[str, int | None]]:
    entries = AuditEntry.query.filter(AuditEntry.act.in_(acts)).order_by(AuditEntry.id)
    return [(entry.act, entry.actor_id) for entry in entries]


# Asking


def test_a_reason_is_sealed_to_the_custodians_and_to_the_desk(office) -> None:
    office.ask()
    reason = IdentityRequest.query.one().reason
    assert {k.key.kind for k in reason.keys} == {KeyKind.CUSTODIAN, KeyKind.DESK}
    assert vault.open_sealed(reason, office.openers["custodian"]) == {"text": REASON}
    assert vault.open_sealed(reason, office.openers["agent"]) == {"text": REASON}
    with pytest.raises(NotHeldError):
        vault.open_sealed(reason, vault.worker())


def test_asking_is_in_the_history_without_a_word_of_the_reason(office) -> None:
    office.ask()
    [entry] = AuditEntry.query.filter_by(act="cases.ask_identity")
    assert entry.actor_id == office.user("agent").id
    assert (entry.subject_type, entry.subject_id) == ("tip", str(office.tip_id))
    assert REASON not in str(entry.details)


def test_the_custodians_are_owed_a_notice_and_then_the_agent(office) -> None:
    Notice.query.delete()
    request = office.ask()
    assert [n.user_id for n in Notice.query] == [office.user("custodian").id]
    office.approve(request)
    assert office.user("agent").id in [n.user_id for n in Notice.query]


def test_one_request_of_an_agent_is_open_at_a_time(office) -> None:
    office.ask()
    with pytest.raises(RefusedError, match="asked for this already"):
        office.ask()
    identity.ask(office.user("colleague"), office.openers["colleague"], office.tip_id, REASON)
    assert IdentityRequest.query.count() == 2


def test_while_it_can_be_read_nobody_asks_again_and_after_a_refusal_they_may(office) -> None:
    office.approve(office.ask())
    with pytest.raises(RefusedError):
        office.ask()
    office.refuse(office.ask("colleague"))
    assert office.ask("colleague")


def test_only_who_can_open_the_tip_may_ask(office) -> None:
    office.add("stranger", make_agent("mocs", email="s@rightdesk.example"))
    office.add("locked out", make_agent("doi", email="l@rightdesk.example"))
    for name in ("stranger", "locked out", "custodian"):
        with pytest.raises(NotFoundError):
            office.ask(name)


def test_a_tip_without_an_identity_cannot_be_asked_about(office, carry_out) -> None:
    tips.file_tip(tips.TipFiling(uuid4(), TEXT))
    carry_out()
    bare = Tip.query.filter_by(identity_id=None).one()
    with pytest.raises(RefusedError, match="left no identity"):
        identity.ask(office.user("agent"), office.openers["agent"], bare.id, REASON)


def test_without_a_custodian_asking_is_refused_and_nothing_is_granted(office) -> None:
    accounts_service.deactivate(None, office.user("custodian"))
    with pytest.raises(RefusedError, match="no custodian"):
        office.ask()
    assert IdentityRequest.query.count() == 0
    assert not office.opens("agent")


# Deciding


def test_before_approval_only_custodians_can_open_it(office) -> None:
    office.ask()
    assert office.opens("custodian")
    assert not office.opens("agent")
    assert not office.opens("colleague")
    assert office.read() is None
    with pytest.raises(NotHeldError):
        vault.open_sealed(office.tip.identity, vault.worker())


def test_approved_the_asking_agent_alone_reads_it_and_each_reading_is_audited(office) -> None:
    admin = accounts_service.create_user(
        "admin@rightdesk.example", "admin", PASSWORD, [RoleName.ADMIN]
    )
    office.add("admin", admin)
    request = office.ask()
    office.approve(request)
    assert office.standing() == Standing.OPEN
    assert office.read() == office.read() == CONTACT
    for name in ("colleague", "admin"):
        assert not office.opens(name)
    assert office.read("colleague") is None
    with pytest.raises(NotFoundError):
        office.read("admin")
    with pytest.raises(NotHeldError):
        vault.open_sealed(office.tip.identity, vault.worker())
    agent, custodian = office.user("agent").id, office.user("custodian").id
    assert _acts("cases.approve_identity", "cases.read_identity") == [
        ("cases.approve_identity", custodian),
        ("cases.read_identity", agent),
        ("cases.read_identity", agent),
    ]
    assert IdentityRequest.query.one().expires_at == clock.now() + timedelta(hours=24)


def test_refused_it_stays_sealed_and_the_refusal_has_a_name(office) -> None:
    office.refuse(office.ask())
    assert not office.opens("agent")
    assert office.read() is None
    assert office.standing() == Standing.REFUSED
    assert _acts("cases.refuse_identity") == [
        ("cases.refuse_identity", office.user("custodian").id)
    ]


def test_nobody_who_is_no_custodian_decides(office) -> None:
    request = office.ask()
    for name in ("agent", "colleague"):
        with pytest.raises(NotFoundError):
            office.approve(request, name)
        with pytest.raises(NotFoundError):
            office.refuse(request, name)
        with pytest.raises(NotFoundError):
            identity.list_asked(office.user(name), office.openers[name])
    assert IdentityRequest.query.one().state == RequestState.ASKED


def _give_role(office: Office, name: str) -> None:
    with unit_of_work():
        user = office.user(name)
        user.roles.append(Role.query.filter_by(name=RoleName.CUSTODIAN).one())


def _make_custodian_too(office: Office, name: str) -> None:
    _give_role(office, name)
    office.grant("custodian", CUSTODIANS, name)


def test_nobody_decides_on_their_own_request_even_as_the_only_custodian(office) -> None:
    _make_custodian_too(office, "agent")
    request = office.ask()
    members.deactivate(None, office.user("custodian"))
    for decide in (office.approve, office.refuse):
        with pytest.raises(RefusedError, match="own request"):
            decide(request, "agent")
    assert office.read() is None
    assert IdentityRequest.query.one().state == RequestState.ASKED


def test_the_only_custodian_cannot_even_ask(office) -> None:
    _make_custodian_too(office, "agent")
    accounts_service.deactivate(None, office.user("custodian"))
    with pytest.raises(RefusedError, match="no custodian"):
        office.ask()


def test_a_custodian_whom_nobody_granted_cannot_approve_and_sees_no_reason(office) -> None:
    office.add_custodian("new", granted=False)
    request = office.ask()
    [asked] = identity.list_asked(office.user("new"), office.openers["new"])
    assert asked.reason is None
    with pytest.raises(RefusedError, match="grant"):
        office.approve(request, "new")
    assert not office.opens("agent")


def test_an_agent_who_was_let_in_cannot_let_in_others_as_a_custodian_without_a_grant(
    office,
) -> None:
    office.approve(office.ask())
    request = office.ask("colleague")
    _give_role(office, "agent")
    assert office.opens("agent")
    with pytest.raises(RefusedError, match="grant"):
        office.approve(request, "agent")
    assert not office.opens("colleague")


def test_two_custodians_at_once_decide_one_request_once(office) -> None:
    office.add_custodian("other")
    request = office.ask()
    ids = {name: office.user(name).id for name in ("custodian", "other")}
    db.session.remove()
    barrier, outcomes = Barrier(2), []

    def decide(name: str) -> None:
        with office_app.app_context():
            user = accounts.get_user(ids[name])
            barrier.wait()
            try:
                identity.approve(user, office.openers[name], request)
                outcomes.append("won")
            except RefusedError as error:
                outcomes.append(str(error))

    office_app = background.current_app._get_current_object()
    threads = [Thread(target=decide, args=(name,)) for name in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["This request was decided already.", "won"]
    assert len(_acts("cases.approve_identity")) == 1
    assert office.read() == CONTACT


def test_what_was_decided_stays_decided(office) -> None:
    request = office.ask()
    office.refuse(request)
    with pytest.raises(RefusedError, match="decided already"):
        office.approve(request)
    assert not office.opens("agent")


def test_a_request_whose_tip_is_gone_does_not_exist(office) -> None:
    request = office.ask()
    assert destruction.destroy_for_source(office.tip_id)
    with pytest.raises(NotFoundError, match="tip is gone"):
        office.approve(request)
    assert SealedRecord.query.filter_by(purpose="identity-reason").count() == 0
    assert identity_shares.expire_identities() == 0


def test_an_agent_who_left_before_the_decision_gets_nothing(office) -> None:
    request = office.ask()
    members.leave_queue(None, office.user("agent"), "doi")
    with pytest.raises(RefusedError, match="can no longer open the tip"):
        office.approve(request)
    assert not office.opens("agent")


def test_an_agent_with_a_new_vault_that_nobody_granted_gets_nothing(office) -> None:
    request = office.ask()
    office.openers["agent"] = members.set_passphrase(office.user("agent"), PASSPHRASE)
    with pytest.raises(RefusedError, match="can no longer open the tip"):
        office.approve(request)
    assert not office.opens("agent")


# The end


def test_after_a_day_it_is_refused_at_once_and_the_key_goes_with_the_next_run(
    office, still_clock
) -> None:
    office.approve(office.ask())
    still_clock.forward(hours=23, minutes=59)
    jobs.expire_identities()
    assert office.read() == CONTACT
    still_clock.forward(minutes=1)
    assert office.read() is None
    assert office.standing() == Standing.OVER
    assert identity_shares.expire_identities() == 1
    assert not office.opens("agent")
    assert identity_shares.expire_identities() == 0, "twice changes nothing"
    assert _acts("cases.expire_identity") == [("cases.expire_identity", None)]


def test_an_approval_anew_outlives_the_end_of_the_former(office, still_clock) -> None:
    office.approve(office.ask())
    still_clock.forward(hours=24)
    office.approve(office.ask())
    assert identity_shares.expire_identities() == 0
    assert office.read() == CONTACT


def test_the_end_of_one_share_is_not_the_end_of_another(office, still_clock) -> None:
    office.approve(office.ask())
    still_clock.forward(hours=12)
    office.approve(office.ask("colleague"))
    still_clock.forward(hours=12)
    identity_shares.expire_identities()
    assert not office.opens("agent")
    assert office.read("colleague") == CONTACT


def test_custodians_keep_what_agents_lose(office, still_clock) -> None:
    office.approve(office.ask())
    still_clock.forward(hours=24)
    identity_shares.expire_identities()
    assert office.opens("custodian")


def test_moved_to_another_desk_the_shares_go_and_open_requests_lapse(office) -> None:
    office.approve(office.ask())
    office.ask("colleague")
    with unit_of_work():
        identity_shares.withdraw_shares(tip_queries.get_tip_for_update(office.tip_id))
    assert not office.opens("agent")
    assert office.read() is None
    assert office.standing() == Standing.OVER
    assert office.standing("colleague") == Standing.LAPSED
    assert len(_acts("cases.withdraw_identity", "cases.lapse_identity")) == 2
    for request in IdentityRequest.query:
        assert not vault.can_open(request.reason, office.openers["agent"])
        assert vault.can_open(request.reason, office.openers["custodian"])


def test_handed_over_no_agent_of_the_former_desk_reads_it(office, carry_out) -> None:
    office.add("successor", make_agent("mocs", email="mocs@rightdesk.example"))
    office.approve(office.ask())
    agent, opener = office.user("agent"), office.openers["agent"]
    cases.hand_over(agent, opener, office.tip_id, office.tip.version, "mocs")
    carry_out()
    assert not office.opens("agent")
    assert not office.opens("successor")
    with pytest.raises(NotFoundError):
        office.read()


def test_who_leaves_the_desk_is_refused_at_once_and_loses_the_key_with_the_next_run(
    office,
) -> None:
    office.approve(office.ask())
    members.leave_queue(None, office.user("agent"), "doi")
    with pytest.raises(NotFoundError):
        office.read()
    identity_shares.expire_identities()
    assert not office.opens("agent")


def test_who_leaves_the_house_loses_the_key_with_the_next_run(office) -> None:
    office.add("stayer", make_agent("doi", email="stayer@rightdesk.example"))
    office.grant("agent", desk("doi"), "stayer")
    office.approve(office.ask())
    office.ask("colleague")
    for name in ("agent", "colleague"):
        members.deactivate(None, office.user(name))
    identity_shares.expire_identities()
    assert not office.opens("agent")
    assert {r.state for r in IdentityRequest.query} == {
        RequestState.APPROVED,
        RequestState.REFUSED,
    }
    assert identity.list_asked(office.user("custodian"), office.openers["custodian"]) == []


def test_a_new_vault_passphrase_costs_the_share_at_once(office) -> None:
    office.approve(office.ask())
    before = office.openers["agent"]
    office.openers["agent"] = members.set_passphrase(office.user("agent"), PASSPHRASE)
    assert not office.opens("agent")
    office.openers["agent"] = before
    assert not office.opens("agent")
    office.grant("colleague", desk("doi"), "agent")
    assert office.standing() == Standing.OVER
    assert office.read() is None
    office.approve(office.ask())
    assert office.read() == CONTACT


def test_a_share_that_no_request_explains_goes(office) -> None:
    with unit_of_work():
        vault.share_with_member(
            office.tip.identity, str(office.user("colleague").id), office.openers["custodian"]
        )
    assert office.opens("colleague")
    assert identity_shares.expire_identities() == 1
    assert not office.opens("colleague")


def test_one_tip_that_fails_keeps_no_other_open(office, carry_out, still_clock, monkeypatch):
    office.approve(office.ask())
    broken = uuid4()
    still_clock.forward(hours=24)
    found = identity_shares.requests.list_tips_to_settle()
    lock = identity_shares.lock_tip

    def fail_once(tip_id: UUID) -> Tip:
        if tip_id == broken:
            raise ValueError
        return lock(tip_id)

    monkeypatch.setattr(identity_shares, "lock_tip", fail_once)
    monkeypatch.setattr(identity_shares.requests, "list_tips_to_settle", lambda: [broken, *found])
    assert identity_shares.expire_identities() == 1
    assert not office.opens("agent")
