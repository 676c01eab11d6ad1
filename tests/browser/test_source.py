"""The source's whole way in a real browser without JavaScript, with a real worker behind it."""

import re

import pytest
from factories import PASSPHRASE, find_tip, make_reply
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.accounts.models import User
from app.extensions import db
from app.members import service as members
from app.tips import service as tips
from app.vault import service as vault


@pytest.fixture
def with_custodian(behind: Flask) -> Flask:
    """The stack, once somebody guards identities."""
    if not vault.has_custodian():
        custodian = User.query.filter_by(email="custodian@rightdesk.example").one()
        members.set_passphrase(custodian, PASSPHRASE)
        db.session.remove()
    return behind


def _file(page: Page) -> str:
    page.goto("/tip")
    page.get_by_label("What do you want to tell us?").fill("A kickback is paid for each order.")
    page.get_by_role("button", name="Encrypt and send").click()
    return page.get_by_label("The same in one line").input_value()


def _come_back(page: Page, words: str) -> None:
    page.goto("/tip/receipt")
    page.get_by_label("The seven words").fill(words)
    page.get_by_role("button", name="Open").click()


def test_a_source_goes_the_whole_way(page: Page, with_custodian: Flask) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    words = _file(page)
    make_reply(find_tip(words), "Which month was it?")
    _come_back(page, words.upper().replace(" ", "-"))
    expect(page.get_by_text("Reply from the office")).to_be_visible()
    expect(page.get_by_text("Which month was it?")).to_be_visible()

    page.get_by_label("Your message").fill("It was May.")
    page.get_by_role("button", name="Encrypt and add").click()
    expect(page.get_by_text("Added. It is encrypted for the same office.")).to_be_visible()
    expect(page.get_by_text("You added something.")).to_be_visible()

    page.get_by_text("Delete this reply").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("The reply is gone from here.")).to_be_visible()
    expect(page.get_by_text("Which month was it?")).to_have_count(0)

    page.get_by_label("How can you be reached?").fill("Maria, 555 0100")
    page.get_by_role("button", name="Encrypt for the custodians").click()
    expect(page.get_by_text("You said how to be reached.")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("You are anonymous to us.")).to_be_visible()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Leave quickly")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("http://localhost:*/healthz")
    page.goto("/tip/mailbox")
    expect(page.get_by_text("Your visit has ended.").first).to_be_visible()
    assert not [words for words in complaints if "Security Policy" in words]


def test_the_proof_of_filing_is_downloaded(page: Page, behind: Flask) -> None:
    words = _file(page)
    tips.route_tip(find_tip(words).id)
    _come_back(page, words)
    link = page.get_by_role("link", name="Download it as a file")
    proof = page.get_by_label("The proof, to copy").input_value()
    assert proof.startswith("-----BEGIN PROOF OF FILING-----")
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "document.txt"
    assert download.value.path().read_text(encoding="utf-8") == proof


def test_only_the_words_and_what_to_do_are_printed(page: Page) -> None:
    words = _file(page)
    page.emulate_media(media="print")
    shown = page.locator("body").inner_text()
    assert re.sub(r"\s+", " ", shown).strip().startswith(words)
    assert "Keep these words where nobody looks." in shown
    assert "/tip/receipt" in shown
    for hidden in ("We have your tip", "Leave quickly", "Staff", "one line"):
        assert hidden not in shown


def test_the_way_out_stays_in_sight(page: Page) -> None:
    page.goto("/tip")
    page.get_by_role("button", name="Encrypt and send").scroll_into_view_if_needed()
    expect(page.get_by_role("link", name="Leave quickly")).to_be_in_viewport()


def test_nothing_is_asked_of_anybody_else(chromium: Browser, stack: str) -> None:
    context = chromium.new_context(base_url=stack, java_script_enabled=False)
    tab, asked = context.new_page(), []
    tab.on("request", lambda request: asked.append(request.url))
    words = _file(tab)
    _come_back(tab, words)
    context.close()
    assert asked
    assert all(address.startswith((stack, "data:")) for address in asked)
    assert not [address for address in asked if address.startswith("data:")]
