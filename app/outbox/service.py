"""Promise effects inside a unit of work, and carry them out from RQ jobs."""

import logging
from collections.abc import Collection
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from app.core import background, clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.outbox import queries
from app.outbox.models import OutboxItem
from app.outbox.retry import LEASE, MAX_ATTEMPTS, wait_after

log = logging.getLogger(__name__)
BATCH = 10
COARSE = timedelta(minutes=10)
"""To whole tens of minutes is rounded when a discreet effect is tried again."""


def promise(topic: str, **arguments: str | int) -> None:
    """Promise an effect with this act; it is carried out once after the commit."""
    discreet = background.EFFECTS[topic].discreet
    with unit_of_work() as unit:
        available_at = clock.start_of_today() if discreet else clock.now()
        db.session.add(OutboxItem(topic=topic, arguments=arguments, available_at=available_at))
        if not discreet:
            unit.after_commit(f"ring {topic}", partial(background.ring, topic))


def forget(ids: Collection[UUID]) -> None:
    """Drop what was promised about records that are gone.

    What a worker carries out at this moment is left to it: waiting for it could be a deadlock,
    and it finds the records gone.
    """
    for item in queries.list_about({str(record_id) for record_id in ids}):
        db.session.delete(item)
    db.session.flush()


def try_again() -> int:
    """Let every effect that was given up begin anew; return how many."""
    with unit_of_work():
        items = queries.list_failed()
        for item in items:
            item.failed_at, item.attempts, item.available_at = None, 0, clock.now()
        return len(items)


def drain(topic: str) -> int:
    """Carry out everything that waits for a topic; return how many items were done."""
    background.hear(topic)
    done = 0
    while claimed := _claim(topic):
        done += sum(_carry_out(item_id) for item_id in claimed)
        db.session.expunge_all()
    return done


def sweep() -> None:
    """Ring again for whatever the outbox holds: jobs may have been lost with Redis.

    What is discreet is carried out here and now, in the order of the table of effects: what
    takes long stands last there.
    """
    order = list(background.EFFECTS)
    for topic in sorted(queries.list_topics_waiting(clock.now()), key=order.index):
        if background.EFFECTS[topic].discreet:
            drain(topic)
            continue
        background.hear(topic)
        background.ring(topic)


def _claim(topic: str) -> list[int]:
    """Take a batch for the time of a lease, counting the try before it is made.

    A worker that is killed while it works leaves the count behind, so an item that kills
    its worker is given up in the end like any other and does not stop the rest.
    """
    with unit_of_work():
        now = clock.now()
        items = queries.list_claimable(topic, now, BATCH)
        for item in items:
            item.attempts += 1
            item.available_at = now + LEASE
            if item.attempts > MAX_ATTEMPTS:
                item.failed_at = clock.start_of_today()
        return [item.id for item in items if item.failed_at is None]


def _carry_out(item_id: int) -> bool:
    try:
        with unit_of_work():
            item = queries.find_locked(item_id)
            if item is None or item.failed_at:
                return False
            background.effect(item.topic)(**item.arguments)
            db.session.delete(item)
        return True
    except Exception as error:
        _put_off(item_id, error)
        return False


def _put_off(item_id: int, error: Exception) -> None:
    fault = uuid4().hex[:12]
    with unit_of_work():
        item = db.session.get(OutboxItem, item_id)
        if item is None:
            return
        item.last_error = f"{type(error).__name__} {fault}"
        wait = wait_after(item.attempts)
        discreet = background.EFFECTS[item.topic].discreet
        if wait is None:
            item.failed_at = clock.start_of_today() if discreet else clock.now()
        else:
            again = clock.now() + wait
            item.available_at = clock.round_up(again, COARSE) if discreet else again
        # What is discreet is not named: the line's own time would be that of a source's act.
        if discreet:
            log.error("outbox.failed", extra={"kind": type(error).__name__, "fault": fault})
            return
        extra = {"topic": item.topic, "item": item_id, "attempts": item.attempts, "fault": fault}
        log.error("outbox.failed", exc_info=error, extra=extra)
