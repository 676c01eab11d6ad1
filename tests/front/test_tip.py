"""The tip line's public door, as a source without JavaScript sees it."""

import io
import re

import pytest
from factories import make_custodian, open_vault
from flask.testing import FlaskClient
from pages import Visitor, hidden_fields
from redis.exceptions import ConnectionError as RedisConnectionError

from app.tips.models import Tip, TipFile, TipMessage


@pytest.fixture
def source(client: FlaskClient) -> Visitor:
    open_vault(make_custodian())
    return Visitor(client)


def test_a_tip_is_answered_with_a_receipt_of_seven_words(source) -> None:
    assert len(source.file_tip().split()) == 7


def test_the_source_comes_back_reads_the_state_and_adds_more(source, carry_out) -> None:
    words = source.file_tip("A kickback was paid for the paving contract.")
    carry_out()
    page = source.come_back(words.upper().replace(" ", "-"))
    assert page.status_code == 200
    assert "received" in page.text
    assert "Department of Investigation" in page.text, "the source reads which office has it"
    added = source.send("/tip/mailbox", {"text": "And a name."}, follow=True)
    assert added.status_code == 200
    assert "Added." in added.text
    assert TipMessage.query.count() == 1
    carry_out()


def test_other_words_open_nothing(source) -> None:
    source.file_tip()
    answer = source.come_back("seven words that nobody was ever given")
    assert "no tip with these words" in answer.text
    assert "Conversation" not in answer.text


def test_a_double_click_costs_neither_the_receipt_nor_a_second_tip(source) -> None:
    fields = hidden_fields(source.read("/tip")) | {"text": "Something is wrong."}
    pages = [source.client.post("/tip", data=dict(fields)).text for _ in range(2)]
    words = [re.search(r'readonly value="([a-z ]+)"', page)[1] for page in pages]
    assert words[0] == words[1]
    assert Tip.query.count() == 1


def test_on_another_day_the_receipt_is_not_shown_again(source, still_clock) -> None:
    fields = hidden_fields(source.read("/tip")) | {"text": "Something is wrong."}
    source.client.post("/tip", data=dict(fields))
    still_clock.forward(days=1)
    answer = source.client.post("/tip", data=dict(fields))
    assert answer.status_code == 422
    assert "has reached us already" in answer.text


def test_an_addition_sent_twice_is_added_once(source) -> None:
    page = source.come_back(source.file_tip()).text
    fields = hidden_fields(page) | {"text": "More."}
    for _ in range(2):
        source.client.post("/tip/mailbox", data=dict(fields))
    assert TipMessage.query.count() == 1


def test_a_visit_that_ended_gives_the_text_back(source) -> None:
    page = source.come_back(source.file_tip()).text
    source.client.get("/tip/leave")
    fields = hidden_fields(page) | {"text": "Not to be lost."}
    answer = source.client.post("/tip/mailbox", data=fields)
    assert answer.status_code == 400
    assert "Not to be lost." in answer.text


BAD = {
    "no text": ({"text": ""}, 422, "Please write something first."),
    "a text that is too long": ({"text": "x" * 100_000}, 422, "under 20,000 characters"),
    "a NUL byte": ({"text": "a\0b"}, 422, "invisible characters"),
    "a stale page": ({"text": "Kept.", "csrf_token": "wrong"}, 400, "this page had expired"),
    "an unknown topic": ({"text": "Kept.", "topic": "nonsense"}, 422, "Not a valid choice"),
}


@pytest.mark.parametrize(("entered", "status", "message"), BAD.values(), ids=BAD.keys())
def test_bad_input_gets_a_message_and_keeps_what_was_typed(
    source, entered, status, message
) -> None:
    answer = source.send("/tip", {"contact": "call 555 0100 at night"} | entered)
    assert answer.status_code == status
    assert message in answer.text
    assert "call 555 0100 at night" in answer.text
    assert Tip.query.count() == 0


def test_no_cookie_outlives_the_visit_or_holds_the_receipt(source) -> None:
    words = source.file_tip()
    source.come_back(words)
    for cookie in source.client._cookies.values():
        assert cookie.expires is None
        assert cookie.max_age is None
        assert not any(word in cookie.value for word in words.split() if len(word) > 4)


def test_pages_of_the_tip_line_are_never_kept_and_in_calm_times_run_no_script(source) -> None:
    answer = source.client.get("/tip")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "script" not in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_door_closes_when_there_is_no_key_to_seal_with(source, monkeypatch) -> None:
    page = hidden_fields(source.read("/tip"))
    monkeypatch.setattr("app.vault.queries.find_current_key", lambda kind, holder="": None)
    monkeypatch.setattr("app.vault.service.has_custodian", lambda: True)
    answer = source.client.post("/tip", data=page | {"text": "Never stored openly."})
    assert answer.status_code == 503
    assert "Never stored openly." not in answer.text
    assert Tip.query.count() == 0


def test_a_source_sends_files_and_more_later(source, carry_out) -> None:
    words = source.file_tip(files=(io.BytesIO(b"x" * 100_000), "photo.jpg"))
    source.come_back(words)
    source.send("/tip/mailbox", {"text": "And this.", "files": (io.BytesIO(b"y"), "b.txt")})
    carry_out()
    assert [file.position for file in TipFile.query.order_by(TipFile.position)] == [1, 2]
    assert all(file.inspected for file in TipFile.query)


def test_a_sixth_file_is_refused_and_the_text_is_kept(source) -> None:
    files = [(io.BytesIO(b"x"), f"{n}.txt") for n in range(6)]
    answer = source.send("/tip", {"text": "Not to be lost.", "files": files})
    assert answer.status_code == 422
    assert "up to 5 files" in answer.text
    assert "Not to be lost." in answer.text


def test_a_file_over_the_limit_is_refused_and_the_text_is_kept(source, monkeypatch) -> None:
    monkeypatch.setattr("app.files.uploads.MAX_TIP_FILE_SIZE", 2**20)
    large = (io.BytesIO(b"x" * (2**20 + 1)), "video.mp4")
    answer = source.send("/tip", {"text": "Not to be lost.", "files": large})
    assert answer.status_code == 413
    assert "video.mp4 is larger than 1 MB" in answer.text
    assert "Not to be lost." in answer.text


def test_leaving_quickly_works_without_redis(source, monkeypatch) -> None:
    source.come_back(source.file_tip())

    def dead(*_arguments: object) -> None:
        raise RedisConnectionError

    monkeypatch.setattr("redis.client.Redis.delete", dead)
    answer = source.client.get("/tip/leave")
    assert answer.status_code == 303
    assert source.client.get_cookie("rightdesk_visit", path="/tip") is None


def test_a_form_sent_again_says_that_nothing_new_was_taken(source) -> None:
    fields = hidden_fields(source.read("/tip")) | {"text": "Something is wrong."}
    source.client.post("/tip", data=dict(fields))
    again = source.client.post("/tip", data=fields | {"text": "Something more."})
    assert "took nothing new" in again.text
