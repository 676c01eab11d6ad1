"""A known problem in a real browser: found, confirmed, answered, and its vendors are not alone."""

import re

import pytest
from factories import WRONG_WAY, make_wrongly_sent
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from stack import wait_until

ANSWER = "VENDEX is closed for good. Please file in PASSPort; we have told the other office."
TITLE = re.compile(r"questionnaires.*sends people to VENDEX")


@pytest.fixture
def reported(behind: Flask) -> None:
    """Five vendors were sent the same wrong way."""
    for _ in range(5):
        make_wrongly_sent()


@pytest.fixture
def desk(chromium: Browser, stack: str) -> Page:
    """The lead's tab."""
    context = chromium.new_context(base_url=stack, java_script_enabled=False)
    page = context.new_page()
    page.goto("/desk/")
    page.get_by_label("Mail address").fill("lead@rightdesk.example")
    page.get_by_label("Password").fill("demo-rightdesk-2026")
    page.get_by_role("button", name="Sign in").click()
    return page


def _file_ticket(page: Page) -> str:
    page.goto("/help")
    page.get_by_label("What happened?").fill(WRONG_WAY)
    page.get_by_label("Company", exact=True).fill("Harbor Light Signs")
    page.get_by_label("Your name").fill("Rosa Delgado")
    page.get_by_label("Mail address").fill("rosa@harborlight.example")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("It is with")).to_be_visible(timeout=15_000)
    return page.url


def test_a_lead_answers_everybody_and_the_vendor_sees_it(
    reported: None, page: Page, context: BrowserContext, desk: Page
) -> None:
    link = _file_ticket(page)
    problem = desk.get_by_role("link", name=TITLE).first

    def proposed() -> bool:
        desk.goto("/desk/")
        desk.get_by_role("link", name="Problems").click()
        return problem.count() > 0

    wait_until(proposed, 30, "the problem is proposed")
    expect(page.get_by_text("others reported this")).to_be_hidden()
    problem.click()
    expect(desk.get_by_text("sends people from PASSPort to VENDEX.")).to_be_visible()
    desk.get_by_role("button", name="Confirm it").click()
    expect(desk.get_by_text("The problem is now confirmed.")).to_be_visible()

    others = page.get_by_text(re.compile(r"\d+ others reported this\."))

    def told() -> bool:
        page.goto(link)
        return others.count() > 0

    wait_until(told, 30, "the vendor learns of others")

    desk.get_by_label("The answer").fill(ANSWER)
    desk.get_by_role("button", name="Preview").click()
    expect(desk.get_by_role("heading", name="Preview of the answer")).to_be_visible()
    expect(desk.get_by_text(re.compile(r"\d+ open tickets get this by mail"))).to_be_visible()
    desk.get_by_role("button", name="Send to everybody").click()
    expect(desk.get_by_text("Your answer is on its way to everybody.")).to_be_visible()

    def answered() -> bool:
        page.goto(link)
        return page.locator(".message.from-staff").get_by_text(ANSWER).count() > 0

    wait_until(answered, 30, "the answer is on the vendor's page")
    mail = context.new_page()

    def mailed() -> bool:
        mail.goto("/dev/mail")
        return mail.get_by_text(ANSWER).count() >= 6

    wait_until(mailed, 30, "everybody is sent a mail")
