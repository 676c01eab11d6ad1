"""Where do I go? Two questions by links alone, answers that can be linked, kept and found."""

import re
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from pages import Visitor, hidden_fields

from app.registry import queries
from app.registry.file import registry_from_document
from app.routing import choices


@pytest.fixture
def vendor(client: FlaskClient, still_clock) -> Visitor:
    return Visitor(client)


def _links(page: str) -> list[str]:
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return re.findall(r'href="(/where[^"]*)"', main)


def test_every_listed_task_is_reached_by_two_questions_at_most(vendor) -> None:
    first = _links(vendor.read("/where"))
    second = [link for which in first if "/which/" in which for link in _links(vendor.read(which))]
    tasks = {
        f"/where/{task.code}"
        for task in queries.get_current_registry().tasks.values()
        if task.listed
    }
    assert tasks <= {*first, *second}
    for link in tasks:
        vendor.read(link)


def test_register_alone_is_asked_about_and_both_are_answered(vendor) -> None:
    assert "/where/which/register" in _links(vendor.read("/where"))
    page = vendor.read("/where/which/register")
    assert {"/where/contracting-account", "/where/payee-account"} <= set(_links(page))
    assert "in PASSPort, which" in page
    assert "in PIP, which" in page


def test_what_is_not_listed_stands_nowhere(vendor) -> None:
    assert "report-wrongdoing" not in vendor.read("/where")
    assert vendor.client.get("/where/report-wrongdoing").status_code == 404


def test_an_answer_says_what_where_since_when_who_helps_and_where_it_is_written(vendor) -> None:
    page = vendor.read("/where/questionnaire")
    assert (
        "Since 1 August 2017 responsibility questionnaires and disclosures are filed in PASSPort, "
        "which the Office of Contract Services (MOCS) runs."
    ) in page
    assert "MOCS Service Desk" in page
    assert "Not VENDEX: it was retired on 31 July 2017." in page
    assert "passport-frequently-asked-questions.page" in page
    assert "Last checked on" in page


def test_what_is_in_use_but_wrong_is_said_to_be_so(vendor) -> None:
    assert "Not PASSPort: it does not do this." in vendor.read("/where/direct-deposit")
    unpaid = vendor.read("/where/invoice-unpaid")
    assert "Not the Office of the Comptroller: it does not do this." in unpaid
    assert "Not the Office of the Comptroller" not in vendor.read(
        "/where/invoice-unpaid/comptroller"
    ), "it buys too"


def test_a_row_that_is_not_proven_says_so(vendor) -> None:
    assert "likely, but not proven" in vendor.read("/where/protest-award")
    assert "likely, but not proven" not in vendor.read("/where/questionnaire")


def test_where_no_office_is_fixed_the_agency_is_asked_and_named(vendor) -> None:
    page = vendor.read("/where/invoice-unpaid")
    assert "Which agency is it about?" in page
    assert "/where/invoice-unpaid/dsny" in _links(page)
    answer = vendor.read("/where/invoice-unpaid/dsny")
    assert "<dd>Department of Sanitation (DSNY)</dd>" in answer
    assert "The fiscal unit or contract officer of that agency" in answer
    assert "Which agency is it about?" not in answer
    assert "Which agency is it about?" not in vendor.read("/where/questionnaire")


@pytest.mark.parametrize(
    "address",
    [
        "/where/nonsense",
        "/where/which/nonsense",
        "/where/which/mwbe",
        "/where/invoice-unpaid/nonsense",
        "/where/invoice-unpaid/general-triage",
        "/where/questionnaire/dsny",
    ],
)
def test_what_is_no_answer_is_not_found_and_not_kept(client, address) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_an_earlier_day_shows_what_was_right_then_and_says_so(vendor) -> None:
    page = vendor.read("/where/questionnaire?on=2017-07-31")
    assert "This is what was right on 31 July 2017." in page
    assert "in VENDEX, which" in page
    assert "Not VENDEX" not in page
    assert "in PASSPort, which" in vendor.read("/where/questionnaire?on=2017-08-01")
    before = vendor.read("/where/questionnaire?on=1950-01-01")
    assert "does not say where this was done on that day" in before


@pytest.mark.parametrize(
    "day", ["yesterday", "2017-02-30", "20170731", "0001-01-01", "9999-12-31", "2017-W01-1", "%00"]
)
def test_a_day_that_is_none_gets_a_plain_message_and_what_is_right_today(vendor, day) -> None:
    page = vendor.read(f"/where/questionnaire?on={day}")
    assert "We could not read that day." in page
    assert "in PASSPort, which" in page


def test_a_dated_answer_points_to_the_lasting_one_and_is_not_listed(client, still_clock) -> None:
    dated = client.get("/where/questionnaire?on=2016-03-14")
    assert '<link rel="canonical" href="http://rightdesk.test/where/questionnaire">' in dated.text
    assert dated.headers["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in client.get("/where/questionnaire").headers


def test_a_page_is_the_same_for_all_and_may_be_kept(client, other_client, still_clock) -> None:
    Visitor(client).sign_in("nobody@rightdesk.example")
    for address in ("/where", "/where/which/register", "/where/questionnaire"):
        answer, other = client.get(address), other_client.get(address)
        assert answer.data == other.data
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers["Vary"]
        assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_a_notice_for_one_visitor_is_in_no_page_that_is_kept(client) -> None:
    with client.session_transaction() as session:
        session["_flashes"] = [("message", "Your message is with the desk.")]
    assert "with the desk" not in client.get("/where").text
    assert "Your message is with the desk." in client.get("/help").text


def test_only_the_guide_is_for_search_engines(client) -> None:
    for address in ("/", "/help", "/tip", "/staff/sign-in"):
        answer = client.get(address)
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_sitemap_names_every_answer_and_each_of_them_is_one(vendor) -> None:
    tree = ET.fromstring(vendor.read("/sitemap.xml"))  # noqa: S314 (our own)
    places = [place.text for place in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert all(place.startswith("http://rightdesk.test/where") for place in places)
    paths = [place.removeprefix("http://rightdesk.test") for place in places]
    assert {"/where", "/where/which/register", "/where/payee-account"} <= set(paths)
    assert "/where/invoice-unpaid/dsny" in paths
    for path in paths[:: max(1, len(paths) // 40)]:
        vendor.read(path)


def test_robots_are_kept_from_what_is_private(vendor) -> None:
    page = vendor.read("/robots.txt")
    for line in ("Allow: /where", "Disallow: /desk", "Disallow: /tip", "Disallow: /help/ticket"):
        assert line in page.splitlines()
    assert "Sitemap: http://rightdesk.test/sitemap.xml" in page


def test_an_answer_leads_to_the_form_with_its_task(vendor) -> None:
    assert 'href="/help?task=questionnaire"' in vendor.read("/where/questionnaire")
    page = vendor.read("/help?task=questionnaire")
    assert '<option selected value="questionnaire">' in page
    hidden_fields(page)
    assert "selected value" not in vendor.read("/help?task=nonsense").replace(
        'selected value=""', ""
    )


def test_home_and_form_lead_to_the_guide(vendor) -> None:
    for address in ("/", "/help", "/tip"):
        assert 'href="/where"' in vendor.read(address)


def test_the_second_question_comes_from_the_registry_alone() -> None:
    found = choices.list_choices(_two_meanings())
    assert {word: [task.code for task in choice.tasks] for word, choice in found.items()} == {
        "permit": ["file-permit", "pay-permit"]
    }
    [section] = choices.list_sections(_two_meanings())
    assert [task.code for task in section.tasks] == ["pay-permit"], "named more exactly"
    assert [choice.word for choice in section.choices] == ["permit"]


def test_every_listed_task_says_what_is_done_so_that_its_answer_is_a_sentence(app) -> None:
    tasks = queries.get_current_registry().tasks.values()
    assert [task.code for task in tasks if task.listed and not task.done] == []


def _two_meanings():
    return registry_from_document(
        {
            "agency": [
                {"code": "a", "acronym": "A", "names": [{"name": "Office A"}], "sources": ["x"]}
            ],
            "system": [],
            "topic": [{"code": "permits", "name": "Permits"}],
            "task": [
                _task("file-permit", ["permits", "permit", "file a permit"]),
                _task("pay-permit", ["pay for a permit"]),
            ],
            "system_of_record": [],
        },
        revision=1,
    )


def _task(code: str, phrases: list[str]) -> dict[str, object]:
    return {"code": code, "name": code, "topic": "permits", "phrases": phrases}
