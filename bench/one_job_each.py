"""One RQ job for each ticket, for comparison: `python -m bench.one_job_each fork|simple`."""

import sys
from functools import cache

from flask import Flask
from rq import Queue, SimpleWorker, Worker
from rq.serializers import JSONSerializer

from app import create_app
from app.core import background
from app.extensions import db
from app.tickets import dispatch
from config import load_settings

NAME = "one-job-each"


@cache
def _app() -> Flask:
    return create_app(load_settings())


def route(ticket_id: int) -> None:
    """The job: route one ticket."""
    with _app().app_context():
        dispatch.route_ticket(ticket_id)


class _HorseWorker(Worker):
    def main_work_horse(self, job, queue) -> None:
        with _app().app_context():
            db.engine.dispose(close=False)
        super().main_work_horse(job, queue)


def enqueue(ticket_ids: list[int]) -> None:
    """Put a job for each ticket into the queue."""
    queue = _queue()
    for ticket_id in ticket_ids:
        queue.enqueue_call(route, args=(ticket_id,), result_ttl=0)


def _queue() -> Queue:
    return Queue(NAME, connection=background.connect(), serializer=JSONSerializer)


def work(kind: str) -> None:
    """Work the queue until told to stop, in a fork for each job or in this process."""
    with _app().app_context():
        background.warm_up()
        queue = _queue()
        worker = {"fork": _HorseWorker, "simple": SimpleWorker}[kind]
        worker([queue], connection=queue.connection, serializer=JSONSerializer).work(
            logging_level="ERROR"
        )


if __name__ == "__main__":
    work(sys.argv[1])
