"""Text that alleges wrongdoing: its filer sees the tip line before anything is sent."""

import io
import logging
import re

import pytest
from factories import make_custodian, open_vault
from flask.testing import FlaskClient
from pages import TICKET, Visitor, hidden_fields
from werkzeug.test import TestResponse

from app.outbox.models import OutboxItem
from app.tickets.models import Message, Ticket
from app.tips import queries
from app.tips.models import Tip
from app.vault import service as vault

HELP = "DSNY has not paid our invoice 4711 since March. Where do we send the invoice?"
ALLEGED = "The inspector of DSNY asked us for a kickback of 5 percent."
TEXT = f"DSNY has not paid our invoice 4711 since March. {ALLEGED} Where do we send the invoice?"
HERE = "/help/before-sending"


@pytest.fixture
def vendor(client: FlaskClient) -> Visitor:
    open_vault(make_custodian())
    return Visitor(client)


def _ask(vendor: Visitor, **fields: object) -> TestResponse:
    """Send the ticket form; the page that asks which way comes back."""
    answer = vendor.send("/help", TICKET | {"text": TEXT} | fields)
    assert answer.status_code == 200
    assert "Before this is sent" in answer.text
    return answer


def _areas(page: str) -> dict[str, str]:
    return dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL))


def _choose(vendor: Visitor, page: str, way: str, **fields: object) -> TestResponse:
    entered = hidden_fields(page, HERE) | _areas(page) | {"way": way} | fields
    return vendor.client.post(HERE, data=dict(entered))


def _words(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    return re.search(r'readonly value="([a-z ]+)"', answer.text)[1]


def _link(answer: TestResponse) -> str:
    return re.search(r"http://localhost(/help/ticket/[\w-]+)", answer.text)[1]


def test_nothing_is_filed_before_a_way_is_chosen(vendor) -> None:
    page = _ask(vendor).text
    assert (Ticket.query.count(), Tip.query.count(), OutboxItem.query.count()) == (0, 0, 0)
    assert "The tip line is made for this" in page
    assert "It will not go to the Department of Sanitation (DSNY)." in page
    assert _areas(page) == {"help_part": HELP, "tip_part": ALLEGED}


def test_text_that_alleges_nothing_is_filed_at_once(vendor) -> None:
    assert vendor.send("/help", TICKET).status_code == 303


def test_what_is_protected_already_is_not_asked_about(vendor) -> None:
    answer = vendor.send("/help", TICKET | {"text": TEXT, "protect": "y"})
    assert "We have your tip" in answer.text


def test_split_files_a_ticket_and_a_tip_that_know_nothing_of_each_other(vendor, carry_out) -> None:
    answer = _choose(vendor, _ask(vendor).text, "split", consent="y")
    _words(answer)
    ticket_page = _link(answer)
    carry_out()
    ticket, tip = Ticket.query.one(), Tip.query.one()
    assert Message.query.one().body == HELP
    assert ticket.queue_code == "dsny", "what is left is a question to the agency"
    assert tip.queue_code == "doi"
    assert tip.identity is None
    assert tip.submission_hash != ticket.submission_hash
    page = vendor.read(ticket_page)
    assert "kickback" not in page
    assert "tip line" not in page.split("<main", 1)[1].split("</main>", 1)[0]


def test_the_tip_is_kept_from_who_is_named_in_the_other_part_alone(vendor, carry_out) -> None:
    answer = _choose(
        vendor, _ask(vendor).text, "split", consent="y", tip_part="They asked for a kickback."
    )
    _words(answer)
    content = vault.open_sealed(Tip.query.one().content, vault.worker())
    assert content["hidden_from"] == "dsny"
    assert content["text"] == "They asked for a kickback."
    assert not content["task"]


def test_the_identity_goes_with_the_tip_only_if_chosen(vendor) -> None:
    _words(_choose(vendor, _ask(vendor).text, "split", consent="y", named="y"))
    assert Tip.query.one().identity is not None


def test_both_parts_can_be_changed_before(vendor, carry_out) -> None:
    _words(
        _choose(vendor, _ask(vendor).text, "split", consent="y", help_part="Where is our check?")
    )
    assert Message.query.one().body == "Where is our check?"


BAD = {
    "no consent": ({}, "Please tick this box"),
    "no help part": ({"consent": "y", "help_part": " "}, "Please write what you need help with"),
    "no tip part": ({"consent": "y", "tip_part": ""}, "Please write what somebody did wrong"),
    "too long": ({"consent": "y", "tip_part": "x" * 20_001}, "under 20,000 characters"),
    "no way": ({"consent": "y", "way": "nonsense"}, "choose one of the three ways"),
}


@pytest.mark.parametrize(("entered", "message"), BAD.values(), ids=BAD.keys())
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(vendor, entered, message) -> None:
    fields = {"way": "split", "help_part": "Where is our check?"} | entered
    page = _ask(vendor, phone="212 555 0100").text
    answer = _choose(vendor, page, fields.pop("way"), **fields)
    assert answer.status_code == 422
    assert message in answer.text
    for kept in (TEXT, "212 555 0100", fields["help_part"].strip()):
        assert kept in answer.text
    assert (Ticket.query.count(), Tip.query.count()) == (0, 0)


def test_all_of_it_as_a_tip(vendor, carry_out) -> None:
    answer = _choose(vendor, _ask(vendor).text, "tip")
    _words(answer)
    assert Ticket.query.count() == 0
    content = vault.open_sealed(Tip.query.one().content, vault.worker())
    assert content["text"] == TEXT
    carry_out()
    assert Tip.query.one().queue_code == "doi"


def test_without_a_custodian_a_tip_is_sent_without_an_identity(client) -> None:
    vendor = Visitor(client)
    page = _ask(vendor).text
    assert "Seal my name" not in page
    _words(_choose(vendor, page, "tip"))
    assert Tip.query.one().identity is None


def test_all_of_it_as_a_ticket_goes_as_written_and_not_to_the_accused(vendor, carry_out) -> None:
    answer = _choose(vendor, _ask(vendor).text, "ticket")
    assert answer.status_code == 303
    carry_out()
    assert Message.query.one().body == TEXT
    assert Ticket.query.one().queue_code != "dsny"
    assert Tip.query.count() == 0


def test_going_back_to_the_form_keeps_everything(vendor) -> None:
    answer = _choose(vendor, _ask(vendor, told_by="comptroller").text, "change")
    assert "Tell us what happened" in answer.text
    assert TEXT in answer.text
    assert TICKET["company"] in answer.text
    assert '<option selected value="comptroller">' in answer.text
    again = vendor.client.post("/help", data=hidden_fields(answer.text) | TICKET)
    assert again.status_code == 303


@pytest.mark.parametrize("way", ["split", "tip", "ticket"])
def test_a_double_click_files_once_and_gives_the_same_answer(vendor, way) -> None:
    page = _ask(vendor).text
    first, second = (_choose(vendor, page, way, consent="y") for _ in range(2))
    if way == "ticket":
        assert first.headers["Location"] == second.headers["Location"]
    else:
        assert _words(first) == _words(second)
    assert Ticket.query.count() == (way != "tip")
    assert Tip.query.count() == (way != "ticket")


def test_who_goes_back_after_all_became_a_tip_gets_no_ticket_beside_it(vendor) -> None:
    page = _ask(vendor).text
    words = _words(_choose(vendor, page, "tip"))
    for way in ("split", "ticket"):
        assert _words(_choose(vendor, page, way, consent="y")) == words
    assert (Ticket.query.count(), Tip.query.count()) == (0, 1)


def _file(name: str, size: int = 10) -> tuple[io.BytesIO, str]:
    return io.BytesIO(b"x" * size), name


def test_files_are_asked_for_again_and_go_each_with_its_part(vendor) -> None:
    page = _ask(vendor, files=[_file("letter.txt")]).text
    assert "You had chosen files: letter.txt." in page
    _words(
        _choose(
            vendor,
            page,
            "split",
            consent="y",
            files=[_file("invoice.txt")],
            tip_files=[_file("photo.txt"), _file("note.txt")],
        )
    )
    assert [file.name for file in Message.query.one().files] == ["invoice.txt"]
    assert len(queries.list_files(Tip.query.one())) == 2


def test_six_files_are_too_many_wherever_they_are(vendor) -> None:
    page = _ask(vendor).text
    answer = _choose(
        vendor,
        page,
        "split",
        consent="y",
        files=[_file(f"{n}.txt") for n in range(3)],
        tip_files=[_file(f"{n}.txt") for n in range(3, 6)],
    )
    assert answer.status_code == 422
    assert "up to 5 files" in answer.text
    assert "You had chosen files: 0.txt" in answer.text


def test_the_log_does_not_tell_that_somebody_was_asked(vendor, caplog) -> None:
    with caplog.at_level(logging.INFO):
        page = _ask(vendor).text
        _choose(vendor, page, "split", consent="y")
    endpoints = [getattr(record, "endpoint", "") for record in caplog.records]
    assert "front.file_ticket" not in endpoints
    assert "front.choose_way" not in endpoints


def test_the_line_in_a_flood_holds_here_too(app, client, monkeypatch, still_clock) -> None:
    settings = app.config["SETTINGS"].model_copy(update={"flood_limit": 1})
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    vendor = Visitor(client)
    page = _ask(vendor).text
    forged = {"flood_pass": "", "submission": "7f1d2c1e-95a3-4b53-8f3c-0c2f4be0a001"}
    for _ in range(10):
        vendor.read("/help")
    answer = _choose(vendor, page, "ticket", **forged)
    assert answer.status_code == 429
    assert TEXT in answer.text
    assert Ticket.query.count() == 0
    assert _choose(vendor, page, "ticket").status_code == 303, "the place in line is kept"


def test_the_page_has_no_address_of_its_own(vendor) -> None:
    answer = vendor.client.get(HERE)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/help"


def test_a_later_message_that_alleges_waits_until_its_writer_knows_the_tip_line(
    vendor, carry_out
) -> None:
    address = vendor.file_ticket()
    carry_out()
    answer = vendor.send(address, {"text": ALLEGED})
    assert answer.status_code == 200
    assert "Not sent yet." in answer.text
    assert ALLEGED in answer.text
    assert Message.query.count() == 1
    again = hidden_fields(answer.text, address) | {"text": ALLEGED}
    assert vendor.client.post(address, data=again).status_code == 303
    assert Message.query.count() == 2
