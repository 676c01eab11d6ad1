"""The only room that knows RQ: job names, effects, the cron table, workers, the doorbell.

A job carries the name of a topic, never content: the database is the queue, a job is a
doorbell. RQ's default serializer is pickle, so JSON is set wherever RQ lets bytes in or out.
"""

import gc
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from flask import Flask, current_app
from redis import Redis
from rq import Queue, Worker
from rq.cron import CronJob, CronScheduler
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import JobTimeoutException
from werkzeug.utils import import_string

from app.core import clock
from app.core.errors import NotFoundError
from app.extensions import db

log = logging.getLogger(__name__)

QUEUES = ("routing", "mail", "housekeeping")
"""RQ queues, in the order in which a worker empties them."""

JOBS = {
    "outbox.drain": "app.outbox.jobs.drain",
    "outbox.sweep": "app.outbox.jobs.sweep",
    "vault.rotate": "app.vault.jobs.rotate",
    "members.send_notices": "app.members.jobs.send_notices",
    "members.send_daily_notices": "app.members.jobs.send_daily_notices",
    "tickets.watch_moves": "app.tickets.jobs.watch_moves",
    "learning.train": "app.learning.jobs.train_at_night",
    "learning.train_now": "app.learning.jobs.train_now",
    "learning.teach": "app.learning.jobs.teach",
    "tips.retain": "app.tips.jobs.retain",
    "cases.reclaim": "app.cases.jobs.reclaim_bytes",
    "cases.warn": "app.cases.jobs.warn_of_promises",
    "cases.expire_identities": "app.cases.jobs.expire_identities",
    "cases.match_tips": "app.cases.jobs.match_tips",
    "problems.tidy": "app.problems.jobs.tidy",
}
"""Job name → function. Only these names can be run."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What the outbox carries out for one topic: the RQ queue it waits in, and the function.

    A discreet one rings no doorbell, since the job's time would tell when a source was here:
    the sweep, which runs by the clock whatever there is to do, carries it out.
    `batch` carries out many items in one transaction, given the arguments of each.
    """

    queue: str
    function: str
    discreet: bool = False
    batch: str = ""


EFFECTS = {
    "tickets.route": Effect(
        "routing", "app.tickets.jobs.route", batch="app.tickets.jobs.route_all"
    ),
    "tickets.reseal": Effect("routing", "app.tickets.jobs.reseal"),
    "tickets.settle": Effect("routing", "app.tickets.jobs.settle"),
    "tips.route": Effect("routing", "app.tips.jobs.route", discreet=True),
    "tips.hand_on": Effect("routing", "app.tips.jobs.hand_on", discreet=True),
    "tips.unshare": Effect("routing", "app.tips.jobs.unshare"),
    "tips.settle": Effect("routing", "app.tips.jobs.settle"),
    "tips.bury": Effect("housekeeping", "app.tips.jobs.bury", discreet=True),
    "problems.match": Effect(
        "routing", "app.problems.jobs.match", batch="app.problems.jobs.match_all"
    ),
    "cases.fan_out": Effect("housekeeping", "app.cases.jobs.fan_out"),
    "cases.answer_ticket": Effect("housekeeping", "app.cases.jobs.answer_ticket"),
    "cases.answer_tip": Effect("housekeeping", "app.cases.jobs.answer_tip", discreet=True),
    "tips.inspect_file": Effect("routing", "app.tips.jobs.inspect_file", discreet=True),
    "mail.deliver": Effect("mail", "app.mail.jobs.deliver"),
}
"""Outbox topic → effect. A service promises an effect by one of these names."""

WARM_UP = ("app.routing.service.warm_up",)
"""What a worker builds before it forks, so that not each job has to."""

CRON = (
    ("outbox.sweep", 15),
    ("vault.rotate", 3600),
    ("members.send_notices", 300),
    ("members.send_daily_notices", 600),
    ("tickets.watch_moves", 300),
    ("learning.train", 3600),
    ("tips.retain", 3600),
    ("cases.reclaim", 3600),
    ("cases.warn", 3600),
    ("cases.expire_identities", 300),
    ("cases.match_tips", 3600),
    ("problems.tidy", 3600),
)
"""Job name, seconds between two runs."""

JOB_TIMEOUT = 300
LONG_JOBS = {
    "cases.reclaim": 3 * 3600,
    "learning.train": 3600,
    "learning.train_now": 3600,
    "learning.teach": 3600,
}
"""Seconds for jobs that may take longer than JOB_TIMEOUT."""

KEEP_RESULT = 60
KEEP_FAILURE = 24 * 3600
DOORBELL_TTL = 30
TWO_DAYS = 2 * 24 * 3600
MAX_WAIT_FOR_REDIS = 5.0
LONGEST_WARM_UP = 15


class JobFailedError(Exception):
    """A job failed; the message is the fault's id in the log, and nothing else."""


def connection() -> Redis:
    """A client of the configured Redis or Valkey."""
    client: Redis = current_app.extensions["redis"]
    return client


def init_app(app: Flask) -> None:
    """Open the client (it connects on first use)."""
    app.extensions["redis"] = Redis.from_url(
        app.config["SETTINGS"].redis_url or "redis://127.0.0.1:6379/0",
        socket_connect_timeout=2,
        health_check_interval=30,
    )


def run_job(name: str, arguments: dict[str, Any]) -> None:
    """RQ's door: run the job of that name inside an application context.

    RQ writes an exception's text and traceback to Redis, so what leaves here is an error
    that holds only the fault's id; the log keeps the type and the place, without values.
    """
    fault = None
    with current_app._get_current_object().app_context():  # type: ignore[attr-defined]
        try:
            import_string(JOBS[name])(**arguments)
        except Exception:
            fault = uuid4().hex[:12]
            log.exception("job.failed", extra={"job": name, "fault": fault})
        finally:
            db.session.remove()
    if fault:
        raise JobFailedError(fault)


def _queue(name: str) -> Queue:
    return Queue(name, connection=connection(), serializer=JSONSerializer)


def enqueue(name: str, queue: str, **arguments: str | int) -> Job:
    """Put a job into an RQ queue. Arguments are names and ids, never content."""
    if name not in JOBS:
        raise NotFoundError(name)
    return _queue(queue).enqueue_call(
        run_job,
        args=(name, arguments),
        timeout=LONG_JOBS.get(name, JOB_TIMEOUT),
        result_ttl=KEEP_RESULT,
        failure_ttl=KEEP_FAILURE,
        description=name,
    )


def ring(topic: str) -> None:
    """Ask for the outbox's topic to be drained, unless a doorbell already waits to be heard.

    The mark is deleted by the drain before it looks at the outbox, so an item committed
    after that look rings again; it expires by itself, so a lost job silences nothing.
    """
    if connection().set(f"rightdesk:doorbell:{topic}", 1, nx=True, ex=DOORBELL_TTL):
        enqueue("outbox.drain", EFFECTS[topic].queue, topic=topic)


def hear(topic: str) -> None:
    """Let the next ring of this topic through (called by the drain before it looks)."""
    connection().delete(f"rightdesk:doorbell:{topic}")


def count_up(name: str, seconds: int) -> int:
    """Count something in Redis; it begins anew `seconds` after the first."""
    with connection().pipeline() as pipe:
        pipe.set(name, 0, ex=seconds, nx=True)
        pipe.incr(name)
        return int(pipe.execute()[1])


def count_by_the_clock(name: str, seconds: int) -> int:
    """Count something in Redis until the clock's next multiple of `seconds`.

    So what is left of the count's life does not tell when something happened.
    """
    now = int(clock.now().timestamp())
    end = (now // seconds + 1) * seconds
    with connection().pipeline() as pipe:
        pipe.incr(f"{name}:{end}")
        pipe.expire(f"{name}:{end}", end - now)
        return int(pipe.execute()[0])


def is_first_on(day: date, name: str) -> bool:
    """True the first time that this is asked of a day: for what is done once a day."""
    return count_up(f"rightdesk:{name}:{day}", TWO_DAYS) == 1


def forget(name: str) -> None:
    """Begin a count anew."""
    connection().delete(name)


def job(name: str) -> Callable[..., Any]:
    """The function of a job, for a command that does it at once and without a worker.

    By name, so that what a job alone needs is imported where the job runs and nowhere else.
    """
    function: Callable[..., Any] = import_string(JOBS[name])
    return function


def effect(topic: str) -> Callable[..., None]:
    """The function that carries out a topic's items."""
    function: Callable[..., None] = import_string(EFFECTS[topic].function)
    return function


def batch_effect(topic: str) -> Callable[[Sequence[Mapping[str, Any]]], None] | None:
    """The function that carries out many items of a topic at once; None where there is none."""
    path = EFFECTS[topic].batch
    function: Callable[..., None] | None = import_string(path) if path else None
    return function


def connect() -> Redis:
    """A client of its own for a long-lived process: it waits as long as RQ asks it to."""
    return Redis.from_url(current_app.config["SETTINGS"].redis_url)


def warm_up() -> None:
    """Load and build in this process what a forked job would need at once.

    A job can do all of it by itself, so whatever fails here is left to it, and so is what only
    long jobs need: scikit-learn is no guest of a process that forks all day.
    """
    paths = [path for name, path in JOBS.items() if name not in LONG_JOBS]
    paths += WARM_UP
    paths += [path for e in EFFECTS.values() for path in (e.function, e.batch) if path]
    try:
        functions = {path: import_string(path) for path in paths}
        for path in WARM_UP:
            functions[path]()
    except Exception as error:
        log.warning("worker.not_warm", extra={"kind": type(error).__name__})
        db.session().invalidate()  # a connection that was cut off in its work is of no more use
    finally:
        db.session.remove()


class _HorseWorker(Worker):
    """RQ's forking worker; the child must not use the parent's database connections."""

    max_connection_wait_time = MAX_WAIT_FOR_REDIS

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        # A database that hangs must hang a job, which is ended in time, and never the worker.
        too_long = self.death_penalty_class(LONGEST_WARM_UP, JobTimeoutException, job_id=job.id)
        with suppress(JobTimeoutException), too_long:
            warm_up()
        super().fork_work_horse(job, queue)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        gc.freeze()  # what the parent has built is not looked through, and so not copied
        db.engine.dispose(close=False)
        super().main_work_horse(job, queue)


def run_worker(*, burst: bool = False) -> None:
    """Work RQ's queues until told to stop."""
    client = connect()
    worker = _HorseWorker(
        [Queue(name, connection=client, serializer=JSONSerializer) for name in QUEUES],
        connection=client,
        serializer=JSONSerializer,
        log_job_description=False,
        default_result_ttl=KEEP_RESULT,
    )
    worker.work(burst=burst, logging_level="WARNING")


class _JsonCronJob(CronJob):
    """A cron entry that enqueues with our serializer; RQ's own writes pickle."""

    def enqueue(self, connection: Redis) -> Job:  # noqa: ARG002 (RQ passes it; ours is the same)
        return enqueue(self.name, self.queue_name)


class _Scheduler(CronScheduler):
    """RQ's cron scheduler over the table above."""

    def register_table(self) -> None:
        for name, seconds in CRON:
            entry = _JsonCronJob(
                queue_name="housekeeping",
                func=run_job,
                interval=seconds,
                name=name,
            )
            self._cron_jobs.append(entry)


def run_scheduler() -> None:
    """Enqueue the cron table's jobs until told to stop."""
    scheduler = _Scheduler(connection=connect(), logging_level=logging.WARNING)
    scheduler.register_table()
    scheduler.start()  # type: ignore[no-untyped-call]  # RQ leaves it untyped


def workers_alive() -> int:
    """How many workers have sent a heartbeat lately."""
    return Worker.count(connection=connection())


def schedulers_alive() -> int:
    """How many cron schedulers have sent a heartbeat lately."""
    return len(CronScheduler.all(connection()))
