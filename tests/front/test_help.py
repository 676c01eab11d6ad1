"""The help desk's public door, as a vendor without JavaScript sees it."""

import io
import re
from uuid import uuid4

import pytest
from factories import make_custodian, open_vault
from flask.testing import FlaskClient
from pages import TICKET, Visitor, hidden_fields

from app.tickets.models import Message, Ticket
from app.tips.models import Tip


@pytest.fixture
def vendor(client: FlaskClient) -> Visitor:
    return Visitor(client)


def test_a_ticket_is_filed_and_followed_by_its_private_link(vendor, carry_out) -> None:
    address = vendor.file_ticket()
    assert 'http-equiv="refresh"' in vendor.read(address), "until routed, the page reloads itself"
    carry_out()
    page = vendor.read(address)
    assert "RD-1001" in page
    assert 'http-equiv="refresh"' not in page
    assert TICKET["text"] in page
    assert TICKET["mail"] not in page, "contacts are sealed, from the requester's page too"


def test_what_was_chosen_is_kept_with_the_ticket(vendor) -> None:
    vendor.file_ticket(
        task="payee-account", system="pip", told_by="comptroller", told_system="vendex"
    )
    ticket = Ticket.query.one()
    assert (ticket.system_code, ticket.told_by_code, ticket.told_system_code) == (
        "pip",
        "comptroller",
        "vendex",
    )


def test_a_form_sent_twice_makes_one_ticket_and_leads_to_the_same_page(vendor) -> None:
    fields = hidden_fields(vendor.read("/help")) | TICKET
    first, second = (vendor.client.post("/help", data=dict(fields)) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Ticket.query.count() == 1


BAD = {
    "no text": ({"text": "  \n "}, "Please tell us what happened."),
    "a text that is too long": ({"text": "x" * 100_000}, "under 20,000 characters"),
    "a NUL byte": ({"text": "before\0after"}, "invisible characters"),
    "broken UTF-8": ({"text": "caf�"}, "arrived broken"),
    "no company": ({"company": ""}, "name of your company"),
    "a bad mail address": ({"mail": "rosa at harborlight"}, "does not look like a mail address"),
    "a name that is too long": ({"name": "R" * 121}, "keep it shorter"),
    "an unknown system": ({"system": "nonsense"}, "Not a valid choice"),
}


@pytest.mark.parametrize(("entered", "message"), BAD.values(), ids=BAD.keys())
def test_bad_input_gets_a_message_and_keeps_what_was_typed(vendor, entered, message) -> None:
    answer = vendor.send("/help", TICKET | {"phone": "212 555 0100"} | entered)
    assert answer.status_code == 422
    assert message in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "212 555 0100" in answer.text
    assert Ticket.query.count() == 0


def test_bytes_that_are_not_utf8_are_refused(vendor) -> None:
    hidden = hidden_fields(vendor.read("/help"))
    fields = "&".join(f"{k}={v}" for k, v in (hidden | TICKET).items() if k != "text")
    answer = vendor.client.post(
        "/help",
        data=fields.encode().replace(b" ", b"+") + b"&text=caf%E9+bar",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 422
    assert "arrived broken" in answer.text


def test_a_stale_page_keeps_what_was_typed(vendor) -> None:
    answer = vendor.send("/help", TICKET | {"csrf_token": "wrong"})
    assert answer.status_code == 400
    assert "this page had expired" in answer.text
    assert TICKET["text"] in answer.text
    again = vendor.client.post("/help", data=hidden_fields(answer.text) | TICKET)
    assert again.status_code == 303, "the page that came back can be sent"


def _file(size: int, name: str = "letter.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(b"%PDF" + b"x" * (size - 4)), name


def test_files_come_with_the_ticket_and_are_downloads_only(vendor, carry_out) -> None:
    address = vendor.file_ticket(files=[_file(600_000, "Letter ü.pdf"), _file(10, "two.html")])
    carry_out()
    page = vendor.read(address)
    assert "Letter ü.pdf" in page
    files = Message.query.one().files
    answer = vendor.client.get(f"{address}/file/{files[0].id}")
    assert answer.data == _file(600_000)[0].getvalue()
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_file_of_another_ticket_is_not_found(vendor) -> None:
    vendor.file_ticket(files=[_file(10)])
    file = Message.query.one().files[0]
    other = vendor.file_ticket()
    assert vendor.client.get(f"{other}/file/{file.id}").status_code == 404
    assert vendor.client.get(f"{other}/file/{uuid4()}").status_code == 404


def test_a_file_over_20_mb_is_refused_and_the_text_kept(vendor) -> None:
    answer = vendor.send("/help", TICKET | {"files": [_file(21 * 1024 * 1024, "plan.pdf")]})
    assert answer.status_code == 413
    assert "plan.pdf is larger than 20 MB" in answer.text
    assert TICKET["text"] in answer.text


def test_a_sixth_file_is_refused_and_the_text_kept(vendor) -> None:
    answer = vendor.send("/help", TICKET | {"files": [_file(10, f"{n}.txt") for n in range(6)]})
    assert answer.status_code == 422
    assert "up to 5 files" in answer.text
    assert TICKET["text"] in answer.text


def test_a_request_beyond_all_limits_gets_a_plain_page(vendor) -> None:
    answer = vendor.client.post(
        "/tip", data=b"x", headers={"Content-Length": str(10**9)}, content_type="text/plain"
    )
    assert answer.status_code in (400, 413)
    assert "Traceback" not in answer.text


def test_the_requester_adds_a_message_once(vendor, carry_out) -> None:
    address = vendor.file_ticket()
    carry_out()
    fields = hidden_fields(vendor.read(address)) | {"text": "One more thing."}
    for _ in range(2):
        assert vendor.client.post(address, data=dict(fields)).status_code == 303
    assert vendor.read(address).count("One more thing.") == 1


def test_an_empty_message_is_refused(vendor) -> None:
    address = vendor.file_ticket()
    answer = vendor.send(address, {"text": " "})
    assert answer.status_code == 422
    assert "Please write something first." in answer.text


def test_a_wrong_private_link_finds_nothing(vendor) -> None:
    assert vendor.client.get("/help/ticket/AAAAAAAAAAAAAAAAAAAAAAAAAAA").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/help/ticket/%FF%FE", "/%00", "/desk/ticket/99999999999999999999", "/desk/queue/x?after=%FF"],
)
def test_odd_addresses_never_break_anything(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code < 500


def test_who_fears_for_contracts_gets_a_receipt_instead_of_a_ticket(vendor) -> None:
    open_vault(make_custodian())
    answer = vendor.send("/help", TICKET | {"protect": "y"})
    assert answer.status_code == 200
    assert 'id="words"' in answer.text
    assert (Ticket.query.count(), Tip.query.count()) == (0, 1)


def test_without_a_custodian_the_protection_is_not_offered(vendor) -> None:
    assert "Protect my name" not in vendor.read("/help")
    assert "Protect my name" not in vendor.read(vendor.file_ticket())


def test_a_ticket_becomes_a_tip_only_when_the_box_is_ticked(vendor, carry_out) -> None:
    open_vault(make_custodian())
    page = vendor.file_ticket()
    carry_out()
    answer = vendor.send(page, {}, to=f"{page}/protect")
    assert answer.status_code == 422
    assert "Please tick this box" in answer.text
    fields = hidden_fields(vendor.read(page), f"{page}/protect") | {"sure": "y"}
    receipts = [vendor.client.post(f"{page}/protect", data=dict(fields)).text for _ in range(2)]
    words = [re.search(r'readonly value="([a-z ]+)"', receipt)[1] for receipt in receipts]
    assert words[0] == words[1], "a double click costs nobody the receipt"
    assert vendor.client.get(page).status_code == 404
    assert (Ticket.query.count(), Tip.query.count()) == (0, 1)
