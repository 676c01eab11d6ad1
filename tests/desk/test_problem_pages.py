"""Known problems on pages: who sees what, what leads do, what vendors are told."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from factories import WRONG_WAY, let_a_day_pass, make_agent, make_lead, make_problem, make_ticket
from flask.testing import FlaskClient
from pages import Visitor, hidden_fields
from sqlalchemy import select, update

from app.cases.matching import match_tips
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.mail.models import Mail
from app.outbox import service as outbox
from app.problems.models import Problem, ProblemMember
from app.routing.models import DecisionRecord
from app.tickets.models import Ticket
from app.tips import service as tips

ANSWER = "VENDEX is closed. Please file in PASSPort."


@pytest.fixture
def lead(client: FlaskClient) -> Visitor:
    make_lead("mocs")
    visitor = Visitor(client)
    visitor.sign_in("lead@rightdesk.example")
    return visitor


@pytest.fixture
def agent(other_client: FlaskClient) -> Visitor:
    make_agent("fisa")
    visitor = Visitor(other_client)
    visitor.sign_in("agent@rightdesk.example")
    return visitor


@pytest.fixture
def vendor(client_factory: Callable[[], FlaskClient]) -> Visitor:
    return Visitor(client_factory())


@pytest.fixture
def file(vendor: Visitor, carry_out) -> Callable[..., list[str]]:
    """File tickets of as many requesters; return the addresses of their private pages."""

    def file(number: int) -> list[str]:
        links = [
            vendor.file_ticket(text=WRONG_WAY, mail=f"{uuid4().hex}@vendors.example")
            for _ in range(number)
        ]
        carry_out()
        return links

    return file


def _address(act: str = "") -> str:
    problem = Problem.query.filter(Problem.state != "gathering").order_by(Problem.id).first()
    return f"/desk/problems/{problem.id}" + (f"/{act}" if act else "")


def _act(who: Visitor, act: str, **fields: str):
    return who.send(_address(), fields, to=_address(act))


def test_a_proposed_problem_stands_first_with_its_counts(lead, file) -> None:
    make_problem(title="An older one", state="confirmed")
    file(3)
    page = lead.read("/desk/problems")
    assert page.index("sends people to VENDEX") < page.index("An older one")
    assert "sends people from PASSPort to VENDEX." in page
    assert re.search(r'data-label="Tickets" class="number">3<', page)


def test_too_few_reports_are_no_problem_yet(lead, file) -> None:
    file(2)
    assert "No problem is known." in lead.read("/desk/problems")


def test_the_page_shows_the_hop_its_proof_and_its_time(lead, file) -> None:
    file(3)
    page = lead.read(_address())
    assert "sends people from PASSPort to VENDEX." in page
    assert "That was the wrong way." in page
    assert "VENDEX has been out of use since" in page
    assert "Held against the register on" in page
    assert "proposed by the router" in page


def test_tickets_of_other_queues_are_only_counted(lead, agent, file) -> None:
    file(3)
    with unit_of_work():
        Ticket.query.order_by(Ticket.id).first().queue_code = "fisa"
    theirs, mine = lead.read(_address()), agent.read(_address())
    assert theirs.count("/desk/ticket/") == 2
    assert "1 ticket is in queues of others." in theirs
    assert mine.count("/desk/ticket/") == 1
    assert "2 tickets are in queues of others." in mine


def test_single_tips_never_show(lead, file, carry_out) -> None:
    file(3)
    let_a_day_pass()
    before = lead.read(_address())
    for number in range(4):
        tips.file_tip(tips.TipFiling(uuid4(), f"{WRONG_WAY} Number {number}."))
    carry_out()
    with unit_of_work():
        of_tips = DecisionRecord.id.not_in(select(ProblemMember.decision_id))
        yesterday = clock.today() - timedelta(days=1)
        db.session.execute(update(DecisionRecord).where(of_tips).values(decided_on=yesterday))
    match_tips()
    assert ProblemMember.query.filter_by(discreet=True).count() == 4
    after = lead.read(_address())
    for changing in (r'name="csrf_token"[^>]*', r'id="[a-z]+-csrf"[^>]*'):
        before, after = re.sub(changing, "", before), re.sub(changing, "", after)
    assert before == after


def test_a_lead_confirms_renames_and_solves(lead, file) -> None:
    file(3)
    assert _act(lead, "state", state="confirmed").status_code == 303
    assert _act(lead, "name", title="Sent back to VENDEX").status_code == 303
    page = lead.read(_address())
    assert "<h1>Sent back to VENDEX" in page
    assert "Confirmed by" in page
    assert _act(lead, "state", state="solved").status_code == 303
    problem = Problem.query.one()
    assert (problem.state, problem.title) == ("solved", "Sent back to VENDEX")
    assert problem.solved_on
    assert "Sent back to VENDEX" in lead.read("/desk/problems?show=finished")
    assert "Sent back to VENDEX" not in lead.read("/desk/problems")


def test_a_state_that_cannot_follow_is_refused(lead, file) -> None:
    file(3)
    assert _act(lead, "state", state="solved").status_code == 422
    assert Problem.query.one().state == "proposed"


def test_a_dismissed_problem_can_be_taken_up_again(lead, file) -> None:
    file(3)
    _act(lead, "state", state="dismissed")
    assert "Take it up again" in lead.read(_address())
    _act(lead, "state", state="confirmed")
    assert Problem.query.one().state == "confirmed"


def test_a_faulty_name_is_said_beside_the_field_and_kept(lead, file) -> None:
    file(3)
    answer = _act(lead, "name", title="x" * 201)
    assert answer.status_code == 422
    assert "Please keep it under 200 characters." in answer.text
    assert "x" * 201 in answer.text


def test_an_agent_who_does_not_lead_may_look_only(lead, agent, file) -> None:
    file(3)
    page = agent.read(_address())
    assert "Confirm it" not in page
    assert "A lead of a queue that it concerns decides on it." in page
    for act in ("state", "name", "merge", "answer", "answer/preview"):
        answer = agent.client.post(_address(act), data={"version": 1, "state": "confirmed"})
        assert answer.status_code == 403
    assert Problem.query.one().state == "proposed"


def test_an_answer_is_previewed_then_sent(lead, file, carry_out, settings) -> None:
    links = file(3)
    _act(lead, "state", state="confirmed")
    preview = _act(lead, "answer/preview", text=ANSWER, after="pending")
    assert preview.status_code == 200
    assert "3 open tickets get this by mail" in preview.text
    assert Problem.query.one().answer is None, "a preview sends nothing"
    fields = hidden_fields(preview.text, _address("answer"))
    answer = {"text": ANSWER, "after": "pending"}
    sent = lead.client.post(_address("answer"), data=fields | answer)
    assert sent.status_code == 303
    carry_out()
    assert Mail.query.filter_by(template="reply").count() == 3
    assert ANSWER in lead.read(links[0])


def test_an_empty_answer_is_refused_and_nothing_is_lost(lead, file) -> None:
    file(3)
    _act(lead, "state", state="confirmed")
    answer = _act(lead, "answer/preview", text="", after="solved")
    assert answer.status_code == 422
    assert "Please write something first." in answer.text


def test_a_stale_page_overwrites_nothing(lead, file) -> None:
    file(3)
    _act(lead, "state", state="confirmed")
    fields = {"version": "1", "text": ANSWER, "after": "pending"}
    answer = lead.send(_address(), fields, to=_address("answer/preview"))
    assert answer.status_code == 200
    stale = lead.send(_address(), fields, to=_address("name"))
    assert stale.status_code == 422
    hidden = {"version": "1", "title": "Mine"}
    assert lead.send(_address(), hidden, to=_address("name")).status_code == 409
    assert "This problem changed while you were working on it." in (
        lead.send(_address(), hidden, to=_address("name")).text
    )


def test_a_problem_is_merged_into_another(lead, file) -> None:
    file(3)
    mine = {"task_code": "contracting-account", "state": "confirmed"}
    other = make_problem(title="The larger one", **mine).id
    assert "It is part of another" in lead.read(_address())
    merged = Problem.query.filter_by(told_by_code="comptroller").one().id
    address = f"/desk/problems/{merged}"
    answer = lead.send(address, {"target": str(other)}, to=f"{address}/merge")
    assert answer.status_code == 303
    assert ProblemMember.query.filter_by(problem_id=other).count() == 3
    assert lead.client.get(address).headers["Location"].endswith(f"/desk/problems/{other}")


def test_who_leads_one_problem_alone_does_not_merge_it_into_another(lead, file) -> None:
    file(3)
    other = make_problem(state="confirmed").id
    merged = Problem.query.filter_by(told_by_code="comptroller").one().id
    address = f"/desk/problems/{merged}"
    answer = lead.send(address, {"target": str(other)}, to=f"{address}/merge")
    assert answer.status_code == 409
    assert "Only a lead of both problems can merge them." in answer.text


def test_a_ticket_is_taken_out(lead, file) -> None:
    file(3)
    ticket = Ticket.query.order_by(Ticket.id).first().id
    answer = lead.send(_address(), {}, to=_address(f"remove/{ticket}"))
    assert answer.status_code == 303
    assert ProblemMember.query.count() == 2
    assert "taken out of a known problem" in lead.read(f"/desk/ticket/{ticket}")


def test_a_ticket_is_linked_from_its_own_page(lead, file, carry_out) -> None:
    file(3)
    ticket = make_ticket("I cannot log in to PASSPort.").id
    carry_out()
    problem, address = Problem.query.one().id, f"/desk/ticket/{ticket}"
    answer = lead.send(address, {"problem": str(problem)}, to=f"{address}/problem", follow=True)
    assert "Linked to the known problem." in answer.text
    assert f"/desk/problems/{problem}" in answer.text
    assert ProblemMember.query.count() == 4
    refused = lead.send(address, {"problem": ""}, to=f"{address}/problem", follow=True)
    assert "Please choose a problem." in refused.text


def test_a_vendor_learns_of_at_least_five_others(lead, vendor, file) -> None:
    first, *_ = file(5)
    _act(lead, "state", state="confirmed")
    assert "others reported this" not in vendor.read(first), "four others are too few"
    file(1)
    assert "5 others reported this." in vendor.read(first)


def test_one_requester_with_many_tickets_is_one_other(lead, vendor, file, carry_out) -> None:
    first, *_ = file(3)
    for _number in range(6):
        vendor.file_ticket(text=WRONG_WAY, mail="same@vendors.example")
    carry_out()
    _act(lead, "state", state="confirmed")
    assert "others reported this" not in vendor.read(first)


def test_a_vendor_hears_of_tips_in_fives_and_a_day_late(lead, vendor, file, carry_out) -> None:
    first, *_ = file(3)
    for number in range(6):
        tips.file_tip(tips.TipFiling(uuid4(), f"{WRONG_WAY} Number {number}."))
    carry_out()
    _act(lead, "state", state="confirmed")
    assert "others reported this" not in vendor.read(first)
    let_a_day_pass()
    assert "7 others reported this." in vendor.read(first)
    assert "tips in whole fives" in lead.read(_address())


def test_a_problem_of_tips_alone_shows_no_day_of_theirs(lead, app, carry_out) -> None:
    for number in range(5):
        tips.file_tip(tips.TipFiling(uuid4(), f"{WRONG_WAY} Number {number}."))
    carry_out()
    let_a_day_pass()
    with unit_of_work():
        db.session.execute(update(DecisionRecord).values(decided_on=date(2026, 2, 3)))
    page = lead.read(_address())
    assert "It has no tickets." in page
    assert "That was the wrong way." in page
    assert "Feb" not in page


def test_a_problem_that_nobody_confirmed_is_not_told(lead, vendor, file) -> None:
    first, *_ = file(7)
    assert "others reported this" not in vendor.read(first)
    _act(lead, "state", state="dismissed")
    assert "A known problem" not in vendor.read(first)


def test_the_first_mail_tells_of_others_when_they_are_known(
    lead, file, vendor, carry_out, settings
) -> None:
    file(6)
    _act(lead, "state", state="confirmed")
    for mail in settings.outbox_dir.glob("*.eml"):
        mail.unlink()
    vendor.file_ticket(text=WRONG_WAY, mail="late@vendors.example")
    for topic in ("tickets.route", "problems.match"):  # the order of a worker's queues
        outbox.drain(topic)
    carry_out()
    [mail] = settings.outbox_dir.glob("*.eml")
    assert "6 others reported it too" in mail.read_text()


def test_a_solved_problem_tells_its_day(lead, vendor, file) -> None:
    first, *_ = file(6)
    _act(lead, "state", state="confirmed")
    _act(lead, "state", state="solved")
    assert "It was solved on" in vendor.read(first)
