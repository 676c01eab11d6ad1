"""What a thief of the database, Redis, the logs or the disk finds of those who report: nothing."""

import base64
import binascii
import sys
import zlib
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from urllib.error import HTTPError, URLError
from urllib.parse import quote, quote_plus, urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener
from uuid import uuid4

import psycopg
import pytest
from factories import make_agent, make_custodian, open_vault
from pages import TICKET, Visitor
from psycopg import sql
from redis import Redis
from sqlalchemy import func, select, text
from stack import Stack, free_port, running_stack, wait_until

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.outbox.models import OutboxItem
from app.registry import queries as registry
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
BREAKING = "Breakingcanary ostrichfarm: this ticket makes its job fail."
REFUSED = "Refusedcanary ostrichfarm: this ticket makes the request fail."
IDENTITIES = (NAME, "Quillfeather", MAIL, PHONE, TIP_CONTACT, "Drumwhistle")
TIPS = (TIP_TEXT, "flamingohouse", ADDITION, "heronbridge")
CONTENT = (*TIPS, TICKET_TEXT, BREAKING, REFUSED, "ostrichfarm")
INDISCREET = """
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'told %, %', NEW, (SELECT string_agg(body, ' ') FROM message); END $$;
CREATE TRIGGER tell BEFORE INSERT ON message FOR EACH ROW
WHEN (NEW.body LIKE 'Refused%') EXECUTE FUNCTION tell();
CREATE TRIGGER tell BEFORE UPDATE OF queue_code ON ticket FOR EACH ROW
WHEN (NEW.summary LIKE 'Breaking%') EXECUTE FUNCTION tell();
CREATE TRIGGER tell BEFORE UPDATE OF last_error ON outbox_item FOR EACH ROW
WHEN (NEW.topic = 'tickets.route' AND NEW.last_error IS NOT NULL) EXECUTE FUNCTION tell();
"""
"""Makes a request and a whole RQ job fail, each with an error that quotes what people wrote."""


def forms_of(canary: str) -> list[bytes]:
    """How a text may stand in a file."""
    raw = canary.encode()
    return [
        raw,
        raw.lower(),
        canary.encode("utf-16-le"),
        canary.encode("utf-16-be"),
        raw.hex().encode(),
        quote(canary).encode(),
        quote(canary).lower().encode(),
        quote_plus(canary).encode(),
        # Base64 of the text's whole groups of three, for each way it may fall on them.
        *(base64.b64encode(raw[shift : len(raw) - (len(raw) - shift) % 3]) for shift in range(3)),
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
        _staff(stack)
        _fail(stack)
        _file_everything(visitor)
        stack.flask("worker")
        stack.flask("scheduler")
        wait_until(lambda: _is_carried_out(stack), 60, "everything but the failures is done")
        _fail_indiscreetly(stack, visitor)
        yield stack


def _staff(stack: Stack) -> None:
    """A custodian and a member of every desk, each with a vault."""
    with stack.app.app_context():
        open_vault(make_custodian())
        open_vault(make_agent(*(queue.code for queue in registry.list_queues())))


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
    unsent = visitor.send("/help", TICKET | identity | {"text": f"{TICKET_TEXT}\n\n{TIP_TEXT}"})
    assert "Before this is sent" in unsent.text, "what it alleges is in that page alone"
    words = visitor.file_tip(TIP_TEXT, contact=TIP_CONTACT)
    visitor.send("/tip", {"text": TIP_TEXT, "csrf_token": "stale"})
    visitor.send("/tip/receipt", {"receipt": words})
    assert visitor.send("/tip/mailbox", {"text": ADDITION}).status_code == 303
    RECEIPTS.append(words)


def _fail_indiscreetly(stack: Stack, visitor: Visitor) -> None:
    """Let a request and an RQ job fail with content in the words of their errors."""
    with stack.app.app_context(), db.engine.begin() as connection:
        connection.execute(text(INDISCREET))
    identity = {"name": NAME, "mail": MAIL, "phone": PHONE}
    assert visitor.send("/help", TICKET | identity | {"text": REFUSED}).status_code == 500
    visitor.file_ticket(**identity, text=BREAKING)
    redis = Redis.from_url(stack.settings.redis_url)
    wait_until(lambda: bool(redis.zcard("rq:failed:routing")), 60, "RQ knows of a failed job")


RECEIPTS: list[str] = []


def _is_carried_out(stack: Stack) -> bool:
    with stack.app.app_context():
        waiting = list(db.session.scalars(select(OutboxItem)))
        routed = db.session.scalar(select(func.count()).where(Tip.queue_code.is_not(None)))
        return routed == 1 and bool(waiting) and all(item.last_error for item in waiting)


@pytest.mark.parametrize(
    "hide",
    [
        str.encode,
        lambda canary: canary.encode("utf-16-le"),
        lambda canary: canary.encode("utf-16-be"),
        lambda canary: canary.encode().hex().upper().encode(),
        lambda canary: quote(canary).encode(),
        lambda canary: urlencode({"text": canary}).encode(),
        lambda canary: base64.b64encode(canary.encode()),
        lambda canary: base64.b64encode(b"x" + canary.encode()),
        lambda canary: base64.b64encode(b"xy" + canary.encode()),
    ],
)
@pytest.mark.parametrize("canary", [*IDENTITIES, *TIPS])
def test_a_canary_is_seen_in_any_form(canary: str, hide: Callable[[str], bytes]) -> None:
    assert found_in(b"before " + hide(canary) + b" after", (canary,)) == [canary]


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


def _values(client: Redis, key: bytes) -> list[bytes]:
    """All that a key holds. Not by DUMP, which compresses: a canary in it would not be seen."""
    match client.type(key):
        case b"string":
            return [client.get(key)]
        case b"hash":
            return [part for pair in client.hgetall(key).items() for part in pair]
        case b"list":
            return client.lrange(key, 0, -1)
        case b"set" | b"none":  # none: it has ended since it was found
            return list(client.smembers(key))
        case b"zset":
            return client.zrange(key, 0, -1)
        case b"stream":
            entries = [fields for _id, fields in client.xrange(key)]
            return [part for fields in entries for pair in fields.items() for part in pair]
        case kind:
            raise AssertionError(f"{key!r} is a {kind!r}, which this test cannot read")


def _unpacked(value: bytes) -> bytes:
    """A value with what RQ may have packed into it: zlib in a job, base64 of zlib in a result."""
    seen = value
    for packed in (value, _unbased(value)):
        try:
            seen += b"\n" + zlib.decompress(packed)
        except zlib.error:
            seen += b"\n" + packed
    return seen


def _unbased(value: bytes) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        return b""


def test_the_reader_of_redis_sees_into_every_type(stack: Stack) -> None:
    client = Redis.from_url(stack.settings.redis_url)
    packed = zlib.compress(TIP_TEXT.encode())
    client.set("test:string", TIP_TEXT * 2)
    client.hset("test:hash", "field", packed)
    client.rpush("test:list", base64.b64encode(packed))
    client.sadd("test:set", TIP_TEXT.encode().hex())
    client.zadd("test:zset", {TIP_TEXT * 2: 1})
    client.xadd("test:stream", {"exc_string": base64.b64encode(packed)})
    keys = list(client.scan_iter("test:*"))
    seen = {key: b"\n".join(map(_unpacked, _values(client, key))) for key in keys}
    client.delete(*keys)
    assert len(keys) == 6
    assert [key for key in keys if not found_in(seen[key], (TIP_TEXT,))] == []


def test_redis_holds_no_content_at_all(stack: Stack) -> None:
    client = Redis.from_url(stack.settings.redis_url)
    seen = b""
    for key in client.scan_iter():
        seen += b"\n".join([b"", key, *map(_unpacked, _values(client, key))])
    assert found_in(seen, (*IDENTITIES, *CONTENT)) == []
    assert b"told" not in seen, "the error that made the job fail is not there"
    assert b"JobFailedError: " in seen, "the failed job's traceback was read"
    assert set(client.info("keyspace")) == {"db0"}, "nothing is elsewhere"


def test_no_log_holds_content_or_the_tip_line(stack: Stack) -> None:
    logs = list(stack.folder.rglob("*.log"))
    assert {path.name for path in logs} >= {"processes.log", "postgres.log", "valkey.log"}
    log = b"\n".join(path.read_bytes() for path in logs)
    assert b"job.failed" in log, "a job failed"
    assert b'"event": "fault"' in log, "a request failed"
    assert b"outbox.failed" in log, "the failures were logged"
    assert b"front.file_ticket" in log, "requests were logged"
    assert b"tip_line" not in log
    assert b"/tip" not in log
    assert found_in(log, (*IDENTITIES, *CONTENT)) == []


def test_no_file_on_disk_holds_an_identity_or_a_tip(stack: Stack) -> None:
    with stack.app.app_context(), db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("CHECKPOINT"))
    written = b"".join(path.read_bytes() for path in (stack.folder / "engines").rglob("*/base/*/*"))
    assert TICKET_TEXT.encode() in written, "the tables were read as they are on disk"
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
