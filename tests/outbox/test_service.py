"""The outbox: what a committed act promises happens once, whatever fails on the way."""

from uuid import uuid4

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy import select

from app.core import background, clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.outbox import queries, service
from app.outbox.models import OutboxItem
from app.outbox.retry import LEASE, MAX_ATTEMPTS, wait_after

TOPIC = "mail.deliver"


@pytest.fixture
def done(app, monkeypatch) -> list[str]:
    """What has been carried out; the effect itself is replaced by writing it down."""
    carried: list[str] = []

    def carry(mail_id: str) -> None:
        if mail_id == "poison":
            raise ValueError("words that must not be kept")
        carried.append(mail_id)

    monkeypatch.setattr(background, "effect", lambda topic: carry)
    return carried


@pytest.fixture
def done_together(done, monkeypatch) -> list[list[str]]:
    """The batches that were carried out, of an effect that can do many at once."""
    batches: list[list[str]] = []

    def carry_all(batch) -> None:
        if any(arguments["mail_id"] == "poison" for arguments in batch):
            raise ValueError("words that must not be kept")
        batches.append([arguments["mail_id"] for arguments in batch])

    monkeypatch.setattr(background, "batch_effect", lambda topic: carry_all)
    return batches


def _waiting_bells() -> int:
    return background._queue("mail").count


def test_a_promise_is_carried_out_once_and_forgotten(done) -> None:
    service.promise(TOPIC, mail_id="a")
    service.drain(TOPIC)
    service.drain(TOPIC)
    assert done == ["a"]
    assert OutboxItem.query.count() == 0


def test_a_promise_of_an_act_that_fails_is_never_made(done) -> None:
    def act() -> None:
        with unit_of_work():
            service.promise(TOPIC, mail_id="a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert OutboxItem.query.count() == 0
    assert _waiting_bells() == 0


def test_the_doorbell_rings_after_the_outer_commit_and_only_once(done) -> None:
    with unit_of_work():
        service.promise(TOPIC, mail_id="a")
        service.promise(TOPIC, mail_id="b")
        assert _waiting_bells() == 0
    assert _waiting_bells() == 1


def test_many_promises_need_one_bell(done) -> None:
    for number in range(20):
        service.promise(TOPIC, mail_id=str(number))
    assert _waiting_bells() == 1
    service.drain(TOPIC)
    assert len(done) == 20


def test_a_bell_rung_while_a_drain_runs_is_not_lost(done) -> None:
    service.promise(TOPIC, mail_id="a")
    background.hear(TOPIC)
    service.promise(TOPIC, mail_id="b")
    assert _waiting_bells() == 2


def test_redis_may_be_away_when_an_act_commits(done, monkeypatch) -> None:
    def away(topic: str) -> None:
        raise RedisConnectionError

    monkeypatch.setattr(background, "ring", away)
    service.promise(TOPIC, mail_id="a")
    assert OutboxItem.query.count() == 1


def test_the_sweep_rings_again_for_what_redis_lost(done) -> None:
    service.promise(TOPIC, mail_id="a")
    background.connection().flushdb()
    service.sweep()
    assert _waiting_bells() == 1


def test_one_bad_item_does_not_stop_the_rest_and_is_tried_again_later(done, still_clock) -> None:
    for mail_id in ("a", "poison", "b"):
        service.promise(TOPIC, mail_id=mail_id)
    service.drain(TOPIC)
    assert done == ["a", "b"]
    item = OutboxItem.query.one()
    assert item.attempts == 1
    assert item.available_at > still_clock.now
    assert item.last_error.startswith("ValueError ")
    assert "words" not in item.last_error


def test_an_item_that_always_fails_is_given_up_in_the_end(done, still_clock) -> None:
    service.promise(TOPIC, mail_id="poison")
    for _ in range(MAX_ATTEMPTS + 2):
        service.drain(TOPIC)
        still_clock.forward(hours=2)
    assert OutboxItem.query.one().attempts == MAX_ATTEMPTS
    assert queries.count_failed() == 1
    assert queries.list_topics_waiting(still_clock.now) == []


def test_an_item_whose_worker_died_is_free_after_its_lease(done, still_clock) -> None:
    service.promise(TOPIC, mail_id="a")
    assert service._claim(TOPIC), "a worker claims it and dies"
    service.drain(TOPIC)
    assert done == []
    still_clock.forward(seconds=LEASE.total_seconds())
    service.drain(TOPIC)
    assert done == ["a"]


def test_an_item_that_kills_its_worker_is_given_up(done, still_clock) -> None:
    service.promise(TOPIC, mail_id="a")
    for _ in range(MAX_ATTEMPTS):
        assert service._claim(TOPIC)
        still_clock.forward(seconds=LEASE.total_seconds())
    assert service._claim(TOPIC) == []
    assert queries.count_failed() == 1


def test_an_item_that_another_worker_holds_is_left_to_it(done) -> None:
    service.promise(TOPIC, mail_id="a")
    item = OutboxItem.query.one().id
    db.session.remove()
    with db.engine.connect() as other:
        other.execute(select(OutboxItem.id).where(OutboxItem.id == item).with_for_update())
        assert service._carry_out(item) is False
    assert service._carry_out(item) is True
    assert done == ["a"]


def test_what_can_be_done_together_is(done, done_together) -> None:
    service.promise_all(TOPIC, [{"mail_id": mail_id} for mail_id in "abc"])
    assert _waiting_bells() == 1
    assert service.drain(TOPIC) == 3
    assert done_together == [["a", "b", "c"]]
    assert done == []
    assert OutboxItem.query.count() == 0


def test_one_bad_item_spoils_no_batch(done, done_together, still_clock) -> None:
    service.promise_all(TOPIC, [{"mail_id": mail_id} for mail_id in ("a", "poison", "b")])
    assert service.drain(TOPIC) == 2
    assert (done, done_together) == (["a", "b"], [])
    item = OutboxItem.query.one()
    assert item.arguments == {"mail_id": "poison"}
    assert item.attempts == 1
    assert item.available_at > still_clock.now
    assert "words" not in item.last_error


def test_what_was_tried_before_is_tried_alone(done, done_together, still_clock) -> None:
    service.promise_all(TOPIC, [{"mail_id": mail_id} for mail_id in "abc"])
    assert len(service._claim(TOPIC)) == 3, "a worker claims them and dies"
    still_clock.forward(seconds=LEASE.total_seconds())
    service.promise_all(TOPIC, [{"mail_id": mail_id} for mail_id in "de"])
    service.drain(TOPIC)
    assert sorted(done) == ["a", "b", "c"]
    assert done_together == [["d", "e"]]


def test_a_worker_that_finds_more_than_a_batch_calls_for_help_once(
    done, done_together, monkeypatch
) -> None:
    monkeypatch.setattr(service, "LARGE_BATCH", 2)
    service.promise_all(TOPIC, [{"mail_id": mail_id} for mail_id in "abcde"])
    service.drain(TOPIC)
    assert done_together == [["a", "b"], ["c", "d"]]
    assert done == ["e"]
    assert _waiting_bells() == 2


def test_nobody_is_called_to_help_with_what_is_discreet(app, done, monkeypatch) -> None:
    monkeypatch.setattr(service, "BATCH", 2)
    service.promise_all("tips.route", [{"mail_id": mail_id} for mail_id in "abcde"])
    service.sweep()
    assert done == ["a", "b", "c", "d", "e"]
    assert background.connection().keys("*") == []


def test_a_drain_leaves_the_rest_to_the_next_job_after_a_while(done, monkeypatch) -> None:
    monkeypatch.setattr(service, "LONGEST_DRAIN", 0)
    service.promise_all(TOPIC, [{"mail_id": str(number)} for number in range(30)])
    assert service.drain(TOPIC) == 10
    assert _waiting_bells() == 2
    assert OutboxItem.query.filter_by(attempts=0).count() == 20


def test_work_goes_on_while_nobody_can_be_called(done, monkeypatch) -> None:
    service.promise_all(TOPIC, [{"mail_id": str(number)} for number in range(30)])

    def away(topic: str) -> None:
        raise RedisConnectionError

    monkeypatch.setattr(background, "ring", away)
    assert service.drain(TOPIC) == 30


def test_an_unknown_topic_is_refused_at_once(app) -> None:
    with pytest.raises(KeyError):
        service.promise("no.such.effect")


def test_waits_double_up_to_an_hour() -> None:
    waits = [wait_after(n) for n in range(1, MAX_ATTEMPTS)]
    assert waits == sorted(waits)
    assert waits[0].total_seconds() == 5
    assert waits[-1].total_seconds() == 3600
    assert wait_after(MAX_ATTEMPTS) is None


def test_no_row_tells_when_a_discreet_effect_was_promised_or_failed(app, still_clock) -> None:
    still_clock.forward(minutes=3, seconds=17)
    with unit_of_work():
        service.promise("tips.route", tip_id="no tip has this id")
    item = OutboxItem.query.one()
    assert item.available_at == clock.start_of_today()
    assert background.connection().keys("*") == [], "no doorbell rings"
    service.sweep()
    again = OutboxItem.query.one().available_at
    assert again > still_clock.now
    assert (again.minute % 10, again.second) == (0, 0)


def test_a_discreet_effect_is_carried_out_by_the_sweep(app, still_clock) -> None:
    with unit_of_work():
        service.promise("tips.route", tip_id=str(uuid4()))
    service.sweep()
    assert OutboxItem.query.count() == 0
