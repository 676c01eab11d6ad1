"""Parts are killed for real; every ticket is still routed once, and mailed once."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from uuid import uuid4

import psutil
import pytest
from aiosmtpd.controller import Controller
from flask.testing import FlaskClient
from pages import TICKET, Visitor
from sqlalchemy import func, select, text
from stack import Postbox, Stack, free_port, running_stack, wait_until

from app.core import background
from app.extensions import db
from app.mail.models import Mail
from app.outbox.models import OutboxItem
from app.routing.models import DecisionRecord
from app.tickets.models import Ticket
from app.tips import service as tips

A_MINUTE = 60
SENT_AWAY = "The comptroller told us to use Vendex instead of PASSPort."


@pytest.fixture
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("crash")) as stack:
        yield stack


class LatePostbox(Postbox):
    """Hangs at the last moment: it has the whole mail, and has not yet said that it takes it."""

    def __init__(self) -> None:
        super().__init__()
        self.hang = False
        self.hanging = 0

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self.hanging += 1
        try:
            while self.hang:
                await asyncio.sleep(0.02)
        finally:  # also when the sender is gone: then the server drops the mail
            self.hanging -= 1
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def late_postbox() -> Iterator[tuple[LatePostbox, str]]:
    """A mail server that can hang after the mail's last byte, and its address."""
    postbox, port = LatePostbox(), free_port()
    server = Controller(postbox, hostname="127.0.0.1", port=port)
    server.start()
    yield postbox, f"smtp://127.0.0.1:{port}"
    postbox.hang = False
    server.stop()


def _counts(stack: Stack) -> dict[str, int]:
    with stack.app.app_context():
        counts = {
            table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Ticket, DecisionRecord, Mail, OutboxItem)
        }
        routed = select(func.count()).where(Ticket.queue_code.is_not(None))
        sent = select(func.count()).where(Mail.sent_at.is_not(None))
        return counts | {
            "routed": db.session.scalar(routed) or 0,
            "sent": db.session.scalar(sent) or 0,
        }


def _everything_is_done_once(stack: Stack, tickets: int, tips: int = 0) -> bool:
    wanted = dict.fromkeys(("ticket", "mail", "routed", "sent"), tickets)
    return _counts(stack) == wanted | {"decision": tickets + tips, "outbox_item": 0}


def test_redis_may_die_or_forget_between_the_commit_and_the_job(stack: Stack) -> None:
    stack.engines.valkey.kill()
    vendor = Visitor(FlaskClient(stack.app, stack.app.response_class))
    answer = vendor.send("/help", TICKET | {"mail": "dead@vendor.example"})
    assert answer.status_code == 303, "the ticket is taken while Redis is dead"

    stack.engines.valkey.start()
    stack.file_ticket("flushed@vendor.example")
    with stack.app.app_context():
        background.connection().flushall()

    stack.flask("worker")
    stack.flask("scheduler")
    wait_until(lambda: _everything_is_done_once(stack, 2), A_MINUTE, "both routed and mailed")
    for address in ("dead@vendor.example", "flushed@vendor.example"):
        assert stack.postbox.count(address) == 1


def test_redis_may_die_under_workers_that_run(stack: Stack) -> None:
    worker, scheduler = stack.flask("worker"), stack.flask("scheduler")
    token = stack.file_ticket("before@vendor.example")
    wait_until(lambda: stack.is_routed(token), A_MINUTE, "the first ticket is routed")
    stack.engines.valkey.kill()
    stack.file_ticket("during@vendor.example")
    stack.engines.valkey.start()

    def revive_and_look() -> bool:
        # What a supervisor does: a process that ended is started again.
        for process, name in ((worker, "worker"), (scheduler, "scheduler")):
            if process.poll() is not None and len(stack.processes) < 8:
                stack.flask(name)
        return _everything_is_done_once(stack, 2)

    wait_until(revive_and_look, A_MINUTE, "the second ticket is routed and mailed")
    assert stack.postbox.count("during@vendor.example") == 1


def test_workers_may_be_killed_in_the_middle_of_routing_and_of_mailing(
    stack: Stack, late_postbox: tuple[LatePostbox, str]
) -> None:
    postbox, address_of_mail = late_postbox
    postbox.hang = True
    workers = [stack.flask("worker", SMTP_URL=address_of_mail) for _ in range(3)]
    stack.flask("scheduler")
    stack.file_ticket("mailing@vendor.example")
    wait_until(lambda: postbox.hanging > 0, A_MINUTE, "a worker hangs while mailing")

    with stack.app.app_context(), db.engine.connect() as holder:
        holder.execute(text("LOCK TABLE referral IN EXCLUSIVE MODE"))
        stack.file_ticket("routing@vendor.example", SENT_AWAY)
        tips.file_tip(tips.TipFiling(uuid4(), SENT_AWAY))
        blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")

        def both_wait() -> bool:
            with db.engine.connect() as observer:
                return observer.scalar(blocked) == 2

        wait_until(both_wait, A_MINUTE, "a ticket and a tip are in the middle of routing")
        for worker in workers:
            stack.kill(worker)
        holder.rollback()
    # A server that does not yet know its sender is dead would take the mail after all.
    wait_until(lambda: postbox.hanging == 0, A_MINUTE, "the server sees that its sender is gone")
    assert postbox.accepted == []

    postbox.hang = False
    stack.flask("worker", SMTP_URL=address_of_mail)
    wait_until(lambda: _everything_is_done_once(stack, 2, 1), A_MINUTE, "all routed and mailed")
    for address in ("mailing@vendor.example", "routing@vendor.example"):
        assert postbox.count(address) == 1


def test_a_worker_may_be_killed_in_the_middle_of_a_batch(stack: Stack) -> None:
    many = 12
    for number in range(many):
        stack.file_ticket(f"{number}@vendor.example", SENT_AWAY)
    with stack.app.app_context(), db.engine.connect() as holder:
        holder.execute(text("LOCK TABLE referral IN EXCLUSIVE MODE"))
        worker = stack.flask("worker")
        blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")

        def waits() -> bool:
            with db.engine.connect() as observer:
                return observer.scalar(blocked) == 1

        wait_until(waits, A_MINUTE, "all are in the middle of being routed")
        stack.kill(worker)
        holder.rollback()
    counts = _counts(stack)
    assert (counts["routed"], counts["decision"], counts["outbox_item"]) == (0, 0, many)
    stack.flask("worker")
    stack.flask("scheduler")
    wait_until(lambda: _everything_is_done_once(stack, many), A_MINUTE, "all routed and mailed")
    for number in range(many):
        assert stack.postbox.count(f"{number}@vendor.example") == 1


def test_a_job_that_outlives_its_killed_worker_is_not_done_again(
    stack: Stack, late_postbox: tuple[LatePostbox, str]
) -> None:
    postbox, address_of_mail = late_postbox
    postbox.hang = True
    worker = stack.flask("worker", SMTP_URL=address_of_mail)
    stack.file_ticket("orphan@vendor.example")
    wait_until(lambda: postbox.hanging > 0, A_MINUTE, "the worker hangs while mailing")
    (horse,) = psutil.Process(worker.pid).children()
    worker.kill()
    worker.wait()
    try:
        stack.flask("worker", SMTP_URL=address_of_mail)
        stack.flask("scheduler")
        stack.file_ticket("next@vendor.example")
        wait_until(lambda: _counts(stack)["routed"] == 2, A_MINUTE, "the new worker works")
        assert horse.is_running()
        postbox.hang = False
        wait_until(lambda: _everything_is_done_once(stack, 2), A_MINUTE, "both mailed")
        wait_until(lambda: not horse.is_running(), A_MINUTE, "the job ends by itself")
    finally:
        with suppress(psutil.NoSuchProcess):
            horse.kill()
    for address in ("orphan@vendor.example", "next@vendor.example"):
        assert postbox.count(address) == 1
