"""What a thief of the database, Redis, the logs or the disk finds of those who report: nothing."""

import base64
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from pages import TICKET, Visitor, hidden_fields
from redis import Redis
from sqlalchemy import func, select
from stack import Stack, running_stack, wait_until

from app.core import background
from app.extensions import db
from app.outbox.models import OutboxItem
from app.tips.models import Tip

pytestmark = pytest.mark.xdist_group("crash")

NAME = "Zebedee Quillfeather"
MAIL = "quillfeather@canary-vendor.example"
PHONE = "917-555-0142-77"
TICKET_TEXT = "Ticketcanary ostrichfarm: I cannot log in to PASSPort."
TIP_TEXT = "Tipcanary flamingohouse: a kickback was paid for the paving order."
TIP_CONTACT = "Tipcontact pelicanstreet 11, Petunia Drumwhistle"
ADDITION = "Additioncanary heronbridge: it happened again."
IDENTITIES = (NAME, "Quillfeather", MAIL, PHONE, TIP_CONTACT, "Drumwhistle")
TIPS = (TIP_TEXT, "flamingohouse", ADDITION, "heronbridge")


def forms_of(canary: str) -> list[bytes]:
    """How a text may stand in a file."""
    raw = canary.encode()
    return [
        raw,
        raw.lower(),
        canary.encode("utf-16-le"),
        raw.hex().encode(),
        quote(canary).encode(),
        # Base64 of the middle of the text, for each way it may fall on groups of three.
        *(base64.b64encode(raw[shift:])[4:-4] for shift in range(3)),
    ]


def found_in(data: bytes, canaries: tuple[str, ...]) -> list[str]:
    """The canaries that the data hold in some form."""
    lower = data.lower()
    return [
        canary
        for canary in canaries
        if any(len(form) > 5 and (form in data or form in lower) for form in forms_of(canary))
    ]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack through which canaries have been filed, routed and mailed, with a failure each."""
    with running_stack(tmp_path_factory.mktemp("canary")) as stack:
        port = "8199"
        web = stack.start(
            *(stack_python(), "-m", "gunicorn", "-c", "deploy/gunicorn.py"),
            *("-b", f"127.0.0.1:{port}", "--check-config", "wsgi:app"),
            KEYS_DIR="",
        )
        assert web.wait(60) == 0
        stack.flask("worker")
        stack.flask("scheduler")
        _file_everything(stack)
        yield stack


def stack_python() -> str:
    """The interpreter of the tests."""
    import sys

    return sys.executable


def _file_everything(stack: Stack) -> None:
    pass
