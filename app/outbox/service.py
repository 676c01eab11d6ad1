"""Promise effects inside a unit of work, and carry them out from RQ jobs."""

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import case, delete, update

from app.core import background, clock
from app.core.bulk import among, insert_rows, table_of
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.outbox import queries
from app.outbox.models import OutboxItem
from app.outbox.retry import LEASE, MAX_ATTEMPTS, wait_after

log = logging.getLogger(__name__)
BATCH = 10
LARGE_BATCH = 200
"""Items that are carried out in one transaction, where their effect can."""

LONGEST_DRAIN = 60
"""Seconds after which a drain leaves the rest to the next job: RQ ends one that takes long."""

COARSE = timedelta(minutes=10)
"""To whole tens of minutes is rounded when a discreet effect is tried again."""


def promise(topic: str, **arguments: str | int) -> None:
    """Promise an effect with this act; it is carried out once after the commit."""
    promise_all(topic, [arguments])


def promise_all(topic: str, batch: Sequence[Mapping[str, str | int]]) -> None:
    """Promise an effect of this act many times, each with its own arguments."""
    discreet = background.EFFECTS[topic].discreet
    if not batch:
        return
    with unit_of_work() as unit:
        at = clock.start_of_today() if discreet else clock.now()
        rows = [{"topic": topic, "arguments": dict(a), "available_at": at} for a in batch]
        insert_rows(OutboxItem, rows)
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
    """Carry out everything that waits for a topic; return how many items were done.

    Where there is more than one batch it rings once, so that another worker helps.
    """
    background.hear(topic)
    act = background.batch_effect(topic)
    size = LARGE_BATCH if act else BATCH
    done, helped, end = 0, False, time.monotonic() + LONGEST_DRAIN
    while claimed := _claim(topic, size):
        late = time.monotonic() > end
        if (len(claimed) == size and not helped) or late:
            helped = True
            _call_help(topic)
        done += _carry_out_batch(topic, act, claimed)
        db.session.expunge_all()
        if late:
            break
    return done


def _call_help(topic: str) -> None:
    """Ring for another worker, or for a later job of this one."""
    if background.EFFECTS[topic].discreet:
        return
    try:
        background.ring(topic)
    except Exception as error:  # what was claimed is to be done with or without help
        log.warning("outbox.not_rung", extra={"topic": topic, "kind": type(error).__name__})


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


def _claim(topic: str, size: int = BATCH) -> list[int]:
    """Take a batch for the time of a lease, counting the try before it is made.

    A worker that is killed while it works leaves the count behind, so an item that kills
    its worker is given up in the end like any other and does not stop the rest.
    """
    with unit_of_work():
        now = clock.now()
        ids = queries.list_claimable(topic, now, size)
        table = table_of(OutboxItem)
        items = table.c
        spent = items.attempts >= MAX_ATTEMPTS
        claim = (
            update(table)
            .where(among(OutboxItem.id, ids))
            .values(
                attempts=items.attempts + 1,
                available_at=now + LEASE,
                failed_at=case((spent, clock.start_of_today()), else_=None),
            )
            .returning(items.id, items.failed_at)
        )
        return sorted(row.id for row in db.session.execute(claim) if row.failed_at is None)


Batch = Callable[[Sequence[Mapping[str, Any]]], None]


def _carry_out_batch(topic: str, act: Batch | None, ids: Sequence[int]) -> int:
    """Carry out claimed items, together where the effect can; those of a failed batch singly."""
    if act and len(ids) > 1:
        try:
            return _carry_out_together(act, ids)
        except Exception as error:
            # One bad item is enough: it is found, and put off, when each is tried by itself.
            log.warning("outbox.batch_failed", extra={"topic": topic, "kind": type(error).__name__})
    return sum(_carry_out(item_id) for item_id in ids)


def _carry_out_together(act: Batch, ids: Sequence[int]) -> int:
    with unit_of_work():
        items = queries.list_locked(ids)
        act([arguments for _id, arguments in items])
        done = [item_id for item_id, _arguments in items]
        db.session.execute(delete(OutboxItem).where(among(OutboxItem.id, done)))
    return len(done)


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
