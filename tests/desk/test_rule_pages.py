"""The rule book in the browser: who may enter, drafts, the preview, saving, versions."""

import re
from typing import Any
from uuid import uuid4

import pytest
from factories import PASSWORD, make_agent, make_lead, make_problem, make_ticket
from flask.testing import FlaskClient
from pages import Visitor, hidden_fields
from werkzeug.test import TestResponse

from app.accounts import service as accounts
from app.accounts.models import RoleName, User
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.problems.models import Problem, ProblemState
from app.routing import queries
from app.routing.models import DecisionRecord, RuleRevision
from app.routing.rule_wording import FIELDS, TARGETS
from app.routing.rules import Rule, Target
from app.tickets.models import Ticket
from app.tips import service as tips

PAYROLL = {
    "because": "Payroll cannot wait, so the paying office looks first.",
    "place": "0",
    "active": "y",
    "words": "payroll\r\nwages",
    "queue": "fisa",
    "confidence": "95",
    "priority": "urgent",
}
TEXT = "I cannot log in to PASSPort, and payroll is on Friday."


@pytest.fixture
def lead(client: FlaskClient) -> Visitor:
    make_lead("mocs")
    visitor = Visitor(client)
    visitor.sign_in("lead@rightdesk.example")
    return visitor


def step(visitor: Visitor, page: str, to: str, **fields: Any) -> TestResponse:
    """Send the form of a page that was got, to one of the steps of the rule book."""
    hidden = {k: v for k, v in hidden_fields(page, None).items() if k != "code"}
    return visitor.client.post(f"/desk/rules/{to}", data=hidden | fields)


def begin_rule(visitor: Visitor, **fields: Any) -> TestResponse:
    """Fill in the form of a new rule and send it."""
    form = step(visitor, visitor.read("/desk/rules"), "edit")
    assert form.status_code == 200
    return step(visitor, form.text, "apply", **(PAYROLL | fields))


def newest() -> RuleRevision:
    found = queries.find_newest_rule_revision()
    assert found
    return found


def test_who_leads_nothing_gets_a_403_and_no_link(client: FlaskClient, app) -> None:
    make_agent("mocs")
    visitor = Visitor(client)
    visitor.sign_in("agent@rightdesk.example")
    for address in ("", "/versions", f"/versions/{newest().id}", "/preview"):
        assert client.get(f"/desk/rules{address}").status_code == 403
    assert client.post("/desk/rules/save").status_code == 403
    assert "/desk/rules" not in visitor.read("/desk/")


def test_a_lead_and_an_admin_see_the_rules_in_words(client: FlaskClient, lead: Visitor) -> None:
    page = lead.read("/desk/rules")
    assert 'href="/desk/rules"' in lead.read("/desk/")
    assert "The task decides, whichever system or office was named." in page
    assert "a task was chosen in the form" in page
    assert "to the office of the task where there is one, 95\u00a0% sure" in page
    accounts.create_user("admin@rightdesk.example", "Ada", PASSWORD, [RoleName.ADMIN])
    lead.client.post("/staff/sign-out")
    lead.sign_in("admin@rightdesk.example")
    assert "The task decides" in lead.read("/desk/rules")


def test_the_list_counts_what_each_rule_decided_of_tickets(lead: Visitor, carry_out) -> None:
    make_ticket()
    make_ticket()
    carry_out()
    assert "Decided 2 tickets in 30 days" in lead.read("/desk/rules")


def test_the_count_leaves_out_tips_since_it_would_tell_that_one_came(
    lead: Visitor, carry_out
) -> None:
    tips.file_tip(tips.TipFiling(uuid4(), "The inspector takes a bribe for every permit."))
    carry_out()
    assert [record.queue_code for record in DecisionRecord.query] == ["doi"]
    page = lead.read("/desk/rules")
    assert page.count("Decided no ticket in 30 days") == len(queries.get_current_guide().book.rule)


def test_a_rule_names_a_confirmed_problem_and_keeps_it_when_it_is_solved(lead: Visitor) -> None:
    make_problem(title="Only proposed")
    problem = make_problem(title="PIP rejects bonds", state=ProblemState.CONFIRMED)
    number = str(problem.id)
    form = step(lead, lead.read("/desk/rules"), "edit").text
    assert "PIP rejects bonds" in form
    assert "Only proposed" not in form
    step(lead, begin_rule(lead, problem=number).text, "save", note="Bonds")
    saved = queries.get_current_guide().book.rule[0]
    assert saved.problem == int(number)
    with unit_of_work():
        db.session.get(Problem, int(number)).state = ProblemState.SOLVED
    form = step(lead, lead.read("/desk/rules"), "edit", code=saved.code).text
    assert f"Problem {number}, no longer open" in form
    again = step(lead, form, "apply", code=saved.code, **(PAYROLL | {"problem": number}))
    assert "Nothing has changed" in again.text


def test_a_new_rule_is_previewed_saved_and_decides_what_is_filed_next(
    lead: Visitor, carry_out
) -> None:
    moved = make_ticket(TEXT).id
    make_ticket("Hello there.")
    carry_out()
    before = newest().id
    page = begin_rule(lead).text
    assert "<strong>1</strong> of the last 2 tickets would move." in page
    assert "Financial Information Services Agency" in page
    assert f'href="/desk/ticket/{moved}"' in page
    assert "Office of Contract Services (MOCS)" in page
    assert "urgent" in page
    assert "Tips are sealed and cannot be tried." in page
    assert newest().id == before, "a preview stores nothing"
    answer = step(lead, page, "save", note="Payroll first")
    assert (answer.status_code, answer.location) == (303, "/desk/rules")
    assert newest().id > before
    assert newest().note == "Payroll first"
    later = make_ticket(TEXT).id
    carry_out()
    assert db.session.get(Ticket, later).queue_code == "fisa"
    assert db.session.get(Ticket, moved).queue_code == "mocs", "what is filed stays where it is"


def test_an_example_says_where_it_is_now_and_is_read_by_its_own_desk_alone(
    lead: Visitor, carry_out
) -> None:
    ticket = make_ticket(TEXT).id
    carry_out()
    with unit_of_work():
        db.session.get(Ticket, ticket).queue_code = "sbs"
    page = begin_rule(lead).text
    assert f"RD-{ticket}" in page
    assert "now with" in page
    assert "Small Business Services" in page
    assert "payroll is on Friday" not in page
    assert f'href="/desk/ticket/{ticket}"' not in page


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(lead: Visitor) -> None:
    answer = begin_rule(
        lead, because="", confidence="300", words="payroll\n!!!", topics=["login", "mwbe"]
    )
    assert answer.status_code == 422
    page = answer.text
    assert "Please give a reason in one sentence." in page
    assert "Please enter a number from 0 to 100." in page
    assert "There is no word in “!!!”." in page
    assert "payroll\n!!!" in page.replace("\r", "")
    assert len(re.findall(r'<input checked [^>]*name="topics"', page)) == 2
    assert re.search(r'<option selected value="fisa">', page)


def test_a_rule_that_does_nothing_is_refused(lead: Visitor) -> None:
    answer = begin_rule(lead, queue="", priority="")
    assert answer.status_code == 422
    assert "Please say what this rule does" in answer.text


def test_no_field_of_a_rule_is_missing_from_the_form_or_without_a_name(lead: Visitor) -> None:
    form = step(lead, lead.read("/desk/rules"), "edit").text
    offered = set(re.findall(r' name="(\w+)"', form))
    assert set(Rule.model_fields) <= offered, "what the form leaves out would be lost"
    assert set(Rule.model_fields) - set(FIELDS) == {"code"}
    assert set(TARGETS) == set(Target)


def test_every_field_of_a_rule_comes_back_for_editing_as_it_was_entered(lead: Visitor) -> None:
    fields = {
        "topics": ["login"],
        "tasks": ["invoice-unpaid"],
        "systems": ["vendex"],
        "agencies": ["dot"],
        "accused": ["dot"],
        "told_by": ["comptroller"],
        "from_systems": ["passport"],
        "to_systems": ["vendex"],
        "verdicts": ["misdirected"],
        "misdirected": "yes",
        "chosen_task": "no",
        "chosen_systems": ["pip"],
        "add_topics": ["payment_late"],
        "copy_to": ["mocs"],
    }
    preview = begin_rule(lead, **fields).text
    step(lead, preview, "save", note="All of it")
    saved = queries.get_current_guide().book.rule[0]
    assert saved.model_dump(mode="json", exclude={"code"}, exclude_defaults=True) == {
        "because": PAYROLL["because"],
        "words": ["payroll", "wages"],
        "queue": "fisa",
        "confidence": 0.95,
        "priority": "urgent",
        **fields,
        "misdirected": True,
        "chosen_task": False,
    }
    form = step(lead, lead.read("/desk/rules"), "edit", code=saved.code).text
    again = step(lead, form, "apply", code=saved.code, **(PAYROLL | fields))
    assert "Nothing has changed" in again.text


def test_buttons_change_the_draft_and_the_draft_alone(lead: Visitor) -> None:
    before = queries.get_current_guide().book
    first, second = (rule.code for rule in before.rule[:2])
    page = step(lead, lead.read("/desk/rules"), "draft/down", code=first).text
    assert "Moved to the top" in page
    page = step(lead, page, "draft/switch", code=second).text
    page = step(lead, page, "draft/copy", code=second).text
    page = step(lead, page, "draft/delete", code=before.rule[-1].code).text
    for words in ("Not saved yet", "Added in place 2", "Removed from place", "In use: <del>yes"):
        assert words in page
    assert queries.get_current_guide().book == before
    assert "Not saved yet" not in lead.read("/desk/rules")
    preview = step(lead, page, "preview").text
    step(lead, preview, "save", note="Order")
    rules = queries.get_current_guide().book.rule
    assert [rule.code for rule in rules[:3]] == [second, f"{second}-2", first]
    assert [rule.active for rule in rules[:3]] == [False, False, True]


def test_more_can_be_changed_before_the_preview_and_after_it(lead: Visitor) -> None:
    page = begin_rule(lead, later="1").text
    assert "Not saved yet" in page
    assert PAYROLL["because"] in page
    preview = step(lead, page, "preview").text
    again = step(lead, preview, "draft").text
    assert PAYROLL["because"] in again


def test_the_confidence_of_a_queue_sends_what_is_less_sure_to_a_person(
    lead: Visitor, carry_out
) -> None:
    make_ticket()
    carry_out()
    form = step(lead, lead.read("/desk/rules"), "confidence").text
    faulty = step(lead, form, "confidence/apply", least_mocs="101")
    assert faulty.status_code == 422
    assert "Please enter a number from 0 to 100, or nothing." in faulty.text
    assert 'value="101"' in faulty.text
    preview = step(lead, form, "confidence/apply", least_mocs="99").text
    assert "<strong>1</strong> of the last ticket would move." in preview
    assert "General triage" in preview
    step(lead, preview, "save", note="Look twice")
    assert queries.get_current_guide().book.least_confidence == {"mocs": 0.99}
    assert "99\u00a0%" in lead.read("/desk/rules")


def test_of_two_leads_the_second_is_told_what_the_first_did_and_loses_nothing(
    lead: Visitor, other_client: FlaskClient
) -> None:
    make_lead("fisa", email="other@rightdesk.example", name="Olu Other")
    other = Visitor(other_client)
    other.sign_in("other@rightdesk.example")
    mine = begin_rule(lead).text
    theirs = begin_rule(other, because="Wages are due.", words="wages due").text
    assert step(other, theirs, "save", note="Wages").status_code == 303
    first = newest().id
    refused = step(lead, mine, "save", note="Payroll")
    assert refused.status_code == 409
    assert "Others have saved meanwhile" in refused.text
    assert "Wages are due." in refused.text
    assert PAYROLL["because"] in refused.text
    assert newest().id == first
    kept = lead.client.post(
        "/desk/rules/preview", data=hidden_fields(refused.text, "/desk/rules/preview")
    ).text
    assert "Removed from place 1" in kept, "that theirs goes is said before it does"
    assert step(lead, kept, "save", note="Payroll").status_code == 303
    rules = queries.get_current_guide().book.rule
    assert PAYROLL["because"] in [rule.because for rule in rules]
    assert "Wages are due." not in [rule.because for rule in rules]


def test_versions_show_who_changed_what_and_one_is_put_back(lead: Visitor, carry_out) -> None:
    begun, before = newest().id, queries.get_current_guide().book
    step(lead, begin_rule(lead).text, "save", note="Payroll first")
    make_ticket(TEXT)
    carry_out()
    versions = lead.read("/desk/rules/versions")
    assert "Payroll first" in versions
    assert "Lee Lead" in versions
    assert "As it came with Rightdesk" in versions
    page = lead.read(f"/desk/rules/versions/{newest().id}")
    assert "Added in place 1" in page
    assert f"Undo: put version {begun} back" in page
    hidden = hidden_fields(page, f"/desk/rules/versions/{begun}/put-back")
    preview = lead.client.post(f"/desk/rules/versions/{begun}/put-back", data=hidden).text
    assert "<strong>1</strong> of the last ticket would move." in preview
    assert queries.get_current_guide().book != before
    step(lead, preview, "save", note=f"Version {begun} put back")
    assert queries.get_current_guide().book == before
    compared = lead.read(f"/desk/rules/versions/{newest().id}?against={begun}")
    assert "Nothing." in compared
    assert lead.client.get("/desk/rules/versions/999999").status_code == 404


def test_what_the_registry_no_longer_has_is_named_and_has_to_be_taken_out(lead: Visitor) -> None:
    document = {"rule": [{"code": "old", "because": "Old.", "queue": "doi", "systems": ["tin"]}]}
    with unit_of_work():
        revision = RuleRevision(
            saved_at=newest().saved_at,
            author_id=User.query.one().id,
            note="Long ago",
            document=document,
        )
        db.session.add(revision)
    page = lead.read("/desk/rules")
    assert "unknown system &#34;tin&#34;" in page
    assert step(lead, page, "preview").status_code == 422
    form = step(lead, page, "edit", code="old").text
    assert "tin (gone)" in form
    fields = {"code": "old", "because": "Old.", "place": "0", "queue": "doi", "confidence": "90"}
    refused = step(lead, form, "apply", systems=["tin"], **fields)
    assert "The registry no longer has tin." in refused.text
    assert step(lead, form, "apply", systems=["vendex"], **fields).status_code == 200


def test_a_damaged_draft_and_an_expired_page_are_said_so(lead: Visitor) -> None:
    page = lead.read("/desk/rules")
    for draft in ("", "[]", "{", '{"rule": [{"code": "x"}]}', "[" * 5000):
        answer = step(lead, page, "preview", draft=draft)
        assert answer.status_code == 422
        assert "The draft arrived damaged" in answer.text
        assert "The task decides" in answer.text, "the rules in force are shown"
    page = step(lead, page, "draft/switch", code="chosen-task").text
    expired = step(lead, page, "preview", csrf_token="old")
    assert expired.status_code == 400
    assert "Not saved yet" in expired.text, "the draft is still there"


def test_putting_back_from_an_expired_page_is_asked_for_again(lead: Visitor) -> None:
    answer = lead.client.post(f"/desk/rules/versions/{newest().id}/put-back")
    assert answer.status_code == 303
    assert "Please press the button again." in lead.read(answer.location)


def test_a_step_that_is_opened_without_its_draft_leads_to_the_list(lead: Visitor) -> None:
    for name in ("draft", "edit", "apply", "confidence", "preview", "save"):
        answer = lead.client.get(f"/desk/rules/{name}")
        assert (answer.status_code, answer.location) == (303, "/desk/rules")
