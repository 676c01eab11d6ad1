"""What a thief of the database, Redis, the logs or the disk finds of those who report: nothing."""

import base64
import sys
import zlib
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener
from uuid import uuid4

import psycopg
import pytest
from pages import TICKET, Visitor, hidden_fields
from psycopg import sql
from redis import Redis
from sqlalchemy import func, select
from stack import Stack, free_port, running_stack, wait_until

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.outbox.models import OutboxItem
from app.tips import service as tips
from app.tips.models import Tip
from app.vault.models import SealedRecord

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


class WebClient:
    """A browser's part over real HTTP: cookies, forms, redirects not followed."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = build_opener(HTTPCookieProcessor(), _StayHere())

    def get(self, path: str) -> SimpleNamespace:
        """Fetch a page."""
        return self._send(Request(self._address + path))

    def post(self, path: str, data: dict[str, str], **_ignored: object) -> SimpleNamespace:
        """Send a form."""
        return self._send(Request(self._address + path, urlencode(data).encode()))

    def _send(self, request: Request) -> SimpleNamespace:
        try:
            answer = self._opener.open(request, timeout=20)
        except HTTPError as error:
            answer = error
        with answer:
            text = answer.read().decode()
            return SimpleNamespace(status_code=answer.status, text=text, headers=answer.headers)


class _StayHere(HTTPRedirectHandler):
    def redirect_request(self, *_request: object) -> None:
        return None


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack through which canaries have been filed, routed and mailed, with failures."""
    with running_stack(tmp_path_factory.mktemp("canary")) as stack:
        port = free_port()
        stack.start(
            *(sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.py"),
            *("-b", f"127.0.0.1:{port}", "wsgi:app"),
            KEYS_DIR="",
        )
        visitor = Visitor(WebClient(f"http://127.0.0.1:{port}"))
        wait_until(lambda: _answers(visitor), 60, "the web server answers")
        _fail(stack)
        _file_everything(visitor)
        stack.flask("worker")
        stack.flask("scheduler")
        wait_until(lambda: _is_carried_out(stack), 60, "everything but the failures is done")
        yield stack


def _answers(visitor: Visitor) -> bool:
    try:
        return visitor.client.get("/readyz").status_code == 200
    except URLError:
        return False


def _fail(stack: Stack) -> None:
    """File a ticket and a tip that cannot be opened, so that their jobs fail."""
    with stack.app.app_context():
        stack.file_ticket(MAIL, TICKET_TEXT)
        tips.file_tip(tips.TipFiling(uuid4(), TIP_TEXT, contact=TIP_CONTACT))
        with unit_of_work():
            for record in db.session.scalars(select(SealedRecord)):
                record.body = record.body[:-1] + bytes([record.body[-1] ^ 1])


def _file_everything(visitor: Visitor) -> None:
    identity = {"name": NAME, "mail": MAIL, "phone": PHONE, "text": TICKET_TEXT}
    visitor.file_ticket(**identity)
    visitor.send("/help", TICKET | identity | {"mail": "no address"})
    words = visitor.file_tip(TIP_TEXT, contact=TIP_CONTACT)
    visitor.send("/tip", {"text": TIP_TEXT, "csrf_token": "stale"})
    page = visitor.come_back(words).text
    visitor.client.post("/tip/add", data=hidden_fields(page) | {"text": ADDITION})
    RECEIPTS.append(words)


RECEIPTS: list[str] = []


def _is_carried_out(stack: Stack) -> bool:
    with stack.app.app_context():
        waiting = list(db.session.scalars(select(OutboxItem)))
        routed = db.session.scalar(select(func.count()).where(Tip.queue_code.is_not(None)))
        return routed == 1 and bool(waiting) and all(item.last_error for item in waiting)


def test_the_canaries_really_went_through(stack: Stack) -> None:
    assert stack.postbox.count(MAIL) >= 1
    assert found_in(stack.postbox.accepted[0][1] + MAIL.encode(), (MAIL,)) == [MAIL]
    assert found_in(base64.b64encode(b"x" + TIP_TEXT.encode()), (TIP_TEXT,)) == [TIP_TEXT]


def test_the_database_holds_no_identity_and_no_tip(stack: Stack) -> None:
    address = stack.settings.database_url.replace("postgresql+psycopg", "postgresql")
    dump = bytearray()
    with psycopg.connect(address) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (table,) in tables:
            query = sql.SQL("COPY (SELECT t::text FROM {} t) TO STDOUT").format(
                sql.Identifier(table)
            )
            with connection.cursor().copy(query) as rows:
                for piece in rows:
                    dump += bytes(piece)
    assert TICKET_TEXT.encode() in dump, "the ticket's text is there, so the dump is real"
    assert found_in(bytes(dump), IDENTITIES + TIPS) == []


def test_redis_holds_no_content_at_all(stack: Stack) -> None:
    client = Redis.from_url(stack.settings.redis_url)
    seen = bytearray()
    for key in client.scan_iter():
        seen += key + b"\n"
        if client.type(key) == b"hash":
            for name, value in client.hgetall(key).items():
                seen += name + b" " + value + b"\n" + _inflated(value) + b"\n"
        else:
            seen += client.dump(key) or b""
    assert b"rq:" in seen
    assert found_in(bytes(seen), (*IDENTITIES, *TIPS, TICKET_TEXT, "ostrichfarm")) == []


def _inflated(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error:
        return b""


def test_no_log_holds_content_or_the_tip_line(stack: Stack) -> None:
    log = stack.log.read_bytes()
    assert b"outbox.failed" in log, "the failures were logged"
    assert b"front.file_ticket" in log, "requests were logged"
    assert b"tip_line" not in log
    assert b"/tip" not in log
    assert found_in(log, (*IDENTITIES, *TIPS, TICKET_TEXT, "ostrichfarm")) == []


def test_no_file_on_disk_holds_an_identity_or_a_tip(stack: Stack) -> None:
    found = {
        str(path.relative_to(stack.folder)): canaries
        for path in stack.folder.rglob("*")
        if path.is_file() and (canaries := found_in(path.read_bytes(), IDENTITIES + TIPS))
    }
    assert found == {}


def test_the_receipt_is_nowhere(stack: Stack) -> None:
    words = RECEIPTS[0]
    for path in stack.folder.rglob("*"):
        if path.is_file():
            assert found_in(path.read_bytes(), (words, words.replace(" ", "-"))) == []
