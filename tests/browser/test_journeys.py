"""The main job in a real browser, without JavaScript, with a real worker behind it."""

import re

from playwright.sync_api import BrowserContext, Page, expect
from stack import wait_until

PASSWORD = "demo-rightdesk-2026"
PASSPHRASE = "harbor lantern violet stone ribbon"


def _file_ticket(page: Page, text: str) -> str:
    page.goto("/")
    page.get_by_role("button", name="File a ticket").click()
    page.get_by_label("What happened?").fill(text)
    page.get_by_label("Company", exact=True).fill("Harbor Light Signs")
    page.get_by_label("Your name").fill("Rosa Delgado")
    page.get_by_label("Mail address").fill("rosa@harborlight.example")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("It is with")).to_be_visible(timeout=15_000)
    return page.get_by_role("heading", level=1).inner_text().split()[0]


def _sign_in(page: Page, who: str = "agent") -> None:
    page.goto("/desk/")
    page.get_by_label("Mail address").fill(f"{who}@rightdesk.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_a_vendor_is_answered_at_once_and_the_desk_replies(
    page: Page, context: BrowserContext
) -> None:
    number = _file_ticket(
        page,
        "To be paid we wanted to register as a vendor in the new Ivalua system. The "
        "comptroller's office told us to register in Vendex instead.",
    )
    expect(page.get_by_text("That was the wrong way.")).to_be_visible()
    expect(page.get_by_role("heading", name="Register to be paid")).to_be_visible()
    expect(page.get_by_role("heading", name="Register to do business")).to_be_visible()
    link = page.url

    desk = context.new_page()
    _sign_in(desk)
    desk.get_by_role("link", name="Office of Contract Services").click()
    desk.get_by_role("link", name=number).click()
    expect(desk.get_by_text("R••• D•••").first).to_be_visible()
    desk.get_by_label("Your reply").fill("Both accounts are needed. Start with PIP.")
    desk.get_by_role("button", name="Send reply").click()
    expect(desk.get_by_text("Your reply is on its way.")).to_be_visible()

    page.goto(link)
    expect(page.get_by_text("Start with PIP.")).to_be_visible()
    page.get_by_label("Your message").fill("Thank you, that worked.")
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_text("Thank you, that worked.")).to_be_visible()

    mail = context.new_page()
    subject = mail.get_by_text(f"A reply to your ticket {number}")

    def arrived() -> bool:
        mail.goto("/dev/mail")
        return subject.count() > 0

    wait_until(arrived, 20, "the reply is mailed")


def test_an_agent_notes_moves_and_solves(page: Page) -> None:
    number = _file_ticket(page, "I cannot log in to PASSPort since Monday.")
    _sign_in(page, "lead")
    page.get_by_role("link", name="Office of Contract Services").click()
    page.get_by_role("link", name=number).click()
    page.get_by_label("The requester never sees this").fill("Second call today.")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_text("note, staff only")).to_be_visible()
    page.get_by_label("New state").select_option("solved")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_text("The ticket is now solved.")).to_be_visible()
    page.get_by_role("link", name="Vault").click()
    page.locator("#unlock-passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Unlock").click()
    page.goto(f"/desk/ticket/{number.removeprefix('RD-')}")
    page.get_by_text("Move to another desk").click()
    page.get_by_label("Queue", exact=True).select_option("fisa")
    page.get_by_label("Wrong system").check()
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text(f"{number} moved to")).to_be_visible()


def test_a_source_sends_a_tip_and_comes_back(page: Page) -> None:
    page.goto("/tip")
    expect(page.get_by_text("whistleblower law")).to_be_visible()
    page.get_by_label("What do you want to tell us?").fill("A kickback is paid for each order.")
    page.get_by_role("button", name="Encrypt and send").click()
    words = page.get_by_label("The same in one line").input_value()
    assert re.fullmatch(r"[a-z]+( [a-z]+){6}", words)
    page.get_by_role("link", name="Where to enter them").click()
    page.get_by_label("The seven words").fill(words.title())
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_text("received", exact=True)).to_be_visible()
    page.get_by_label("Your message").fill("It happened again.")
    page.get_by_role("button", name="Encrypt and add").click()
    expect(page.get_by_text("Added. It is encrypted for the same office.")).to_be_visible()


def test_faulty_input_is_said_beside_the_field_and_kept(page: Page) -> None:
    page.goto("/help")
    page.get_by_label("Company", exact=True).fill("Harbor Light Signs")
    page.get_by_label("Mail address").fill("rosa at harborlight")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_label("Mail address")).to_have_value("rosa at harborlight")
    expect(page.get_by_label("Company", exact=True)).to_have_value("Harbor Light Signs")
    expect(page.locator("#mail-error")).to_contain_text("does not look like a mail address")
    expect(page).to_have_title(re.compile("^Not sent yet"))


def test_the_first_tab_stop_skips_to_the_content(page: Page) -> None:
    page.goto("/help")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Or look it up yourself.")).to_be_focused()
