"""axe-core finds no fault on any page, in light and dark; nothing is wider than a phone."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from factories import OTHER_TASK, find_tip, make_reply, make_wrongly_sent
from flask import Flask
from playwright.sync_api import Browser, Page
from stack import wait_until

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.tickets.models import TicketMove
from app.tickets.queries import get_ticket_for_update

PUBLIC = [
    "/",
    "/help",
    "/where",
    "/where/which/register",
    "/where/questionnaire?on=2016-03-14",
    "/where/invoice-unpaid",
    "/where/invoice-unpaid/dsny",
    "/tip",
    "/tip/receipt",
    "/tip/proof-key",
    "/staff/sign-in",
    "/nothing-here",
    "/dev/mail",
]
STAFF = ["/desk/", "/desk/queue/mocs", "/desk/queue/mocs?show=finished", "/desk/ticket/1001"]
ADMIN = [
    "/desk/registry",
    "/desk/registry?show=agencies",
    "/desk/registry?show=systems",
    "/desk/registry?show=topics",
    "/desk/registry/row/system-of-record/1",
    "/desk/registry/row/agency/mocs",
    "/desk/registry/new/task",
    "/desk/registry/history",
    "/desk/registry/revision/1",
    "/desk/registry/file",
]
STAFF += [
    "/desk/problems?show=finished",
    "/desk/insight/",
    "/desk/insight/?since=May",
    "/desk/insight/agency/mocs",
    "/desk/insight/tickets?what=given",
]
RULE_PAGES = [
    "/desk/rules",
    "/desk/rules/versions",
    "/desk/rules/versions/1",
    "/desk/rules/learned",
]
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # of the others, one place each
}
COLOURS = RULES | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""All that a colour scheme can change."""

AXE = Axe()


@pytest.fixture
def tab(chromium: Browser, stack: str) -> Iterator[Page]:
    """A tab with JavaScript, for axe alone, past our own policy against scripts."""
    context = chromium.new_context(base_url=stack, bypass_csp=True, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def _check(tab: Page, address: str) -> None:
    tab.goto(address)
    _check_here(tab)


def _check_here(tab: Page) -> None:
    tab.wait_for_load_state()  # the style counts too
    assert len(_look(tab, RULES)["passes"]) > 10, "axe looked at nothing"
    tab.emulate_media(color_scheme="dark")
    _look(tab, COLOURS)
    tab.emulate_media(color_scheme="light")


def _look(tab: Page, rules: dict[str, Any]) -> dict[str, Any]:
    response: dict[str, Any] = AXE.run(tab, options=rules).response
    faults = [
        f"{fault['id']}: {fault['help']}: {node['html'][:160]}"
        for fault in response["violations"]
        for node in fault["nodes"]
    ]
    assert not faults, "\n".join(faults)
    return response


@pytest.mark.parametrize("address", PUBLIC)
def test_public_pages(tab: Page, address: str) -> None:
    _check(tab, address)


def test_pages_that_come_of_forms(tab: Page, behind: Flask) -> None:
    tab.goto("/help")
    tab.get_by_role("button", name="Send", exact=True).click()
    _check_here(tab)
    tab.get_by_label("What happened?").fill(
        "The comptroller told us to file our questionnaire in Vendex."
    )
    for label, value in (("Company", "Co"), ("Your name", "R"), ("Mail address", "r@example.org")):
        tab.get_by_label(label, exact=True).fill(value)
    tab.get_by_role("button", name="Send", exact=True).click()
    tab.get_by_text("It is with").wait_for(timeout=15_000)
    _check_here(tab)
    tab.get_by_label("Your message").fill("The inspector takes a bribe.")
    tab.get_by_role("button", name="Send message").click()
    tab.get_by_text("Not sent yet.").wait_for()
    _check_here(tab)
    tab.get_by_role("button", name="This solved it").click()
    tab.get_by_text("that the answer below solved it").wait_for()
    _check_here(tab)
    _check_what_comes_before_sending(tab)
    tab.goto("/tip")
    tab.get_by_label("What do you want to tell us?").fill("A bribe was paid.")
    tab.get_by_role("button", name="Encrypt and send").click()
    _check_here(tab)
    words = tab.get_by_label("The same in one line").input_value()
    tab.goto("/tip/receipt")
    tab.get_by_label("The seven words").fill(words)
    tab.get_by_role("button", name="Open").click()
    make_reply(find_tip(words))
    tab.reload()
    tab.get_by_text("Delete this reply").click()
    _check_here(tab)
    tab.get_by_role("button", name="Encrypt and add").click()
    _check_here(tab)
    tab.get_by_role("button", name="Delete the conversation").click()
    _check_here(tab)
    tab.get_by_role("button", name="Delete it now").click()
    _check_here(tab)
    tab.get_by_label("I am sure").check()
    tab.get_by_role("button", name="Delete it now").click()
    tab.get_by_role("heading", name="It is deleted").wait_for()
    _check_here(tab)


def _check_what_comes_before_sending(tab: Page) -> None:
    tab.goto("/help")
    tab.get_by_label("What happened?").fill("Where is our check? The inspector takes a bribe.")
    for label, value in (("Company", "Co"), ("Your name", "R"), ("Mail address", "r@example.org")):
        tab.get_by_label(label, exact=True).fill(value)
    tab.get_by_role("button", name="Send", exact=True).click()
    _check_here(tab)
    tab.get_by_role("button", name="Send both parts").click()
    _check_here(tab)
    tab.get_by_label("Yes, send these two parts apart").check()
    tab.get_by_role("button", name="Send both parts").click()
    tab.get_by_role("heading", name="We have both parts").wait_for()
    _check_here(tab)


def test_pages_of_staff(tab: Page) -> None:
    tab.goto("/desk/")
    tab.get_by_label("Mail address").fill("lead@rightdesk.example")
    tab.get_by_label("Password").fill("demo-rightdesk-2026")
    tab.get_by_role("button", name="Sign in").click()
    for address in STAFF:
        _check(tab, address)
    _check(tab, "/desk/queue/doi/tips")  # leads to the locked vault
    tab.locator("#unlock-passphrase").fill("harbor lantern violet stone ribbon")
    tab.get_by_role("button", name="Unlock").click()
    _check_here(tab)
    tip = tab.get_by_role("link", name="T-").first

    def arrived() -> bool:  # tips are routed by the clock, every quarter of a minute
        tab.reload()
        return tip.count() > 0

    wait_until(arrived, 40, "the demo tip is at its desk")
    tip.click()
    tab.get_by_role("heading", name="The tip").wait_for()
    _check_here(tab)
    tab.goto(f"{tab.url}/identity")
    tab.get_by_role("heading", name="The source of").wait_for()
    _check_here(tab)
    _check(tab, "/desk/vault")


def test_pages_of_moved_tickets(tab: Page, behind: Flask) -> None:
    with unit_of_work():
        for number, (sender, owner) in enumerate((("sbs", None), ("mocs", 1)), start=1003):
            ticket = get_ticket_for_update(number)
            ticket.owner_id, ticket.pinned, ticket.priority = owner, bool(owner), "urgent"
            ticket.moves = [_move(sender, ticket.queue_code, clock.now())]
    tab.goto("/desk/")
    tab.get_by_label("Mail address").fill("lead@rightdesk.example")
    tab.get_by_label("Password").fill("demo-rightdesk-2026")
    tab.get_by_role("button", name="Sign in").click()
    tab.goto("/desk/ticket/1003")
    tab.get_by_text("Send it back").click()
    tab.get_by_text("Move to another desk").click()
    _check_here(tab)
    _check(tab, "/desk/ticket/1004")
    tab.goto("/desk/queue/mocs")
    _check_here(tab)


def _move(sender: str, receiver: str, at: datetime) -> TicketMove:
    return TicketMove(
        from_queue_code=sender,
        to_queue_code=receiver,
        reason="wrong system",
        words="It is about PIP.",
        moved_at=at,
        accept_by=at,
    )


def test_pages_of_problems(tab: Page, behind: Flask) -> None:
    # Another problem than the one of test_problems.py, which shares this stack.
    links = [make_wrongly_sent(OTHER_TASK) for _ in range(6)]
    tab.goto("/desk/problems")
    tab.get_by_label("Mail address").fill("lead@rightdesk.example")
    tab.get_by_label("Password").fill("demo-rightdesk-2026")
    tab.get_by_role("button", name="Sign in").click()
    problem = tab.get_by_role("link", name=re.compile("Sign in.*sends people to VENDEX")).first

    def proposed() -> bool:
        tab.reload()
        return problem.count() > 0

    wait_until(proposed, 40, "the problem is proposed")
    _check_here(tab)
    problem.click()
    tab.get_by_role("heading", name="What happens").wait_for()
    if tab.get_by_role("button", name="Confirm it").count():
        tab.get_by_role("button", name="Confirm it").click()
    _check_here(tab)
    tab.get_by_role("button", name="Preview").click()  # nothing was written
    _check_here(tab)
    tab.get_by_label("The answer").fill("Please file in PASSPort.")
    tab.get_by_role("button", name="Preview").click()
    tab.get_by_role("heading", name="Preview of the answer").wait_for()
    _check_here(tab)
    _check(tab, f"/help/ticket/{links[0]}")
    tab.get_by_role("heading", name="A known problem").wait_for()


def test_pages_of_the_rule_book(tab: Page) -> None:
    tab.goto("/desk/")
    tab.get_by_label("Mail address").fill("lead@rightdesk.example")
    tab.get_by_label("Password").fill("demo-rightdesk-2026")
    tab.get_by_role("button", name="Sign in").click()
    for address in RULE_PAGES:
        _check(tab, address)
    tab.goto("/desk/rules")
    tab.get_by_role("button", name="Switch off").first.click()
    _check_here(tab)
    tab.get_by_role("button", name="Change for a queue").click()
    _check_here(tab)
    tab.get_by_role("button", name="Change more first").click()
    tab.get_by_role("button", name="New rule").click()
    _check_here(tab)
    tab.get_by_role("button", name="See what would move").click()
    _check_here(tab)
    tab.get_by_label("Reason", exact=True).fill("Payroll cannot wait.")
    tab.get_by_label("It says one of these").fill("payroll")
    tab.get_by_label("Goes to").select_option("fisa")
    tab.get_by_role("button", name="See what would move").click()
    tab.get_by_role("heading", name="What would move").wait_for()
    _check_here(tab)


def test_pages_of_custodians(tab: Page) -> None:
    tab.goto("/desk/")
    tab.get_by_label("Mail address").fill("custodian@rightdesk.example")
    tab.get_by_label("Password").fill("demo-rightdesk-2026")
    tab.get_by_role("button", name="Sign in").click()
    tab.locator("#unlock-passphrase").fill("harbor lantern violet stone ribbon")
    tab.get_by_role("button", name="Unlock").click()
    tab.get_by_role("heading", name="Waiting for a custodian").wait_for()
    _check_here(tab)


def test_pages_of_admins(tab: Page) -> None:
    tab.goto("/desk/")
    tab.get_by_label("Mail address").fill("admin@rightdesk.example")
    tab.get_by_label("Password").fill("demo-rightdesk-2026")
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("heading", name="Registry").wait_for()
    for address in ADMIN:
        _check(tab, address)
        tab.set_viewport_size({"width": 375, "height": 700})
        assert tab.evaluate("document.documentElement.scrollWidth") <= 375, address
        tab.set_viewport_size({"width": 1280, "height": 720})
    tab.goto("/desk/registry/row/system/pip")
    tab.get_by_label("Last day").fill("2001-01-01")
    tab.get_by_role("button", name="Look what would change").click()
    tab.get_by_role("alert").wait_for()
    _check_here(tab)
    tab.goto("/desk/registry/row/system/pip")
    tab.get_by_label("Where its users get help").fill("At the counter")
    tab.get_by_label("Why do you change it?").fill("They moved")
    tab.get_by_role("button", name="Look what would change").click()
    tab.get_by_role("heading", name="This would change").wait_for()
    _check_here(tab)
    tab.goto("/desk/registry/file")
    tab.get_by_label("Or paste it here").fill("[[agency]]")
    tab.get_by_label("Why do you change it?").fill("Try")
    tab.get_by_role("button", name="Look what would change").click()
    tab.get_by_text("These rows cannot be accepted").wait_for()
    _check_here(tab)


@pytest.mark.parametrize("address", PUBLIC)
def test_nothing_is_wider_than_a_small_phone(chromium: Browser, stack: str, address: str) -> None:
    context = chromium.new_context(base_url=stack, viewport={"width": 320, "height": 640})
    tab = context.new_page()
    tab.goto(address)
    width = tab.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width <= 320
