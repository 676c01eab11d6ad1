"""Correction in one click, in a real browser without JavaScript: triage sends, a desk answers."""

from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from stack import wait_until

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.tickets import queries, service
from app.tickets.models import Ticket

PASSWORD = "demo-rightdesk-2026"
PASSPHRASE = "harbor lantern violet stone ribbon"
UNCLEAR = "Somebody wrote to us about PASSPort or PIP. It is blue. What do they want?"
CANDIDATES = [
    {"queue": "mocs", "confidence": 0.46},
    {"queue": "fisa", "confidence": 0.31},
    {"queue": "sbs", "confidence": 0.12},
]


@pytest.fixture
def unclear(behind: Flask) -> str:
    """A ticket in triage, for which the router thought of three desks."""
    token = service.file_ticket(
        service.Filing(uuid4(), UNCLEAR, "Old Mill Movers", "Peter Novak", "p@oldmill.example")
    )

    def routed() -> bool:
        db.session.rollback()
        return queries.get_ticket_by_link(token).queue_code is not None

    wait_until(routed, 20, "the ticket is routed")
    with unit_of_work():
        ticket = queries.get_ticket_for_update(queries.get_ticket_by_link(token).id)
        ticket.queue_code = ticket.decision.queue_code = "general-triage"
        ticket.decision.certain, ticket.decision.candidates = False, CANDIDATES
        return ticket.number


def _sign_in(page: Page, who: str) -> None:
    page.goto("/desk/")
    page.get_by_label("Mail address").fill(f"{who}@rightdesk.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Vault").click()
    page.locator("#unlock-passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Unlock").click()


def test_triage_sends_it_in_one_click_and_the_desk_sends_it_back(
    page: Page, chromium: Browser, stack: str, unclear: str
) -> None:
    address = f"/desk/ticket/{unclear.removeprefix('RD-')}"
    _sign_in(page, "agent")
    page.goto(address)
    expect(page.get_by_role("heading", name="Where does it belong?")).to_be_visible()
    expect(page.locator("mark.mark-system", has_text="PASSPort").first).to_be_visible()
    page.get_by_role("button", name="Financial Information Services Agency").click()
    expect(page.get_by_text(f"{unclear} moved to")).to_be_visible()

    page.goto("/desk/queue/fisa")
    expect(page.get_by_role("heading", name="Sent to you")).to_be_visible()
    page.get_by_role("link", name=unclear).first.click()
    expect(page.get_by_role("heading", name="New from General triage")).to_be_visible()
    page.get_by_text("Send it back").click()
    page.locator(".sent").get_by_label("Wrong system").check()
    page.locator(".sent").get_by_label("In your words").fill("PIP shows nothing.")
    page.get_by_role("button", name="Send back", exact=True).click()
    expect(page.get_by_text(f"{unclear} moved to General triage")).to_be_visible()

    page.goto(address)
    page.get_by_role("button", name="Office of Contract Services").click()
    page.goto(address)
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text(f"Accepted: {unclear} stays here.")).to_be_visible()
    assert Ticket.query.filter_by(id=int(unclear.removeprefix("RD-"))).one().queue_code == "mocs"
