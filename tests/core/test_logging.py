"""Logs: events and places, never words."""

import json
import logging

import pytest

from app.core.logging import JsonFormatter


def _format(
    name: str, message: str, *args: object, exc: BaseException | None = None, **extra
) -> dict:
    logger = logging.getLogger(name)
    info = (type(exc), exc, exc.__traceback__) if exc else None
    record = logger.makeRecord(name, logging.ERROR, "f.py", 1, message, args, info, extra=extra)
    return json.loads(JsonFormatter().format(record))


def _raised() -> ValueError:
    try:
        int("CANARY")
    except ValueError as error:
        return error
    raise AssertionError


def test_our_events_keep_their_fields() -> None:
    line = _format("app.outbox.service", "outbox.failed", topic="mail.deliver")
    assert line["event"] == "outbox.failed"
    assert line["topic"] == "mail.deliver"


def test_an_error_is_its_type_and_places_without_its_words() -> None:
    line = _format("app.core.error_pages", "fault", exc=_raised())
    assert line["error"] == "ValueError"
    assert line["places"]
    assert "CANARY" not in json.dumps(line)


@pytest.mark.parametrize(
    ("message", "args"),
    [("Error handling request %s", ("/help/ticket/CANARY",)), ("CANARY in an f-string", ())],
)
def test_what_libraries_fill_in_is_left_out(message: str, args: tuple[object, ...]) -> None:
    assert "CANARY" not in json.dumps(_format("gunicorn.error", message, *args))


def test_requests_are_logged_by_endpoint_and_those_of_the_tip_line_not_at_all(
    client, caplog
) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/help")
        client.get("/tip")
        client.get("/help/ticket/SECRETTOKEN")
    records = [r for r in caplog.records if r.name == "rightdesk.request"]
    assert [r.endpoint for r in records] == ["front.help_form", "front.ticket"]
    assert not any("SECRETTOKEN" in str(vars(r)) for r in records)
