"""In a flood a browser that works goes in at once, and one without JavaScript stands in line."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from redis import Redis

from app.front import floods

MANY = 1_000_000
TEXT = "A kickback is paid for each order."


@pytest.fixture
def flood(stack: str, environment: dict[str, str]) -> Iterator[None]:
    """A million forms have been shown at the tip line, and will have been in the next window."""
    window = int(time.time()) // floods.WINDOW
    names = [floods.counter("tip", "shown", window + ahead) for ahead in (0, 1)]
    with Redis.from_url(environment["REDIS_URL"]) as redis:
        redis.mset(dict.fromkeys(names, MANY))
        yield
        redis.delete(*names)


@pytest.fixture
def working(chromium: Browser, stack: str) -> Iterator[BrowserContext]:
    """A visitor with JavaScript, under our own policy about scripts."""
    context = chromium.new_context(base_url=stack, java_script_enabled=True)
    context.set_default_timeout(30_000)
    yield context
    context.close()


def _send(page: Page) -> None:
    page.get_by_label("What do you want to tell us?").fill(TEXT)
    page.get_by_role("button", name="Encrypt and send").click()


def test_a_browser_that_works_goes_in_at_once(working: BrowserContext, flood: None) -> None:
    page = working.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/tip")
    _send(page)
    expect(page.get_by_label("The same in one line")).to_be_visible(timeout=30_000)
    assert not faults


def test_it_says_when_it_is_ready(working: BrowserContext, flood: None) -> None:
    page = working.new_page()
    page.goto("/tip")
    expect(page.get_by_role("status")).to_have_text(
        "You need not wait: you can send now.", timeout=30_000
    )


def test_one_without_javascript_keeps_its_text_and_its_place(page: Page, flood: None) -> None:
    page.goto("/tip")
    place = page.locator("[name=flood_pass]").input_value()
    _send(page)
    expect(page.get_by_role("alert")).to_contain_text("Many reports are arriving at once")
    expect(page.get_by_label("What do you want to tell us?")).to_have_value(TEXT)
    assert page.locator("[name=flood_pass]").input_value() == place
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_in_calm_times_no_script_is_asked_for(working: BrowserContext) -> None:
    page = working.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/tip")
    assert not [address for address in asked if address.endswith(".js")]
