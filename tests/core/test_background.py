"""What RQ is given: names, never content, never pickle."""

import json
import zlib

import pytest
from rq import Worker
from sqlalchemy import text
from werkzeug.utils import import_string

from app.core import background
from app.extensions import db
from app.registry import service as registry


def test_a_job_is_json_and_names_a_topic_only(app) -> None:
    background.ring("mail.deliver")
    connection = background.connection()
    [key] = [k for k in connection.scan_iter("rq:job:*") if b":" not in k.removeprefix(b"rq:job:")]
    job = connection.hgetall(key)
    assert job[b"description"] == b"outbox.drain"
    function, _instance, arguments, _kwargs = json.loads(zlib.decompress(job[b"data"]))
    assert function == "app.core.background.run_job"
    assert arguments == ["outbox.drain", {"topic": "mail.deliver"}]


def test_every_name_leads_to_a_function() -> None:
    for path in (*background.JOBS.values(), *(e.function for e in background.EFFECTS.values())):
        assert callable(import_string(path))
    for effect in background.EFFECTS.values():
        assert effect.queue in background.QUEUES
        assert not effect.batch or callable(import_string(effect.batch))
    for name, seconds in background.CRON:
        assert name in background.JOBS
        assert seconds > 0


def test_a_worker_has_ready_what_its_jobs_go_by(app) -> None:
    registry.queries._built.clear()
    background.warm_up()
    assert registry.queries._built


def test_a_worker_works_on_when_it_cannot_get_ready(app, monkeypatch, caplog) -> None:
    def fail() -> None:
        raise ValueError("CANARY")

    monkeypatch.setattr("app.routing.service.warm_up", fail)
    background.warm_up()
    [record] = [r for r in caplog.records if r.msg == "worker.not_warm"]
    assert "CANARY" not in str(vars(record))


def test_a_database_that_hangs_does_not_hang_the_worker(app, monkeypatch, caplog) -> None:
    monkeypatch.setattr(background, "LONGEST_WARM_UP", 1)
    forked = []
    monkeypatch.setattr(Worker, "fork_work_horse", lambda self, job, queue: forked.append(job.id))
    queue = background._queue("routing")
    job = background.enqueue("outbox.sweep", "routing")
    worker = background._HorseWorker([queue], connection=background.connection())
    with db.engine.connect() as holder:
        holder.execute(text("LOCK TABLE rule_revision IN ACCESS EXCLUSIVE MODE"))
        worker.fork_work_horse(job, queue)
        holder.rollback()
    assert forked == [job.id]
    assert [r.kind for r in caplog.records if r.msg == "worker.not_warm"] == ["JobTimeoutException"]
    background.warm_up()
    assert len([r for r in caplog.records if r.msg == "worker.not_warm"]) == 1, "it goes on"


def test_a_failing_job_leaves_its_words_nowhere(app, monkeypatch, caplog) -> None:
    def fail() -> None:
        raise ValueError("CANARY words of a tip")

    monkeypatch.setattr("app.outbox.jobs.sweep", fail)
    with pytest.raises(background.JobFailedError) as caught:
        background.run_job("outbox.sweep", {})
    assert "CANARY" not in str(caught.value)
    assert caught.value.__cause__ is None
    [record] = [r for r in caplog.records if r.msg == "job.failed"]
    assert record.fault == str(caught.value)


def test_the_cron_table_enqueues_our_kind_of_job(app) -> None:
    scheduler = background._Scheduler(connection=background.connection())
    scheduler.register_table()
    scheduler.enqueue_jobs()
    jobs = background._queue("housekeeping").jobs
    assert [job.args for job in jobs] == [[name, {}] for name, _seconds in background.CRON]
