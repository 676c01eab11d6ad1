"""Tickets a second, end to end through RQ, in a burst: `python -m bench.burst [--tickets N]`.

The tickets are filed, their routing promised, the workers idle. The clock starts with the
doorbell and stops when the last ticket is in its queue, sealed to its desk, its mail promised.
"""

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

import psutil
from sqlalchemy import delete, func, select

from app.accounts import service as accounts
from app.accounts.models import RoleName
from app.core import background, clock
from app.core.unit_of_work import unit_of_work
from app.embedded import Engines
from app.extensions import db
from app.members import service as members
from app.outbox import service as outbox
from app.outbox.models import OutboxItem
from app.registry import queries as registry
from app.routing import queries as routing
from app.routing.decide import decide
from app.routing.model import Facts
from app.routing.models import ReferralRecord
from app.tickets import service as tickets
from app.tickets.models import Ticket
from bench import one_job_each
from bench.burst_texts import TEXTS
from bench.stack import FLASK, prepared, running

TOPIC = "tickets.route"
PASSWORD, PASSPHRASE = "a long password", "orbit velvet cactus lantern"
TOGETHER = 50
WORKERS = 2
COMPARED = (
    ("one forking worker", "fork", 1),
    ("two forking workers", "fork", 2),
    ("in one process", "simple", 1),
)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=5000)
    parser.add_argument("--compared", type=int, default=200, help="with one RQ job each")
    wanted = parser.parse_args()
    with prepared() as (app, engines), app.app_context():
        bench_burst(engines, wanted.tickets, wanted.compared)


def bench_burst(engines: Engines, many: int = 5000, compared: int = 200) -> None:
    """Route a burst as Rightdesk does it, then a few tickets with one RQ job for each."""
    _join_desks()
    _file(many)
    with running(*FLASK, "worker", times=WORKERS) as workers:
        _wait(lambda: background.workers_alive() == WORKERS)
        used = _processor_time([engines.postgres.pid, engines.valkey.pid, *_pids(workers)])
        background.hear(TOPIC)
        begun = time.perf_counter()
        background.ring(TOPIC)
        _wait(lambda: _unrouted() == 0)
        taken = time.perf_counter() - begun
        used = _processor_time([engines.postgres.pid, engines.valkey.pid, *_pids(workers)]) - used
    _say(f"route {many:,} tickets, two workers (goal 1,000/s)", many / taken)
    _print("  processor time of each, in all processes", used / many * 1000)
    _print("  of which decide", _time_decide())
    referrals = db.session.scalar(select(func.count()).select_from(ReferralRecord))
    print(f"{'  referrals found':<50}{referrals:>10,}")
    for what, kind, workers in COMPARED if compared else ():
        _say(f"one RQ job for each ticket, {what}", _one_job_each(kind, workers, compared))


def _join_desks() -> None:
    """Give every desk a key, so that contacts are sealed to it; a custodian gets a copy too."""
    every = [queue.code for queue in registry.list_queues()]
    lead = accounts.create_user("lead@bench.example", "Lea", PASSWORD, [RoleName.AGENT], every)
    guard = accounts.create_user("guard@bench.example", "Gus", PASSWORD, [RoleName.CUSTODIAN])
    for member in (lead, guard):
        members.set_passphrase(member, PASSPHRASE)
    for topic in ("tickets.settle", "tips.settle"):
        outbox.drain(topic)


def _file(many: int) -> None:
    """File tickets by the same act as everybody's, while no bell is heard."""
    background.connection().set(f"rightdesk:doorbell:{TOPIC}", 1)
    for start in range(0, many, TOGETHER):
        with unit_of_work():
            for number in range(start, min(start + TOGETHER, many)):
                text = TEXTS[number % len(TEXTS)].format(number=240_000 + number)
                mail = f"{number}@vendor.example"
                filing = tickets.Filing(uuid4(), text, "Company", "Rosa Delgado", mail)
                tickets.file_ticket(filing)
        db.session.expunge_all()


def _unrouted() -> int:
    waiting = select(func.count()).where(Ticket.decision_id.is_(None))
    left = db.session.scalar(waiting) or 0
    db.session.rollback()
    return left


def _wait(done: Callable[[], bool]) -> None:
    while not done():
        time.sleep(0.05)


def _one_job_each(kind: str, workers: int, many: int) -> float:
    _file(many)
    with unit_of_work():
        db.session.execute(delete(OutboxItem).filter_by(topic=TOPIC))
    ids = list(db.session.scalars(select(Ticket.id).where(Ticket.decision_id.is_(None))))
    db.session.rollback()
    alive = background.workers_alive()
    command = [sys.executable, "-m", "bench.one_job_each", kind]
    with running(*command, times=workers):
        _wait(lambda: background.workers_alive() == alive + workers)
        begun = time.perf_counter()
        one_job_each.enqueue(ids)
        _wait(lambda: _unrouted() == 0)
        return len(ids) / (time.perf_counter() - begun)


def _pids(processes: list) -> list[int]:
    return [process.pid for process in processes]


def _processor_time(pids: list[int]) -> float:
    """Seconds that processes, their children, and those that have ended have worked.

    Children first: one that ends meanwhile is counted with its parent.
    """
    family = [psutil.Process(pid) for pid in pids]
    children = [child for process in family for child in process.children(recursive=True)]
    seconds = 0.0
    for process in (*reversed(children), *family):
        with suppress(psutil.NoSuchProcess):
            seconds += sum(process.cpu_times()[:4])
    return seconds


def _time_decide() -> float:
    guide, today = routing.get_current_guide(), clock.today()
    texts, begun = TEXTS * 20, time.process_time()
    for text in texts:
        decide(text, Facts(), guide, today)
    return (time.process_time() - begun) / len(texts) * 1000


def _say(what: str, rate: float) -> None:
    print(f"{what:<50}{rate:>10,.0f} /s")


def _print(what: str, milliseconds: float) -> None:
    print(f"{what:<50}{milliseconds:>10.2f} ms")


if __name__ == "__main__":
    main()
