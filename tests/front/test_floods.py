"""Floods: nothing to be seen in calm times, a line in others, and work instead of waiting."""

import hashlib
import re
from collections.abc import Callable
from uuid import UUID

import pytest
from factories import make_custodian, open_vault
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pages import TICKET, Visitor, hidden_fields
from redis import Redis
from redis.exceptions import RedisError
from werkzeug.test import TestResponse

from app.core import background
from app.front import floods
from app.tickets.models import Ticket
from app.tips.models import Tip

TEXT = "The bids were opened early, and this must not be lost."
FREE = 10
"""One form a minute: ten may come at once, the next waits a minute."""


@pytest.fixture
def source(app: Flask, client: FlaskClient, monkeypatch) -> Visitor:
    settings = app.config["SETTINGS"].model_copy(update={"flood_limit": 1, "flood_work": 40})
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    open_vault(make_custodian())
    return Visitor(client)


@pytest.fixture
def flood(source: Visitor, still_clock) -> Callable[..., None]:
    """As many forms have been shown as may be sent at once."""

    def come(door: str = "tip", forms: int = FREE) -> None:
        for _ in range(forms):
            source.read(f"/{door}")

    return come


def _fill_in(source: Visitor, **fields: str) -> dict[str, str]:
    return hidden_fields(source.read("/tip")) | {"text": TEXT} | fields


def _send(source: Visitor, fields: dict[str, str]) -> TestResponse:
    return source.client.post("/tip", data=dict(fields))


def _words(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    return re.search(r'readonly value="([a-z ]+)"', answer.text)[1]


def _solve(page: str) -> str:
    """What the script in a browser does."""
    task = dict(re.findall(r'data-([a-z]+)="([^"]*)"', page))
    for number in range(int(task["most"])):
        key = hashlib.pbkdf2_hmac(
            "sha256", task["password"].encode(), str(number).encode(), int(task["rounds"])
        ).hex()
        if key.startswith(task["beginning"]):
            return key.removeprefix(task["beginning"])
    raise AssertionError("no number fits")


def _looks_calm(answer: TestResponse) -> bool:
    signs = ("<script", "at once", 'role="status"')
    policy = answer.headers["Content-Security-Policy"]
    return "script" not in policy and not any(sign in answer.text for sign in signs)


def test_in_calm_times_nothing_is_shown_and_a_tip_goes_in_at_once(source, still_clock) -> None:
    assert _looks_calm(source.client.get("/tip"))
    assert _looks_calm(_send(source, _fill_in(source)))
    assert Tip.query.count() == 1


def test_sent_too_early_it_comes_back_with_everything_and_its_place(source, flood) -> None:
    flood()
    fields = _fill_in(source, contact="call 555 0100 at night")
    answer = _send(source, fields)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert "Many reports are arriving at once" in answer.text
    assert "send again in 60 seconds" in answer.text
    assert TEXT in answer.text
    assert "call 555 0100 at night" in answer.text
    assert "Not sent yet" in answer.text
    back = hidden_fields(answer.text)
    assert (back["submission"], back["flood_pass"]) == (fields["submission"], fields["flood_pass"])
    assert Tip.query.count() == 0


def test_after_the_wait_the_same_page_goes_in(source, flood, still_clock) -> None:
    flood()
    fields = _fill_in(source)
    back = hidden_fields(_send(source, fields).text)
    still_clock.forward(seconds=60)
    _words(_send(source, fields | back))
    assert Tip.query.count() == 1


def test_who_opened_the_form_before_the_flood_does_not_wait(source, flood, still_clock) -> None:
    early = _fill_in(source)
    flood(forms=3 * FREE)
    _words(_send(source, early))


def test_nobody_waits_longer_than_ten_minutes(source, flood) -> None:
    flood(forms=4 * FREE)
    answer = _send(source, _fill_in(source))
    assert answer.headers["Retry-After"] == "600"
    assert "send again in 10 minutes" in answer.text


def test_the_line_moves_on_and_then_is_gone(source, flood, still_clock) -> None:
    flood(forms=2 * FREE)
    still_clock.forward(seconds=floods.WINDOW)
    assert not _looks_calm(source.client.get("/tip")), "the last window's surplus counts"
    still_clock.forward(seconds=2 * floods.WINDOW)
    assert _looks_calm(source.client.get("/tip"))


def test_a_flood_at_one_door_leaves_the_other_open(source, flood) -> None:
    flood("tip", 3 * FREE)
    assert source.file_ticket()


def test_the_help_desk_has_a_line_too_and_says_that_files_are_to_be_chosen_again(
    source, flood, still_clock
) -> None:
    flood("help")
    answer = source.send("/help", TICKET | {"files": (b"", "letter.txt")})
    assert answer.status_code == 429
    assert TICKET["text"] in answer.text
    assert "choose your files again" in answer.text
    still_clock.forward(seconds=60)
    fields = hidden_fields(answer.text) | TICKET
    assert source.client.post("/help", data=fields).status_code == 303
    assert Ticket.query.count() == 1


def test_input_that_is_wrong_is_told_before_anybody_is_asked_to_wait(source, flood) -> None:
    flood()
    answer = _send(source, _fill_in(source, text=""))
    assert answer.status_code == 422
    assert "Please write something first." in answer.text


# Passes


def test_a_double_click_gives_the_same_receipt_in_a_flood(source, flood, still_clock) -> None:
    flood()
    fields = _fill_in(source)
    still_clock.forward(seconds=60)
    first, second = (_words(_send(source, fields)) for _ in range(2))
    assert first == second
    assert Tip.query.count() == 1


def test_a_pass_is_worth_one_tip(source, flood, still_clock) -> None:
    good = _fill_in(source)
    flood()
    other = _fill_in(source) | {"flood_pass": good["flood_pass"]}
    assert _send(source, other).status_code == 429, "it is bound to its form"
    first = _words(_send(source, good))
    assert _words(_send(source, good | {"text": "Another."})) == first
    assert Tip.query.count() == 1


BAD_PASSES = {
    "none": lambda _good: "",
    "nonsense": lambda _good: "nonsense",
    "not text": lambda _good: "\0é\ud7ff",
    "a changed signature": lambda good: good[:-2] + ("AA" if good[-2:] != "AA" else "BB"),
    "a changed moment": lambda good: "V" + good[1:],
}


@pytest.mark.parametrize("spoil", BAD_PASSES.values(), ids=BAD_PASSES.keys())
def test_a_bad_pass_gets_a_new_place_in_a_flood_and_harms_nobody_in_calm_times(
    source, flood, spoil
) -> None:
    fields = _fill_in(source)
    fields["flood_pass"] = spoil(fields["flood_pass"])
    calm = _fill_in(source)
    _words(_send(source, calm | {"flood_pass": spoil(calm["flood_pass"])}))
    flood()
    answer = _send(source, fields)
    assert answer.status_code == 429
    assert TEXT in answer.text
    assert hidden_fields(answer.text)["flood_pass"] not in ("", fields["flood_pass"])


def test_a_pass_of_the_other_door_is_worth_nothing(source, flood) -> None:
    fields = _fill_in(source)
    with source.client.application.app_context():
        fields["flood_pass"] = floods.issue("help", UUID(fields["submission"]))
    flood()
    assert _send(source, fields).status_code == 429


def test_a_pass_grows_old(source, flood, still_clock) -> None:
    fields = _fill_in(source)
    still_clock.forward(hours=floods.LIFE_HOURS)
    flood()
    assert _send(source, fields).status_code == 200
    old = _fill_in(source)
    still_clock.forward(hours=floods.LIFE_HOURS + 1)
    flood()
    assert _send(source, old).status_code == 429


# Work


def test_work_saves_the_wait(source, flood) -> None:
    flood()
    page = source.client.get("/tip")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.text.count("<script") == 1
    assert '<script src="/static/work.js" defer></script>' in page.text
    fields = hidden_fields(page.text) | {"text": TEXT, "flood_work": _solve(page.text)}
    receipt = _send(source, fields)
    _words(receipt)
    assert _looks_calm(receipt), "no script where there is no work"


def test_work_is_done_once_for_a_page_that_comes_back(source, flood) -> None:
    flood()
    page = source.read("/tip")
    answer = _send(source, hidden_fields(page) | {"text": "", "flood_work": _solve(page)})
    assert answer.status_code == 422
    assert "script" not in answer.headers["Content-Security-Policy"]
    _words(_send(source, hidden_fields(answer.text) | {"text": TEXT}))


def test_wrong_work_and_that_of_another_form_save_nothing(source, flood) -> None:
    flood()
    others = _solve(source.read("/tip"))
    for answer in (others, "0" * 32, "é" * 32, "x", others.upper()):
        sent = _send(source, _fill_in(source, flood_work=answer))
        assert sent.status_code == 429
        assert "<script" in sent.text, "the page offers the work again"
    assert Tip.query.count() == 0


# Caps


def _cap(app: Flask, monkeypatch, cap: int) -> None:
    settings = app.config["SETTINGS"].model_copy(update={"flood_cap": cap})
    monkeypatch.setitem(app.config, "SETTINGS", settings)


def test_above_the_cap_even_good_passes_wait_for_the_next_window(
    app, source, still_clock, monkeypatch
) -> None:
    _cap(app, monkeypatch, 1)
    first, second = _fill_in(source), _fill_in(source)
    still_clock.forward(minutes=7)
    words = _words(_send(source, first))
    refused = _send(source, second)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "180"
    assert "send again in 3 minutes" in refused.text
    assert TEXT in refused.text
    assert _words(_send(source, first)) == words, "a double click is not refused"
    still_clock.forward(minutes=3)
    _words(_send(source, hidden_fields(refused.text) | {"text": TEXT}))


def test_who_worked_goes_in_when_those_who_waited_fill_the_window(
    app, source, still_clock, monkeypatch
) -> None:
    _cap(app, monkeypatch, 1)
    _words(_send(source, _fill_in(source)))
    refused = _send(source, _fill_in(source))
    assert refused.status_code == 429
    fields = hidden_fields(refused.text) | {"text": TEXT, "flood_work": _solve(refused.text)}
    _words(_send(source, fields))


# What is kept


def test_redis_is_told_no_time_finer_than_the_window(source) -> None:
    _words(_send(source, _fill_in(source)))
    kept: Redis = background.connection()
    names = [name.decode() for name in kept.scan_iter("rightdesk:flood:*")]
    assert len(names) == 2
    for name in names:
        assert re.fullmatch(r"rightdesk:flood:tip:(shown|waited):\d{7}", name)
        assert int(kept.get(name)) == 1
        past = kept.pexpiretime(name) % (floods.WINDOW * 1000)
        assert min(past, floods.WINDOW * 1000 - past) < 100, "forgotten at a window's end"


def test_no_key_holds_anything_of_a_submission(source) -> None:
    fields = _fill_in(source)
    _send(source, fields)
    kept: Redis = background.connection()
    for name in kept.scan_iter():
        assert fields["submission"] not in name.decode()


def test_a_tip_is_taken_when_redis_is_down(source, monkeypatch) -> None:
    class Down:
        def pipeline(self) -> None:
            raise RedisError("away")

    monkeypatch.setattr("app.front.floods.background.connection", Down)
    page = source.client.get("/tip")
    assert _looks_calm(page)
    _words(_send(source, hidden_fields(page.text) | {"text": TEXT}))


# The rule


@given(
    shown=st.integers(1, 10**7),
    before=st.integers(0, 10**7),
    now=st.integers(1_700_000_000, 2_000_000_000),
    per_minute=st.integers(1, 1000),
)
def test_a_later_form_never_goes_before_an_earlier_one(shown, before, now, per_minute) -> None:
    moment = floods.good_from(shown, before, now, per_minute)
    assert moment == 0 or now < moment <= now + floods.LONGEST_WAIT + floods.GRAIN
    assert moment % floods.GRAIN == 0
    assert moment <= floods.good_from(shown + 1, before, now, per_minute)
    assert moment <= floods.good_from(shown, before + 1, now, per_minute)
