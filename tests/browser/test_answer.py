"""The vendor's side in a real browser, without JavaScript: answers, the split, the guide."""

import re

from playwright.sync_api import BrowserContext, Page, expect
from stack import wait_until

BACK_TO_VENDEX = (
    "We filed our disclosure questionnaire in PASSPort. Now the Comptroller's office told us to "
    "file it in Vendex instead."
)
BOTH = (
    "DSNY has not paid our invoice 4711 since March. The inspector of DSNY asked us for a kickback "
    "of 5 percent. Where do we send the invoice?"
)


def _fill_in(page: Page, text: str) -> None:
    page.get_by_label("What happened?").fill(text)
    page.get_by_label("Company", exact=True).fill("Harbor Light Signs")
    page.get_by_label("Your name").fill("Rosa Delgado")
    page.get_by_label("Mail address").fill("rosa@harborlight.example")
    page.get_by_role("button", name="Send", exact=True).click()


def test_from_filing_to_this_solved_it(page: Page, context: BrowserContext) -> None:
    page.goto("/help")
    _fill_in(page, BACK_TO_VENDEX)
    expect(page.get_by_role("heading", name="You were sent the wrong way")).to_be_visible(
        timeout=15_000
    )
    answer = page.get_by_role("region", name="You were sent the wrong way")
    expect(answer).to_contain_text("to use VENDEX instead of PASSPort.")
    expect(answer).to_contain_text("are filed in PASSPort, which the Office of Contract Services")
    number = page.get_by_role("heading", level=1).inner_text().split()[0]
    link = page.url

    mail = context.new_page()

    def arrived() -> bool:
        mail.goto("/dev/mail")
        return mail.get_by_text(f"Your ticket {number}").count() > 0

    wait_until(arrived, 20, "the answer is mailed")
    expect(mail.get_by_text("are filed in PASSPort, which").first).to_be_visible()

    page.get_by_role("button", name="I still need the desk").click()
    expect(page).to_have_url(f"{link}#desk")
    expect(page.get_by_text("You need do nothing.")).to_be_visible()
    page.get_by_role("button", name="This solved it").click()
    expect(page.get_by_text("Your ticket is solved.")).to_be_visible()
    expect(page.get_by_role("button", name="This solved it")).to_have_count(0)
    page.get_by_label("Your message").fill("It came back to us after all.")
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("open")
    expect(page.get_by_role("button", name="This solved it")).to_be_visible()


def test_a_print_shows_the_answer_and_nothing_private(page: Page) -> None:
    page.goto("/help")
    _fill_in(page, BACK_TO_VENDEX)
    page.get_by_role("heading", name="You were sent the wrong way").wait_for(timeout=15_000)
    page.emulate_media(media="print")
    expect(page.get_by_text("Show this to the office that sent you back.")).to_be_visible()
    expect(page.get_by_text("by the register of")).to_be_visible()
    for private in ("Keep this address", "Messages", "This solved it", "Get help"):
        expect(page.get_by_text(private, exact=True).first).to_be_hidden()
    expect(page.get_by_text(page.url).first).to_be_hidden()


def test_help_and_allegation_go_apart(page: Page, context: BrowserContext) -> None:
    page.goto("/help")
    _fill_in(page, BOTH)
    expect(page.get_by_role("heading", name="Before this is sent")).to_be_visible()
    expect(page.get_by_label("For the desk", exact=True)).not_to_have_value(re.compile("kickback"))
    tip = page.get_by_label("For the tip line", exact=True)
    expect(tip).to_have_value(re.compile("kickback"))
    tip.fill("The inspector asked for a kickback.")
    page.get_by_role("button", name="Send both parts").click()
    expect(page.get_by_text("Please tick this box").first).to_be_visible()
    expect(tip).to_have_value("The inspector asked for a kickback.")
    page.get_by_label("Yes, send these two parts apart").check()
    page.get_by_role("button", name="Send both parts").click()
    words = page.get_by_label("The same in one line").input_value()
    assert re.fullmatch(r"[a-z]+( [a-z]+){6}", words)
    with context.expect_page() as opened:
        page.get_by_role("link", name="/help/ticket/").click()
    ticket = opened.value
    expect(ticket.get_by_text("It is with")).to_be_visible(timeout=15_000)
    expect(ticket.get_by_text("4711")).to_be_visible()
    expect(ticket.get_by_text("kickback")).to_have_count(0)
    page.goto("/tip/receipt")
    page.get_by_label("The seven words").fill(words)
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_text("received", exact=True)).to_be_visible()


def test_two_questions_lead_to_the_office(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Where do I go?", exact=True).click()
    page.get_by_role("link", name="Register", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Register: which one?")
    page.get_by_role("link", name="Register to be paid").click()
    expect(page.get_by_text("in PIP, which the Financial Information").first).to_be_visible()
    page.get_by_role("link", name="Where do I go?").last.click()
    page.get_by_role("link", name="Invoice", exact=True).click()
    page.get_by_role("link", name="Ask why an invoice is not paid").click()
    page.get_by_role("link", name="Department of Sanitation").click()
    expect(page.get_by_role("definition").filter(has_text="Sanitation")).to_be_visible()
    page.get_by_role("button", name="File a ticket about this").click()
    expect(page.get_by_label("What were you trying to do?")).to_have_value("invoice-unpaid")


def test_an_earlier_day_is_asked_for_on_the_page(page: Page) -> None:
    page.goto("/where/questionnaire")
    page.get_by_label("What was right on another day?").fill("2016-03-14")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("This is what was right on 14 March 2016.")).to_be_visible()
    expect(page.get_by_text("in VENDEX, which").first).to_be_visible()
