"""A lead changes the rules in a real browser, without JavaScript: preview, save, undo."""

from playwright.sync_api import Browser, BrowserContext, Page, expect

PASSWORD = "demo-rightdesk-2026"
TEXT = "Our generator broke and payroll is on Friday. We cannot log in to PASSPort any more."


def _file_ticket(page: Page) -> str:
    """File a ticket and wait until it has a desk; return its number."""
    page.goto("/help")
    page.get_by_label("What happened?").fill(TEXT)
    page.get_by_label("Company", exact=True).fill("Harbor Light Signs")
    page.get_by_label("Your name").fill("Rosa Delgado")
    page.get_by_label("Mail address").fill("rosa@harborlight.example")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("It is with")).to_be_visible(timeout=20_000)
    return page.get_by_role("heading", level=1).inner_text().split()[0]


def _desk_of(page: Page, number: str) -> str:
    page.goto(f"/desk/ticket/{number.removeprefix('RD-')}")
    return page.locator(".crumb a").nth(1).inner_text()


def _fill_in_rule(page: Page) -> None:
    page.get_by_label("Reason", exact=True).fill("A broken generator is for the fire desk.")
    page.get_by_label("It says one of these").fill("generator broke\ngenerator fails")
    page.get_by_label("Goes to").select_option(label="Fire Department (FDNY)")
    page.get_by_label("Priority", exact=True).select_option("urgent")


def test_a_lead_makes_a_rule_sees_what_would_move_saves_it_and_undoes_it(
    page: Page, context: BrowserContext
) -> None:
    earlier = _file_ticket(page)
    desk = context.new_page()
    desk.goto("/desk/rules")
    desk.get_by_label("Mail address").fill("lead@rightdesk.example")
    desk.get_by_label("Password").fill(PASSWORD)
    desk.get_by_role("button", name="Sign in").click()

    desk.get_by_role("button", name="New rule").click()
    desk.get_by_role("button", name="See what would move").click()
    expect(desk.locator("#because-error")).to_contain_text("Please give a reason")
    _fill_in_rule(desk)
    desk.get_by_role("button", name="See what would move").click()
    moves = desk.get_by_label("Tickets that would go to another queue")
    expect(moves).to_contain_text("Fire Department (FDNY)")
    expect(moves.get_by_role("link", name=earlier)).to_be_visible()
    desk.get_by_label("What is new?").fill("Broken generators")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("Saved. What is filed from now on")).to_be_visible()

    later = _file_ticket(page)
    assert _desk_of(desk, later) == "Fire Department (FDNY)"
    assert _desk_of(desk, earlier) != "Fire Department (FDNY)", "what is filed stays"

    desk.goto("/desk/rules/versions")
    expect(desk.get_by_role("cell", name="Broken generators")).to_be_visible()
    desk.get_by_role("row", name="in force").get_by_role("link").click()
    expect(desk.get_by_text("Added in place")).to_be_visible()
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_label("Tickets that would go to another queue")).to_contain_text(later)
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("Saved. What is filed from now on")).to_be_visible()
    assert _desk_of(desk, _file_ticket(page)) != "Fire Department (FDNY)"


def test_rules_are_ordered_and_switched_in_a_draft_that_can_be_thrown_away(page: Page) -> None:
    page.goto("/desk/rules")
    page.get_by_label("Mail address").fill("lead@rightdesk.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    first = page.locator("ol.rules > li").first
    moved = first.locator(".because").inner_text()
    first.get_by_role("button", name="Down").click()
    expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
    second = page.locator("ol.rules > li").nth(1)
    expect(second.locator(".because")).to_have_text(moved)
    second.get_by_role("button", name="Switch off").click()
    expect(second.get_by_text("off", exact=True)).to_be_visible()
    page.get_by_role("button", name="Throw away").click()
    expect(page.locator("ol.rules > li").first.locator(".because")).to_have_text(moved)
    expect(page.get_by_role("heading", name="Not saved yet")).to_have_count(0)


def test_no_page_of_the_rules_is_wider_than_a_small_phone(chromium: Browser, stack: str) -> None:
    context = chromium.new_context(base_url=stack, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto("/desk/rules")
    page.get_by_label("Mail address").fill("lead@rightdesk.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Rules").wait_for()
    widths = {"list": _width(page)}
    page.get_by_role("button", name="New rule").click()
    page.get_by_role("button", name="Change more first").wait_for()
    for field in ("tasks", "agencies", "copy_to"):
        page.locator(f"#{field}").locator("xpath=..").locator("summary").click()
    widths["form"] = _width(page)
    _fill_in_rule(page)
    page.get_by_role("button", name="See what would move").click()
    page.get_by_role("heading", name="What would move").wait_for()
    widths["preview"] = _width(page)
    for address in ("/desk/rules/versions", "/desk/rules/versions/1"):
        page.goto(address)
        widths[address] = _width(page)
    context.close()
    assert {name: width for name, width in widths.items() if width > 320} == {}


def _width(page: Page) -> int:
    page.wait_for_load_state("networkidle")  # the style counts too
    return int(page.evaluate("document.documentElement.scrollWidth"))
