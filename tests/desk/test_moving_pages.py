"""Correction in one click: what the pages offer, and what a desk that receives sees."""

import re
from datetime import timedelta

import pytest
from factories import make_agent, make_ticket
from flask.testing import FlaskClient
from pages import Visitor, hidden_fields

from app.accounts import service as accounts
from app.accounts.models import User
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.routing.models import DecisionRecord, LearnedModel
from app.tickets import move_queries
from app.tickets.models import Ticket, TicketCopy, TicketMove


@pytest.fixture
def mocs(client: FlaskClient) -> Visitor:
    make_agent("mocs", email="mocs@rightdesk.example")
    visitor = Visitor(client)
    visitor.sign_in("mocs@rightdesk.example")
    return visitor


@pytest.fixture
def fisa(other_client: FlaskClient, app) -> Visitor:
    make_agent("fisa", email="fisa@rightdesk.example")
    visitor = Visitor(other_client)
    visitor.sign_in("fisa@rightdesk.example")
    return visitor


@pytest.fixture
def ticket(app, carry_out) -> int:
    number = make_ticket().id
    carry_out()
    return number


def _at(ticket: int, act: str = "") -> str:
    return f"/desk/ticket/{ticket}" + (f"/{act}" if act else "")


def _move(agent: Visitor, ticket: int, **fields: str):
    return agent.send(_at(ticket), fields, to=_at(ticket, "move"), follow=True)


def test_a_desk_that_receives_sees_who_sent_it_why_and_by_when(mocs, fisa, ticket) -> None:
    _move(mocs, ticket, queue="fisa", reason="wrong system", words="It is about PIP.")
    queue = fisa.read("/desk/queue/fisa")
    assert "Sent to you: accept or send back" in queue
    assert "Office of Contract Services" in queue
    assert "23 hours left" in queue or "1 day left" in queue
    page = fisa.read(_at(ticket))
    assert "New from" in page
    assert "Wrong system" in page
    assert "<q>It is about PIP.</q>" in page
    assert "Answer by" in page


def test_who_has_to_unlock_first_is_told_before_moving(mocs, ticket, carry_out) -> None:
    assert "Unlock your vault first" not in mocs.read(_at(ticket)), "the name waits with the router"
    mocs.set_up_vault()
    carry_out()
    assert "Unlock your vault first" not in mocs.read(_at(ticket))
    mocs.client.delete_cookie("rightdesk_vault", path="/")
    page = mocs.read(_at(ticket))
    assert "Unlock your vault first" in page
    assert f"?next={_at(ticket)}" in page, "and comes back here"


def test_the_list_of_queues_counts_what_waits_for_an_answer(mocs, fisa, ticket) -> None:
    assert "to answer" not in fisa.read("/desk/")
    _move(mocs, ticket, queue="fisa", reason="wrong system")
    assert "1 to answer" in fisa.read("/desk/")


def test_a_desk_accepts_with_one_click(mocs, fisa, ticket) -> None:
    _move(mocs, ticket, queue="fisa", reason="wrong system")
    answer = fisa.send(_at(ticket), {}, to=_at(ticket, "accept"), follow=True)
    assert "stays here." in answer.text
    assert "Answer by" not in answer.text
    assert "Sent to you" not in fisa.read("/desk/queue/fisa")
    assert "accepted" in fisa.read(_at(ticket))


def test_a_desk_sends_back_with_a_reason(mocs, fisa, ticket) -> None:
    _move(mocs, ticket, queue="fisa", reason="wrong system")
    refused = fisa.send(_at(ticket), {"words": "No."}, to=_at(ticket, "send-back"))
    assert refused.status_code == 422
    assert "Please choose a reason." in refused.text
    assert 'value="No."' in refused.text, "what was typed is kept"
    sent = fisa.send(_at(ticket), {"reason": "not ours"}, to=_at(ticket, "send-back"), follow=True)
    assert "moved to Office of Contract Services" in sent.text or "moved to Mayor" in sent.text
    assert fisa.client.get(_at(ticket)).status_code == 404
    assert "not accepted" in mocs.read(_at(ticket))


def test_a_move_needs_a_reason(mocs, ticket) -> None:
    answer = _move(mocs, ticket, queue="fisa")
    assert answer.status_code == 422
    assert "Please choose a reason." in answer.text
    assert '<option selected value="fisa">' in answer.text
    assert TicketMove.query.count() == 0


def test_late_answers_are_shown_as_late(mocs, fisa, ticket) -> None:
    _move(mocs, ticket, queue="fisa", reason="wrong system")
    with unit_of_work():
        move = TicketMove.query.one()
        move.accept_by -= timedelta(hours=29)
    assert "5 hours late" in fisa.read("/desk/queue/fisa")


def test_a_lead_keeps_what_was_sent_back_twice(mocs, fisa, ticket, client_factory) -> None:
    lead = make_agent("mocs", email="lead@rightdesk.example")
    accounts.join_queue(None, lead, "mocs", lead=True)
    _move(mocs, ticket, queue="fisa", reason="wrong system")
    fisa.send(_at(ticket), {"reason": "not ours"}, to=_at(ticket, "send-back"))
    answer = _move(mocs, ticket, queue="fisa", reason="wrong system")
    assert "was sent back twice: the lead at" in answer.text
    assert "the lead decides" in mocs.read("/desk/queue/mocs")
    assert "only a lead of this desk may move it" in mocs.read(_at(ticket))
    assert mocs.send(_at(ticket), {}, to=_at(ticket, "accept")).status_code == 409
    leader = Visitor(client_factory())
    leader.sign_in("lead@rightdesk.example")
    page = leader.send(_at(ticket), {}, to=_at(ticket, "accept"), follow=True).text
    assert "stays here." in page
    assert Ticket.query.one().owner.email == "lead@rightdesk.example"
    answer = _move(leader, ticket, queue="fisa", reason="wrong agency")
    assert "It is pinned there: no more moves." in answer.text
    page = fisa.read(_at(ticket))
    assert "Pinned: no more moves." in page
    assert "Avery Agent answers for it." in page
    assert _at(ticket, "move") not in page


def test_an_unsure_router_offers_its_three_candidates(mocs, client_factory, carry_out) -> None:
    triage = Visitor(client_factory())
    make_agent("general-triage", email="triage@rightdesk.example")
    triage.sign_in("triage@rightdesk.example")
    number = make_ticket("Something is odd with our paper.").id
    carry_out()
    with unit_of_work():
        decision = DecisionRecord.query.one()
        decision.candidates = [
            {"queue": "fisa", "confidence": 0.4},
            {"queue": "mocs", "confidence": 0.312},
            {"queue": "sbs", "confidence": 0.1},
        ]
    page = triage.read(_at(number))
    assert "Where does it belong?" in page
    assert "31 %" in page
    assert page.index('value="fisa"') < page.index('value="mocs"') < page.index('value="sbs"')
    assert 'optgroup label="The router thought of"' in page
    form = page[page.index('class="candidates"') :]
    fields = hidden_fields(form, _at(number, "move"))
    assert fields["reason"] == "not ours"
    assert triage.client.post(_at(number, "move"), data=fields).status_code == 303
    ticket = Ticket.query.one()
    assert ticket.queue_code == "fisa"
    assert move_queries.list_moves(ticket)[0].reason == "not ours"


def test_a_sure_decision_offers_no_candidates(mocs, ticket) -> None:
    page = mocs.read(_at(ticket))
    assert "Where does it belong?" not in page
    assert "By a rule of the book." in page
    assert "rule book 1" in page


def test_the_words_that_carried_the_decision_are_marked(mocs, carry_out) -> None:
    number = make_ticket('I cannot log in to PASSPort <b>"now"</b>.').id
    carry_out()
    page = mocs.read(_at(number))
    assert re.search(r'<mark class="mark-system" title="[^"]*PASSPort[^"]*">PASSPort</mark>', page)
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert 'aria-label="Words that carried the decision"' in page


def test_how_a_decision_was_made_is_said(mocs, ticket) -> None:
    with unit_of_work():
        model = LearnedModel(trained_at=clock.now(), in_use=False, examples=9, figures={})
        db.session.add(model)
        db.session.flush()
        decision = DecisionRecord.query.one()
        decision.chosen_by, decision.learned_model_id = "learner", model.id
    page = mocs.read(_at(ticket))
    assert "By what was learned from earlier tickets." in page
    assert "learned model 1" in page
    with unit_of_work():
        DecisionRecord.query.one().certain = False
    assert "Not sure enough: a person decides." in mocs.read(_at(ticket))


def test_language_and_loop_are_said(mocs, ticket) -> None:
    page = mocs.read(_at(ticket))
    assert "Written in" not in page
    assert "A loop" not in page
    with unit_of_work():
        decision = DecisionRecord.query.one()
        decision.language, decision.loop = "es", True
    page = mocs.read(_at(ticket))
    assert "Written in Spanish" in page
    assert "A loop: they were sent back to where they began." in page


def test_a_priority_is_changed_and_shown(mocs, ticket) -> None:
    assert "priority-urgent" not in mocs.read("/desk/queue/mocs")
    answer = mocs.send(_at(ticket), {"priority": "urgent"}, to=_at(ticket, "priority"), follow=True)
    assert "The priority is now urgent." in answer.text
    assert "priority-urgent" in answer.text
    assert "priority-urgent" in mocs.read("/desk/queue/mocs")
    assert mocs.send(_at(ticket), {"priority": "x"}, to=_at(ticket, "priority")).status_code == 422


def test_a_copy_can_be_read_and_nothing_else(mocs, fisa, ticket) -> None:
    assert fisa.client.get(_at(ticket)).status_code == 404
    with unit_of_work():
        db.session.add(TicketCopy(ticket_id=ticket, queue_code="fisa"))
    assert f"RD-{ticket}" in fisa.read("/desk/queue/fisa")
    page = fisa.read(_at(ticket))
    assert "A copy to read:" in page
    assert "I cannot " in page
    for act in ("reply", "note", "state", "move", "accept", "send-back", "priority", "reveal"):
        assert _at(ticket, act) not in page, "no form"
    fields = hidden_fields(fisa.read("/help")) | {"text": "Hi", "reason": "not ours"}
    for act in ("reply", "note", "state", "move", "accept", "send-back", "priority"):
        assert fisa.client.post(_at(ticket, act), data=fields).status_code == 404


def test_a_copy_does_not_tell_which_other_tickets_are_of_the_same_requester(
    fisa, ticket, carry_out
) -> None:
    own = make_ticket("Our payee record in PIP shows the wrong bank account.").id
    carry_out()
    with unit_of_work():
        db.session.add(TicketCopy(ticket_id=ticket, queue_code="fisa"))
    assert "From the same address" not in fisa.read(_at(ticket)), "a name could be revealed there"
    assert f"RD-{own}" not in fisa.read(_at(ticket))


def test_the_accused_get_no_ticket_from_a_desk(app, client, carry_out) -> None:
    make_agent("doi")
    agent = Visitor(client)
    agent.sign_in("agent@rightdesk.example")
    number = make_ticket("An inspector of the Department of Buildings takes a bribe.").id
    carry_out()
    answer = _move(agent, number, queue="dob", reason="wrong agency")
    assert answer.status_code == 409
    assert "the accused never get it" in answer.text
    assert User.query.count() == 1
