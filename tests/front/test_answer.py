"""The instant answer: what is said at once, and "this solved it"."""

from email import message_from_bytes
from email.policy import default
from uuid import uuid4

import pytest
from factories import make_agent
from flask import Flask
from flask.testing import FlaskClient
from pages import Visitor, hidden_fields

from app.audit.models import AuditEntry
from app.tickets import service
from app.tickets.models import Ticket, TicketState

BACK_TO_VENDEX = (
    "We filed our disclosure questionnaire in PASSPort. Now the Comptroller's office told us to "
    "file it in Vendex instead."
)
SAID = (
    "Since 1 August 2017 responsibility questionnaires and disclosures are filed in PASSPort, "
    "which the Office of Contract Services (MOCS) runs."
)


@pytest.fixture
def vendor(client: FlaskClient) -> Visitor:
    return Visitor(client)


@pytest.fixture
def answered(vendor: Visitor, carry_out) -> str:
    """The page of a ticket whose answer the registry proves."""
    address = vendor.file_ticket(text=BACK_TO_VENDEX)
    carry_out()
    return address


def _mail(app: Flask) -> str:
    [path] = app.config["SETTINGS"].outbox_dir.glob("*.eml")
    return message_from_bytes(path.read_bytes(), policy=default).get_content()


def _say_solved(vendor: Visitor, address: str):
    return vendor.send(address, {}, to=f"{address}/solved")


def test_the_page_says_who_sent_where_and_what_is_right_since_when(vendor, answered) -> None:
    page = vendor.read(answered)
    assert "You were sent the wrong way" in page
    told = "You were told by the Office of the Comptroller to use VENDEX instead of PASSPort."
    assert told in page
    assert SAID in page
    assert "PASSPort took its place." in page
    assert page.index(told) < page.index(SAID)
    assert "MOCS Service Desk" in page
    assert "Show this to the office that sent you back." in page
    assert 'href="/where/questionnaire"' in page


def test_the_verdict_names_the_row_that_proves_it(vendor, carry_out) -> None:
    address = vendor.file_ticket(
        text="To change our bank account for EFT, MOCS told us to use PASSPort."
    )
    carry_out()
    page = vendor.read(address)
    assert "That has been so since 4 January 2010." in page
    hop = page.split('class="told"', 1)[1].split("</li>", 1)[0]
    assert "nyc-direct-deposit-program.page" in hop


def test_the_mail_says_the_same_with_links(app, vendor, answered) -> None:
    mail = _mail(app)
    assert SAID in mail
    assert "to use VENDEX instead of PASSPort." in mail
    assert "Source: https://www1.nyc.gov/site/mocs/systems/" in mail
    assert "More: http://rightdesk.test/where/questionnaire" in mail
    assert f"http://rightdesk.test{answered}" in mail
    assert "/solved" not in mail, "a mail is opened by programs too, so it has no act in it"


def test_what_cannot_be_proven_is_left_to_a_person(app, vendor, carry_out) -> None:
    address = vendor.file_ticket(text="Please call me about the thing.")
    carry_out()
    page = vendor.read(address)
    assert "a person there reads your ticket" in page
    assert "This solved it" not in page
    assert "a person there reads your ticket" in _mail(app)


def test_register_alone_gets_both_answers(vendor, carry_out) -> None:
    address = vendor.file_ticket(text="Where do I register as a vendor?")
    carry_out()
    page = vendor.read(address)
    assert "companies register to do business with the city in PASSPort" in page
    assert "vendors register to be paid and get their vendor code in PIP" in page
    assert "can mean more than one thing" in page


def test_the_agency_that_was_named_is_the_office_where_none_is_fixed(
    app, vendor, carry_out
) -> None:
    address = vendor.file_ticket(text="DSNY has not paid our invoice since March.")
    carry_out()
    page = vendor.read(address)
    assert "<dd>Department of Sanitation (DSNY)</dd>" in page
    assert 'href="/where/invoice-unpaid/dsny"' in page
    assert "More: http://rightdesk.test/where/invoice-unpaid/dsny" in _mail(app)


def test_this_solved_it_solves_and_counts_once(vendor, answered) -> None:
    fields = hidden_fields(vendor.read(answered), f"{answered}/solved")
    for _ in range(2):
        assert vendor.client.post(f"{answered}/solved", data=fields).status_code == 303
    ticket = Ticket.query.one()
    assert ticket.state == TicketState.SOLVED
    assert ticket.deflected_at
    assert ticket.solved_at == ticket.deflected_at
    assert AuditEntry.query.filter_by(act="tickets.deflect").count() == 1
    page = vendor.read(answered)
    assert "that the answer below solved it" in page
    assert f"{answered}/solved" not in page


def test_nothing_is_solved_by_looking(vendor, answered) -> None:
    assert vendor.client.get(f"{answered}/solved").status_code == 405
    assert Ticket.query.one().deflected_at is None


def test_a_stale_page_solves_nothing(vendor, answered) -> None:
    vendor.read(answered)
    answer = vendor.client.post(f"{answered}/solved", data={"csrf_token": "wrong"})
    assert answer.status_code == 400
    assert Ticket.query.one().deflected_at is None


def test_who_writes_again_has_the_desk_again(vendor, answered) -> None:
    _say_solved(vendor, answered)
    assert vendor.send(answered, {"text": "It did not work after all."}).status_code == 303
    ticket = Ticket.query.one()
    assert ticket.state == TicketState.OPEN
    assert (ticket.deflected_at, ticket.solved_at) == (None, None)
    assert "This solved it" in vendor.read(answered)


def test_it_is_not_offered_once_the_desk_has_replied(vendor, answered) -> None:
    fields = hidden_fields(vendor.read(answered), f"{answered}/solved")
    agent = make_agent("mocs")
    ticket = Ticket.query.one()
    service.reply(agent, ticket.id, uuid4(), "We look into it.")
    assert "This solved it" not in vendor.read(answered)
    answer = vendor.client.post(f"{answered}/solved", data=fields)
    assert answer.status_code == 409
    assert "works on this ticket already" in answer.text
    assert Ticket.query.one().deflected_at is None
