"""Logs that hold no identity and no content.

A record is one JSON line: an event name, fields, and for an error its type and the places it
passed through. The words of exceptions are left out: they quote what people entered. What
other libraries log is kept only as a constant name, for the same reason.
"""

import json
import logging
import sys
import time
import traceback
from types import TracebackType

from flask import Flask, Response, g, has_request_context, request

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OURS = ("app.", "rightdesk")


def _places(tb: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(tb)
    return [f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}:{frame.name}" for frame in frames]


class JsonFormatter(logging.Formatter):
    """One line of JSON for each record."""

    def format(self, record: logging.LogRecord) -> str:
        """Event, level, time and fields; never an exception's own words."""
        line: dict[str, object] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "event": self._event(record),
            "logger": record.name,
        }
        line |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if has_request_context() and "request_id" in g:
            line["request"] = g.request_id
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            if not (has_request_context() and is_quiet()):
                line["places"] = _places(record.exc_info[2])
        return json.dumps(line, default=lambda value: type(value).__name__)

    def _event(self, record: logging.LogRecord) -> str:
        if record.name.startswith(_OURS):
            return str(record.msg)
        # A library's template holds no values; what it would be filled with may be anything.
        template = str(record.msg).split("\n", 1)[0][:120]
        return template if record.args else f"{record.name.split('.')[0]}.message"


def configure(level: str) -> None:
    """Send every logger of this process through the formatter, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("rq", "rq.worker", "rq.cron", "rq.cron.scheduler", "gunicorn.error"):
        library = logging.getLogger(name)
        library.handlers[:] = []
        library.propagate = True
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("rq").setLevel(logging.WARNING)


def keep_quiet() -> None:
    """Leave this request out of the log: it has turned out to be a source's."""
    g.quiet = True


def is_quiet() -> bool:
    """True for a request of a source: neither where it went nor what it ran through is logged."""
    return (request.endpoint or "").startswith("tip_line.") or bool(g.get("quiet", False))


def init_app(app: Flask) -> None:
    """Log each request by its endpoint, never by its address: addresses hold private links.

    Requests to the tip line are not logged at all: neither that they came, nor when.
    """

    @app.before_request
    def begin() -> None:
        g.request_id = f"{time.monotonic_ns():x}"[-12:]
        g.begun = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        if is_quiet() or endpoint in ("static", "health.live"):
            return response
        logging.getLogger("rightdesk.request").info(
            "request",
            extra={
                "endpoint": endpoint,
                "method": request.method,
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.begun) * 1000),
            },
        )
        return response
