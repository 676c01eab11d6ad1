"""Pages of the tip line: plain HTML for Tor Browser at its safest, and sizes that tell little."""

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from factories import find_tip, make_custodian, make_reply, open_vault
from flask import Flask
from flask.testing import FlaskClient
from pages import Visitor, hidden_fields

from app.front.padding import STEP
from config import Environment

ANOTHER = "seven words that nobody was ever given"
ONION = "http://" + "a" * 56 + ".onion"
NOT_PLAIN = {"script", "svg", "math", "iframe", "object", "embed", "video", "audio", "canvas"}
NOT_PLAIN |= {"font", "img", "picture", "source", "base", "style"}


class Reader(HTMLParser):
    """Notes every element, and every address that is fetched without a click."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.fetched: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("src", "href", "action", "formaction", "srcset", "poster", "data"):
                if tag != "a":
                    self.fetched.append(value or "")
            elif name.startswith("on") or name == "style":
                self.handlers.append(name)


@pytest.fixture
def source(client: FlaskClient) -> Visitor:
    open_vault(make_custodian())
    return Visitor(client)


@pytest.fixture
def pages(source: Visitor, carry_out) -> dict[str, str]:
    """Every page of the tip line, by its name."""
    client = source.client
    pages = {name: source.read(f"/{name}") for name in ("tip", "tip/receipt", "tip/proof-key")}
    pages["receipt"] = source.send("/tip", {"text": "A tip.", "contact": "Maria"}).text
    pages["refused"] = source.send("/tip", {"text": ""}).text
    words = source.file_tip()
    carry_out()
    make_reply(find_tip(words))
    pages["mailbox"] = source.come_back(words).text
    fields = hidden_fields(pages["mailbox"])
    pages["refused addition"] = client.post("/tip/mailbox", data=fields | {"text": ""}).text
    pages["wrong receipt"] = source.come_back(ANOTHER).text
    pages["ended"] = client.post("/tip/mailbox", data=fields | {"text": "Kept."}).text
    pages["not there"] = client.get("/tip/nothing").text
    return pages


def test_every_page_is_plain_html(pages) -> None:
    for name, page in pages.items():
        read = Reader(page)
        assert not read.tags & NOT_PLAIN, name
        assert not read.handlers, name
        assert "http-equiv" not in page, name
        assert read.fetched, name
        assert all(a.startswith("/") and not a.startswith("//") for a in read.fetched), name


def test_every_page_lets_the_source_leave_first_of_all(pages) -> None:
    for name, page in pages.items():
        body = page.split("<body", 1)[1]
        assert body.find("/tip/leave") == body.find('href="') + len('href="'), name


def test_no_other_page_has_that_way_out(source) -> None:
    assert "/tip/leave" not in source.read("/help")


def test_leaving_ends_the_visit_and_goes_elsewhere(source, settings) -> None:
    source.come_back(source.file_tip())
    answer = source.client.get("/tip/leave")
    assert (answer.status_code, answer.location) == (303, settings.leave_url)
    assert source.client.get("/tip/mailbox").status_code == 400


def test_pages_have_one_of_few_sizes(pages) -> None:
    del pages["not there"]
    assert {len(page.encode()) % STEP for page in pages.values()} == {0}
    assert len({len(pages[n].encode()) for n in ("mailbox", "wrong receipt", "ended")}) == 1


def _steps(source: Visitor, typed: str) -> Iterator[tuple[int, int, int]]:
    """Status, length of headers and of body, of each answer to a receipt."""
    fields = hidden_fields(source.read("/tip/receipt")) | {"receipt": typed}
    answer = source.client.post("/tip/receipt", data=fields)
    for step in (answer, source.client.get(answer.location)):
        yield step.status_code, len(str(step.headers)), len(step.data)


def test_a_wrong_receipt_and_a_right_one_are_answered_in_the_same_sizes(app, source) -> None:
    words = source.file_tip()
    browsers = [type(source.client)(app, app.response_class) for _ in range(2)]
    right, wrong = (
        list(_steps(Visitor(browser), typed))
        for browser, typed in zip(browsers, (words, ANOTHER), strict=True)
    )
    assert right == wrong
    assert right[0][0] == 303


@pytest.fixture
def at_onion(app: Flask, settings, monkeypatch) -> None:
    production = {"onion_url": ONION, "rightdesk_env": Environment.PRODUCTION}
    monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update=production))


def test_tor_browser_is_told_of_the_onion_address(client, at_onion) -> None:
    assert client.get("/tip").headers["Onion-Location"] == f"{ONION}/tip"
    assert client.get("/help?a=1&b=%0a").headers["Onion-Location"] == f"{ONION}/help?a=1&b=%0a"


@pytest.mark.parametrize("address", ["/static/rightdesk.css", "/healthz", "/nothing%0d%0aX: y"])
def test_only_pages_tell_of_it(client, at_onion, address) -> None:
    assert "Onion-Location" not in client.get(address).headers


def test_a_receipt_is_never_left_for_another_address(client, at_onion) -> None:
    answer = client.post("/tip", data=hidden_fields(client.get("/tip").text) | {"text": "A tip."})
    assert "Your receipt" in answer.text
    assert "Onion-Location" not in answer.headers


def test_at_the_onion_address_cookies_work_over_http(app, client, at_onion) -> None:
    words = Visitor(client).file_tip()
    base = {"base_url": ONION}
    page = client.get("/tip/receipt", **base)
    assert "Onion-Location" not in page.headers
    assert "Secure" not in page.headers["Set-Cookie"]
    fields = hidden_fields(page.text) | {"receipt": words}
    answer = client.post("/tip/receipt", data=fields, **base)
    assert answer.status_code == 303
    assert "Secure" not in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answer.headers
    assert "Conversation" in client.get("/tip/mailbox", **base).text


def test_elsewhere_in_production_cookies_are_for_https_alone(client, at_onion) -> None:
    answer = client.get("/tip/receipt", base_url="https://rightdesk.test")
    assert "Secure" in answer.headers["Set-Cookie"]
