"""The mailbox and the receipt, as a source without JavaScript meets them."""

import re
from html import unescape
from uuid import UUID

import pytest
from factories import find_tip, make_custodian, make_reply, open_vault
from flask.testing import FlaskClient
from pages import Visitor, hidden_fields
from redis.exceptions import RedisError

from app.core import background
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.tips import service
from app.tips.models import Tip, TipMessage, TipState
from app.vault.models import SealedRecord

ANOTHER = "seven words that nobody was ever given"


@pytest.fixture
def source(client: FlaskClient) -> Visitor:
    open_vault(make_custodian())
    return Visitor(client)


@pytest.fixture
def words(source: Visitor) -> str:
    return source.file_tip("A kickback was paid for the paving contract.")


def _press(source: Visitor, action: str, **fields: str):
    return source.send("/tip/mailbox", fields, to=action, follow=True)


def _delete(message: UUID) -> str:
    return f"/tip/mailbox/reply/{message}/delete"


@pytest.mark.parametrize(
    "type_it",
    [
        str.upper,
        str.title,
        lambda words: words.replace(" ", "-"),
        lambda words: words.replace(" ", "   "),
        lambda words: f"  {words.replace(' ', ', ')}.\t",
        lambda words: words.replace(" ", "\u2014"),
    ],
)
def test_a_receipt_is_forgiving_to_type(source, words, type_it) -> None:
    assert "Conversation" in source.come_back(type_it(words)).text


def test_a_receipt_that_is_too_long_is_refused_and_not_shown_again(source, words) -> None:
    answer = source.come_back(f"{words} " * 5)
    assert answer.status_code == 422
    assert "A receipt has seven words." in answer.text
    assert words not in answer.text


@pytest.mark.parametrize("csrf", [{}, {"csrf_token": "stale"}], ids=["wrong", "stale"])
def test_what_was_typed_as_a_receipt_never_stands_in_a_page(source, words, csrf) -> None:
    typed = words.rsplit(" ", 1)[0] + " zebra"
    answer = source.send("/tip/receipt", {"receipt": typed} | csrf, follow=True)
    assert typed not in answer.text
    assert "Conversation" not in answer.text


def test_the_state_and_the_promised_days_are_said_in_words(client, still_clock, carry_out) -> None:
    source = Visitor(client)
    words = source.file_tip("A kickback was paid for the paving contract.")
    carry_out()
    page = source.come_back(words).text
    assert "Department of Investigation" in page
    assert "Nobody there can open it yet." in page
    assert "should confirm it by 22 June 2026" in page
    assert "what came of it by 15 September 2026" in page


def test_a_reply_is_read_and_marked(source, words) -> None:
    make_reply(find_tip(words), "Which <b>month</b>?")
    page = source.come_back(words).text
    assert "Reply from the office" in page
    assert "Which &lt;b&gt;month&lt;/b&gt;?" in page


@pytest.mark.parametrize("part", ["body", "key"])
def test_a_damaged_reply_is_said_kindly_beside_the_others(source, words, part) -> None:
    damaged = make_reply(find_tip(words), "Lost.")
    make_reply(find_tip(words), "Still here.")
    with unit_of_work():
        content = db.session.get(SealedRecord, damaged.content_id)
        if part == "body":
            content.body = content.body[:-1] + bytes([content.body[-1] ^ 1])
        for key in content.keys if part == "key" else ():
            key.wrapped = key.wrapped[:40] + bytes([key.wrapped[40] ^ 1]) + key.wrapped[41:]
    page = source.come_back(words)
    assert page.status_code == 200
    assert "was damaged and cannot be shown" in page.text
    assert "Still here." in page.text
    assert "Lost." not in page.text


def test_a_reply_is_deleted_and_does_not_come_back(source, words) -> None:
    reply = make_reply(find_tip(words), "Which month was it?").id
    source.come_back(words)
    page = _press(source, _delete(reply)).text
    assert "The reply is gone from here." in page
    assert "Which month was it?" not in page
    assert "Which month was it?" not in source.come_back(words).text


def test_a_reply_of_another_tip_is_not_there(source, words) -> None:
    other = find_tip(source.file_tip("Another matter."))
    theirs = make_reply(other, "For somebody else.").id
    page = source.come_back(words).text
    assert "For somebody else." not in page
    fields = hidden_fields(page)
    assert source.client.post(_delete(theirs), data=fields).status_code == 404
    assert len(db.session.get(TipMessage, theirs).content.keys) == 2


def test_nothing_is_deleted_without_the_page_or_the_visit(source, words) -> None:
    reply = make_reply(find_tip(words)).id
    source.come_back(words)
    assert source.client.post(_delete(reply), data={"csrf_token": "wrong"}).status_code == 400
    source.client.get("/tip/leave")
    assert source.client.post(_delete(reply)).status_code == 400
    assert len(TipMessage.query.one().content.keys) == 2


def test_the_source_gives_an_identity_puts_another_in_its_place_and_takes_it_back(
    source, words
) -> None:
    assert "You are anonymous to us." in source.come_back(words).text
    assert (
        "Encrypted for the custodians."
        in _press(source, "/tip/mailbox/identity", contact="Maria, 555 0100").text
    )
    first = Tip.query.one().identity_id
    page = _press(source, "/tip/mailbox/identity", contact="Mario").text
    assert "Mario" not in page
    assert Tip.query.one().identity_id not in (first, None)
    page = _press(source, "/tip/mailbox/identity/withdraw").text
    assert "Taken back." in page
    assert Tip.query.one().identity_id is None


def test_without_a_custodian_no_identity_is_asked_for(client) -> None:
    source = Visitor(client)
    page = source.come_back(source.file_tip()).text
    assert "How to reach you" not in page


@pytest.mark.parametrize("empty", ["", "   "])
def test_an_empty_identity_is_refused_beside_its_field(source, words, empty) -> None:
    source.come_back(words)
    answer = _press(source, "/tip/mailbox/identity", contact=empty)
    assert answer.status_code == 422
    assert "Please write how you can be reached." in answer.text


PLACES = {
    "a tip": ("/tip", None, "text"),
    "an identity with it": ("/tip", None, "contact"),
    "an addition": ("/tip/mailbox", "/tip/mailbox", "text"),
    "an identity": ("/tip/mailbox", "/tip/mailbox/identity", "contact"),
}


@pytest.mark.parametrize(("page", "action", "field"), PLACES.values(), ids=PLACES.keys())
def test_a_receipt_in_a_text_is_refused_and_not_shown_again(
    source, words, page, action, field
) -> None:
    source.come_back(words)
    text = {"text": "A tip."} | {field: f"My words are {words.upper()} by the way."}
    answer = source.send(page, text, to=action)
    assert answer.status_code == 422
    assert "looks like the words of a receipt" in answer.text
    assert "My words are […] by the way." in answer.text
    assert words not in answer.text.casefold()
    assert Tip.query.count() == 1
    assert TipMessage.query.count() == 0


def test_a_receipt_in_the_text_of_an_ended_visit_is_not_shown_again(source, words) -> None:
    fields = hidden_fields(source.come_back(words).text) | {"text": f"See {words} please."}
    source.client.get("/tip/leave")
    answer = source.client.post("/tip/mailbox", data=fields)
    assert "See […] please." in answer.text
    assert words not in answer.text


def test_a_tip_that_is_gone_ends_the_visit(source, words) -> None:
    source.come_back(words)
    with unit_of_work():
        db.session.delete(find_tip(words))
    answer = source.client.get("/tip/mailbox")
    assert answer.status_code == 400
    assert "Your visit has ended." in answer.text


def test_a_visit_ends_at_last_however_busy_it_is(client, still_clock) -> None:
    source = Visitor(client)
    source.come_back(source.file_tip())
    still_clock.forward(hours=11)
    assert source.client.get("/tip/mailbox").status_code == 200
    still_clock.forward(hours=1, seconds=1)
    assert source.client.get("/tip/mailbox").status_code == 400


def test_an_idle_visit_is_forgotten_on_a_round_hour_of_the_clock(source, words) -> None:
    source.come_back(words)
    redis = background.connection()
    (key,) = redis.keys("rightdesk:visit:*")
    assert redis.expiretime(key) % service.VISIT.grain < 3, "tells nothing but the half hour"
    redis.delete(key)
    assert source.client.get("/tip/mailbox").status_code == 400


def test_two_browsers_are_two_visits(app, source, words) -> None:
    other = Visitor(type(source.client)(app, app.response_class, use_cookies=True))
    for visitor in (source, other):
        visitor.come_back(words)
    _press(source, "/tip/mailbox", text="From one.")
    assert "You added something." in other.read("/tip/mailbox")
    source.client.get("/tip/leave")
    assert source.client.get("/tip/mailbox").status_code == 400
    assert other.client.get("/tip/mailbox").status_code == 200


def test_another_receipt_ends_the_visit_of_the_first(source, words) -> None:
    source.come_back(words)
    source.come_back(source.file_tip("Another matter."))
    assert len(background.connection().keys("rightdesk:visit:*")) == 1


def test_a_closed_tip_takes_no_more_and_says_how_it_ended(source, words) -> None:
    page = source.come_back(words).text
    with unit_of_work():
        tip = find_tip(words)
        tip.state, tip.outcome = TipState.CLOSED, "unsubstantiated"
    answer = source.client.post("/tip/mailbox", data=hidden_fields(page) | {"text": "More."})
    assert answer.status_code == 422
    assert "This tip is closed." in answer.text
    page = source.read("/tip/mailbox")
    assert "It could not prove what you reported." in page
    assert "Add to it" not in page
    assert "should confirm" not in page


def test_the_proof_is_shown_and_downloaded_under_a_name_that_says_nothing(
    source, words, carry_out
) -> None:
    assert "There is no proof yet." in source.come_back(words).text
    assert source.client.get("/tip/proof").status_code == 404
    carry_out()
    proof = find_tip(words).proof
    assert proof in unescape(source.read("/tip/mailbox"))
    answer = source.client.get("/tip/proof")
    assert answer.text == proof
    assert answer.mimetype == "text/plain"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="document.txt"'
    (key,) = re.findall(r"^Key: (.*)$", proof, re.MULTILINE)
    assert key in unescape(source.read("/tip/proof-key"))


def test_no_proof_is_handed_out_without_a_visit(source, words, carry_out) -> None:
    carry_out()
    answer = source.client.get("/tip/proof")
    assert answer.status_code == 400
    assert "BEGIN PROOF" not in answer.text


def test_guessing_is_slowed_for_everybody_but_never_shuts_a_source_out(
    source, words, still_clock, monkeypatch
) -> None:
    monkeypatch.setattr(service, "MOST_WRONG_RECEIPTS", 2)
    assert [source.come_back(ANOTHER).status_code for _ in range(3)] == [200, 200, 429]
    assert "Please wait a minute" in source.come_back(ANOTHER).text
    assert source.come_back(words).status_code == 200
    still_clock.forward(minutes=1)
    assert source.come_back(ANOTHER).status_code == 200


def test_the_count_of_wrong_receipts_ends_with_the_minute(source, still_clock) -> None:
    still_clock.forward(seconds=17)
    source.come_back(ANOTHER)
    (key,) = background.connection().keys("rightdesk:wrong-receipts:*")
    assert int(key.decode().rsplit(":", 1)[1]) % 60 == 0
    assert 40 <= background.connection().ttl(key) <= 43


def test_when_redis_is_away_right_and_wrong_receipts_are_answered_alike(
    source, words, monkeypatch
) -> None:
    fields = hidden_fields(source.read("/tip/receipt"))
    connection = background.connection()
    monkeypatch.setattr(connection.connection_pool, "get_connection", _away)
    for typed in (words, ANOTHER):
        answer = source.client.post("/tip/receipt", data=fields | {"receipt": typed})
        assert answer.status_code == 503


def _away(*_args: object, **_named: object) -> None:
    raise RedisError
