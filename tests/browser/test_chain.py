"""The picture of a ticket's way, as the requester and the agent see it."""

import pytest
from flask import Flask
from insight_rows import make_history, move, wrong
from playwright.sync_api import Browser, BrowserContext, Page
from routing_hops import hop

HOPS = (
    wrong("mocs", "comptroller", from_system="passport", on="2026-03-12"),
    wrong("comptroller", "vendex", on="2026-04-02"),
    hop("dycd", "pip"),
)


@pytest.fixture
def ticket(behind: Flask) -> int:
    moves = (move("fisa", "2026-06-17", answer="returned"), move("mocs", "2026-06-19"))
    return make_history("2026-06-15", *HOPS, moves=moves).id


@pytest.fixture
def lead(page: Page) -> Page:
    page.goto("/desk/")
    page.get_by_label("Mail address").fill("lead@rightdesk.example")
    page.get_by_label("Password").fill("demo-rightdesk-2026")
    page.get_by_role("button", name="Sign in").click()
    return page


def test_the_agent_sees_the_way_with_its_loops_and_days(lead: Page, ticket: int) -> None:
    lead.goto(f"/desk/ticket/{ticket}")
    picture = lead.get_by_role("img", name="The way of this issue")
    assert picture.is_visible()
    assert "PASSPort → Comptroller → VENDEX → DYCD → PIP" in picture.locator("title").text_content()
    flags = lead.locator(".loop-flag").all_inner_texts()
    assert flags == ["Loop: back to MOCS", "Back at the desk of MOCS"]
    assert picture.get_by_text("the wrong way").count() == 2
    assert picture.get_by_text("12 Mar 2026").count() == 1
    assert picture.get_by_text("moved: not ours").count() == 2
    assert "5 hops" in lead.locator(".chain figcaption").inner_text()


def test_who_cannot_see_it_hears_the_same(lead: Page, ticket: int) -> None:
    lead.goto(f"/desk/ticket/{ticket}")
    facts = lead.locator(".chain ol li").all_text_contents()
    assert facts[0] == "PASSPort sent the requester to Comptroller: the wrong way (12 Mar 2026)"
    assert "Loop: back to MOCS" in facts


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_the_picture_fits_and_its_letters_can_be_read(
    chromium: Browser, stack: str, lead: Page, ticket: int, width: int
) -> None:
    lead.set_viewport_size({"width": width, "height": 800})
    lead.goto(f"/desk/ticket/{ticket}")
    assert lead.evaluate("document.documentElement.scrollWidth") <= width
    box = lead.locator(".chain-picture").bounding_box()
    assert box
    assert box["width"] <= width
    assert box["width"] / 320 * 12 >= 10, "the words are at least ten pixels high"
    texts = lead.locator(".chain-picture text").evaluate_all(
        "all => all.map(text => text.getBoundingClientRect()).map(b => [b.left, b.right])"
    )
    assert all(left >= box["x"] - 1 for left, _right in texts)
    assert all(right <= box["x"] + box["width"] + 1 for _left, right in texts)


def test_the_requester_sees_the_way_without_why_desks_passed_it_on(
    context: BrowserContext, page: Page
) -> None:
    page.goto("/help")
    page.get_by_label("What happened?").fill(
        "We use PASSPort. The comptroller told us to use Vendex instead."
    )
    for label, value in (("Company", "Co"), ("Your name", "R"), ("Mail address", "r@example.org")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Send", exact=True).click()
    picture = page.get_by_role("img", name="Your way so far")
    picture.wait_for(timeout=15_000)
    assert "VENDEX" in picture.locator("title").text_content()
    assert picture.get_by_text("the wrong way").count() == 1
