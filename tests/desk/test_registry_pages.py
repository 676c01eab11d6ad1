"""The registry's pages, for admins: one row, a whole file, the history, all without a script."""

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from typing import Any, get_args

import pytest
from factories import PASSWORD, make_agent, make_ticket
from flask import Flask
from flask.testing import FlaskClient
from pages import Visitor, hidden_fields
from werkzeug.test import TestResponse

from app.accounts import service as accounts
from app.accounts.models import RoleName
from app.cli.bundled import BUNDLED
from app.desk.registry_forms import FORMS
from app.desk.registry_tables import FIELDS
from app.extensions import db
from app.registry import queries, service
from app.registry.catalogue import RegistryDocument

TEXT = BUNDLED.read_text(encoding="utf-8")
_TEXTAREA = re.compile(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', re.DOTALL)
_SELECT = re.compile(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', re.DOTALL)
CHECKBOOK = "/desk/registry/row/system/checkbook"


@pytest.fixture
def admin(app: Flask, client: FlaskClient) -> Iterator[Visitor]:
    accounts.create_user("ada@rightdesk.example", "Ada Admin", PASSWORD, [RoleName.ADMIN])
    visitor = Visitor(client)
    visitor.sign_in("ada@rightdesk.example")
    yield visitor
    db.session.rollback()
    service.load_registry(TEXT)  # the queues that follow from it, too


def test_a_form_asks_for_every_field_of_its_row() -> None:
    for section, form in FORMS.items():
        (model,) = get_args(RegistryDocument.model_fields[section].annotation)[:1]
        assert set(form.columns) == set(model.model_fields), section
        assert set(form.columns) <= set(FIELDS), "each has its word in a list of changes"


def form_of(page: str) -> dict[str, Any]:
    """What a browser would send of the page's form, unchanged."""
    main = page[page.index('<form method="post"', page.index("<main")) :]
    fields: dict[str, Any] = dict(hidden_fields(main))
    for tag in re.findall(r"<input\b[^>]*>", main):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if found.get("type") in ("text", "date"):
            fields[found["name"]] = unescape(found.get("value", ""))
        if found.get("type") == "checkbox" and re.search(r"\schecked\b", tag):
            fields.setdefault(found["name"], []).append(found.get("value", "y"))
    for name, inside in re.findall(
        r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', main, re.DOTALL
    ):
        fields[name] = unescape(inside).strip()
    for name, inside in re.findall(
        r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', main, re.DOTALL
    ):
        chosen = re.search(r'<option selected value="([^"]*)"', inside)
        first = re.search(r'value="([^"]*)"', inside)
        fields[name] = (chosen or first)[1]  # type: ignore[index]
    return fields


def change(visitor: Visitor, address: str, step: str = "save", **fields: Any) -> TestResponse:
    """Open a form, change some fields, look what would change, and press the button for it."""
    sent = form_of(visitor.read(address)) | {"why": "It is so"} | fields
    look = "look-remove" if step.endswith("remove") else "look"
    looked = visitor.client.post(address, data=sent | {"step": look})
    if step == look or looked.status_code != 200:
        return looked
    return visitor.client.post(address, data=form_of(looked.text) | {"step": step})


def test_an_admin_arrives_at_the_registry(admin: Visitor) -> None:
    answer = admin.client.get("/desk/")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/desk/registry"
    page = admin.read("/desk/registry")
    assert "PASSPort" in page
    assert "/desk/vault" not in page, "an admin has no vault"


def test_the_registry_is_closed_to_others(app: Flask, client: FlaskClient) -> None:
    make_agent("mocs")
    visitor = Visitor(client)
    assert client.get("/desk/registry").status_code == 302
    visitor.sign_in("agent@rightdesk.example")
    assert client.get("/desk/registry").status_code == 403
    assert client.get(CHECKBOOK).status_code == 403


def test_rows_in_force_today_come_first(admin: Visitor, still_clock) -> None:
    page = admin.read("/desk/registry")
    begin = page.index('id="task-questionnaire"')
    section = page[begin : page.index("</section>", begin)]
    assert section.index("PASSPort") < section.index("VENDEX")
    assert section.count("state-solved") == 1
    assert "31 Jul 2017" in section
    assert "Not: VENDEX" in section


@pytest.mark.parametrize(
    ("show", "says"),
    [
        ("agencies", "Department of Information Technology and Telecommunications"),
        ("systems", "<svg"),
        ("topics", "Direct deposit"),
        ("nonsense", "Served by"),
    ],
)
def test_each_part_has_its_page(admin: Visitor, show: str, says: str) -> None:
    assert says in admin.read(f"/desk/registry?show={show}")


def test_a_change_is_shown_before_it_is_saved(admin: Visitor) -> None:
    before = queries.get_current_registry().revision
    looked = change(admin, CHECKBOOK, "look", name="Checkbook 2.0")
    assert looked.status_code == 200
    assert "<del>Checkbook NYC</del> <ins>Checkbook 2.0</ins>" in looked.text
    assert queries.find_current_revision() == before
    saved = admin.client.post(CHECKBOOK, data=form_of(looked.text) | {"step": "save"})
    assert saved.status_code == 303
    revision = queries.get_revision(queries.find_current_revision() or 0)
    assert (revision.note, revision.author.name) == ("It is so", "Ada Admin")
    assert queries.get_current_registry().systems["checkbook"].name == "Checkbook 2.0"


def test_only_what_was_shown_is_saved(admin: Visitor) -> None:
    before = queries.find_current_revision()
    looked = form_of(change(admin, CHECKBOOK, "look", name="Checkbook 2").text)
    changed = admin.client.post(CHECKBOOK, data=looked | {"name": "Checkbook 3", "step": "save"})
    assert changed.status_code == 200
    assert "<ins>Checkbook 3</ins>" in changed.text
    assert queries.find_current_revision() == before
    saved = admin.client.post(CHECKBOOK, data=form_of(changed.text) | {"step": "save"})
    assert saved.status_code == 303
    assert queries.get_current_registry().systems["checkbook"].name == "Checkbook 3"


@pytest.mark.parametrize(
    "address",
    [
        *("/desk/registry/row/agency/mocs", "/desk/registry/row/agency/comptroller"),
        *("/desk/registry/row/system/vendex", "/desk/registry/row/task/bridge-loan"),
        *("/desk/registry/row/task/report-retaliation", "/desk/registry/row/topic/eft"),
        *(f"/desk/registry/row/system-of-record/{number}" for number in (1, 11, 20, 30)),
    ],
)
def test_a_row_that_is_sent_unchanged_changes_nothing(admin: Visitor, address: str) -> None:
    before = queries.find_current_revision()
    looked = change(admin, address, "look")
    assert looked.status_code == 200, looked.text
    assert "it says so already" in looked.text
    change(admin, address)
    assert queries.find_current_revision() == before


def test_a_change_needs_its_reason(admin: Visitor) -> None:
    answer = change(admin, CHECKBOOK, name="Checkbook 2.0", why=" ")
    assert answer.status_code == 422
    assert "Please say why" in answer.text
    assert 'value="Checkbook 2.0"' in answer.text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("retired_on", "yesterday", "Please enter a day such as"),
        ("retired_on", "2001-02-03", "it has no"),
        ("name", "", "Is missing"),
        ("aliases", "vendx", "The alias"),
        ("sources", "", "Is missing"),
    ],
)
def test_a_fault_stands_beside_its_field(admin: Visitor, field: str, value: str, says: str) -> None:
    before = queries.find_current_revision()
    given = {field: value} | ({"launched_on": "2010-01-01"} if says == "it has no" else {})
    answer = change(admin, CHECKBOOK, **given)
    assert answer.status_code == 422
    error = re.search(rf'<p class="error" id="{field}-error">([^<]*)</p>', answer.text)
    assert error
    wanted = "Was retired before it was launched." if says == "it has no" else says
    assert wanted in error[1]
    assert queries.find_current_revision() == before


def test_a_fault_of_another_row_stands_above_with_its_name(admin: Visitor) -> None:
    answer = change(admin, "/desk/registry/row/system/pip", retired_on="2020-12-31")
    assert answer.status_code == 422
    assert "goes on after &#34;pip&#34; was retired, on 2020-12-31" in answer.text
    assert "system_of_record #" in answer.text


def test_a_new_row_follows_its_task(admin: Visitor) -> None:
    numbers = {
        row.task: number
        for number, row in enumerate(queries.get_current_registry().document.system_of_record, 1)
    }
    address = f"/desk/registry/row/system-of-record/{numbers['questionnaire']}"
    ended = change(admin, address, valid_to="2027-12-31")
    assert ended.status_code == 303, ended.text
    new = "/desk/registry/new/system-of-record"
    assert 'selected value="questionnaire"' in admin.read(f"{new}?task=questionnaire")
    fields = {"task": "questionnaire", "system": "checkbook", "owner": "comptroller"}
    gap = change(admin, new, **fields, valid_from="2028-02-01", sources="A law")
    assert "nothing holds from 2028-01-01 to 2028-01-31" in gap.text.lower()
    added = change(admin, new, **fields, valid_from="2028-01-01", sources="A law")
    assert added.status_code == 303, added.text
    rows = queries.get_current_registry().document.system_of_record
    assert rows[numbers["questionnaire"]].sources == ("A law",)


def test_an_agency_gets_a_new_name_from_a_day_on(admin: Visitor) -> None:
    address = "/desk/registry/row/agency/dsny"
    fields = {
        "names-0-valid_to": "2027-06-30",
        "names-1-name": "Department of Cleanliness",
        "names-1-valid_from": "2027-07-01",
    }
    assert (
        change(admin, address, **(fields | {"names-1-valid_from": "2027-07-02"})).status_code == 422
    )
    assert change(admin, address, **fields).status_code == 303
    names = queries.get_current_registry().agencies["dsny"].names
    assert [dated.name for dated in names] == [
        "Department of Sanitation",
        "Department of Cleanliness",
    ]


def test_a_row_is_removed_after_it_was_shown(admin: Visitor) -> None:
    document = queries.get_current_registry().document
    number = len(document.system_of_record)
    address = f"/desk/registry/row/system-of-record/{number}"
    looked = change(admin, address, "look-remove")
    assert ">removed<" in looked.text
    saved = admin.client.post(address, data=form_of(looked.text) | {"step": "remove"})
    assert saved.status_code == 303
    assert len(queries.get_current_registry().document.system_of_record) == number - 1


def test_what_rules_or_work_still_need_is_kept(admin: Visitor, carry_out) -> None:
    needed = change(admin, "/desk/registry/row/agency/sca", "remove")
    assert needed.status_code == 422
    assert "The rules in force need it" in needed.text
    make_ticket("I forgot my PIP password.")
    carry_out()
    closing = form_of(admin.read("/desk/registry/row/agency/fisa"))
    del closing["desk"]
    answer = admin.client.post(
        "/desk/registry/row/agency/fisa", data=closing | {"why": "Gone", "step": "save"}
    )
    assert answer.status_code == 422
    assert "1 unfinished tickets" in answer.text


def test_a_page_that_has_grown_old_is_refused_and_keeps_what_was_typed(admin: Visitor) -> None:
    old = form_of(admin.read(CHECKBOOK)) | {"name": "Checkbook 3", "why": "Mine"}
    assert change(admin, CHECKBOOK, name="Checkbook 2").status_code == 303
    for step in ("look", "save"):
        answer = admin.client.post(CHECKBOOK, data=old | {"step": step})
        assert answer.status_code == 409
        assert "Somebody else has changed the registry" in answer.text
        assert 'value="Checkbook 3"' in answer.text
    assert queries.get_current_registry().systems["checkbook"].name == "Checkbook 2"


@pytest.mark.parametrize(
    "address",
    [
        *("/desk/registry/row/planet/mars", "/desk/registry/row/system/nothing"),
        *("/desk/registry/row/system-of-record/0", "/desk/registry/row/system-of-record/x"),
        *("/desk/registry/new/planet", "/desk/registry/revision/999999"),
    ],
)
def test_there_is_no_such_row(admin: Visitor, address: str) -> None:
    assert admin.client.get(address).status_code == 404


def test_the_history_says_who_changed_what_and_puts_it_back(admin: Visitor) -> None:
    first = queries.find_current_revision()
    change(admin, CHECKBOOK, name="Checkbook 2")
    second = queries.find_current_revision()
    page = admin.read("/desk/registry/history")
    assert "Ada Admin" in page
    assert "1 changed" in page
    assert "<ins>Checkbook 2</ins>" in admin.read(f"/desk/registry/revision/{second}")
    earlier = f"/desk/registry/revision/{first}"
    assert "<del>Checkbook 2</del> <ins>Checkbook NYC</ins>" in admin.read(earlier)
    answer = admin.send(earlier, {"why": "A mistake"}, to=f"{earlier}/put-back")
    assert answer.status_code == 303
    assert queries.get_current_registry().systems["checkbook"].name == "Checkbook NYC"
    assert queries.find_current_revision() == (second or 0) + 1
    assert "It says the same as the one in force." in admin.read(earlier)


def test_putting_back_on_top_of_a_newer_one_is_refused(admin: Visitor) -> None:
    first = queries.find_current_revision()
    change(admin, CHECKBOOK, name="Checkbook 2")
    address = f"/desk/registry/revision/{first}"
    old = hidden_fields(admin.read(address), f"{address}/put-back")
    change(admin, CHECKBOOK, name="Checkbook 3")
    answer = admin.client.post(f"{address}/put-back", data=old | {"why": "A mistake"})
    assert answer.status_code == 409
    assert queries.get_current_registry().systems["checkbook"].name == "Checkbook 3"


def test_the_whole_is_taken_changed_and_brought_back(admin: Visitor) -> None:
    taken = admin.client.get("/desk/registry/export")
    assert taken.headers["Content-Disposition"].endswith('.toml"')
    changed = taken.text.replace('"Checkbook NYC"', '"Checkbook 2"')
    upload = {"upload": (BytesIO(changed.encode()), "registry.toml"), "step": "look", "why": "New"}
    looked = admin.send("/desk/registry/file", upload)
    assert "<ins>Checkbook 2</ins>" in looked.text
    assert queries.get_current_registry().systems["checkbook"].name == "Checkbook NYC"
    saved = admin.client.post(
        "/desk/registry/file", data=form_of(looked.text) | {"why": "New", "step": "save"}
    )
    assert saved.status_code == 303, saved.text
    assert queries.get_current_registry().systems["checkbook"].name == "Checkbook 2"


def test_a_faulty_file_is_refused_by_row_and_kept(admin: Visitor) -> None:
    faulty = TEXT.replace('owner = "fisa"', 'owner = "fizza"', 1)
    answer = admin.send("/desk/registry/file", {"text": faulty, "why": "x", "step": "save"})
    assert answer.status_code == 422
    assert "system &#34;pip&#34;: unknown agency &#34;fizza&#34;" in answer.text
    assert "owner = &#34;fizza&#34;" in answer.text


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"text": ""}, "Please choose a file"),
        ({"upload": (BytesIO(b"\xff\xfe"), "x.toml")}, "not a text in UTF-8"),
        ({"text": "[[agency]"}, "This is not TOML"),
        ({"text": "agency = 1"}, "cannot be accepted"),
    ],
)
def test_a_file_that_is_none_is_refused(admin: Visitor, sent: dict[str, Any], says: str) -> None:
    answer = admin.send("/desk/registry/file", {"why": "x", "step": "look"} | sent)
    assert answer.status_code == 422
    assert says in answer.text
