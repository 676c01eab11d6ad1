"""Figures of the main job: `make bench`. Timings are printed, never asserted."""

import itertools
import os
import re
import statistics
import time
from collections.abc import Callable
from datetime import date
from uuid import uuid4

from flask import Flask

from app.cli.bundled import bundled_guide
from app.core import background
from app.routing.decide import decide
from app.routing.model import Facts
from app.tickets import service as tickets
from app.tickets.queries import get_ticket_by_link
from app.tips import service as tips
from app.vault import envelope, receipts, streams
from bench import tips as bench_tips
from bench.burst import bench_burst
from bench.stack import FLASK, prepared, running

TEXT = (
    "To be paid for last spring we tried to register as a vendor in the new Ivalua system, but "
    "the comptroller's office told us to register in Vendex instead. Who is right? "
)
HIDDEN_FIELD = r'name="(\w+)" type="hidden" value="([^"]*)"'


def _milliseconds(act: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def _print(what: str, taken: list[float]) -> None:
    taken.sort()
    p95 = taken[int(len(taken) * 0.95)]
    print(f"{what:<44}median {statistics.median(taken):8.2f} ms   p95 {p95:8.2f} ms")


def _print_rate(what: str, taken: list[float]) -> None:
    print(f"{what:<44} {len(taken) * 1000 / sum(taken):11,.0f} /s")


def bench_decide() -> None:
    """Time the router's pure function."""
    guide = bundled_guide()
    for length, times in ((1_000, 300), (20_000, 30)):
        text = (TEXT * (length // len(TEXT) + 1))[:length]
        decide(text, Facts(), guide, date(2026, 6, 15))
        taken = _milliseconds(lambda t=text: decide(t, Facts(), guide, date.today()), times)  # noqa: DTZ011
        _print(f"decide, {length} characters", taken)


def bench_vault() -> None:
    """Count what one core seals and opens a second; time a receipt."""
    keys, record, key = envelope.generate_key_pair(), uuid4(), uuid4()
    content = envelope.new_content_key()
    body = envelope.seal_body(content, "bench", record, b"x" * 1024)
    wrapped = envelope.wrap_content_key(content, keys.public, "bench", record, key)

    def seal() -> None:
        envelope.seal_body(content, "bench", record, b"x" * 1024)
        envelope.wrap_content_key(content, keys.public, "bench", record, key)

    def unseal() -> None:
        unwrapped = envelope.unwrap_content_key(wrapped, keys.private, "bench", record, key)
        envelope.open_body(unwrapped, "bench", record, body)

    _print_rate("seal a 1 KiB tip to one key (goal 2,000/s)", _milliseconds(seal, 2000))
    _print_rate("open it with that key (goal 2,000/s)", _milliseconds(unseal, 2000))
    taken = _milliseconds(lambda: receipts.derive("words", bytes(16)), 20)
    _print("receipt, Argon2id (goal 50 to 150 ms)", taken)
    _print("seal a file of 64 MiB", _milliseconds(_seal_file, 5))


def _seal_file() -> None:
    chunks = itertools.repeat(bytes(64 * 1024), 1024)
    for _piece in streams.seal_stream(streams.new_file_key(), "bench", uuid4(), chunks):
        pass


def bench_filing() -> None:
    """Time a ticket until it is in its queue, and receipts, with real engines and a real worker."""
    with prepared() as (app, _engines), running(*FLASK, "worker"):
        _time_filings(app)
        _compare_receipts(app)
        _print("unlock a vault (goal 250 to 500 ms)", bench_tips.time_unlock(10))
        _print("list of 10,000 tips (goal 300 ms)", bench_tips.time_list(app, 30))


def _time_filings(app: Flask) -> None:
    def file_and_wait() -> None:
        with app.app_context():
            filing = tickets.Filing(uuid4(), TEXT, "Company", "Rosa", "rosa@example.org")
            token = tickets.file_ticket(filing)
        while True:
            with app.app_context():
                if get_ticket_by_link(token).queue_code:
                    return
            time.sleep(0.005)

    file_and_wait()
    _print("file a ticket until it is in its queue", _milliseconds(file_and_wait, 30))


def _compare_receipts(app: Flask) -> None:
    """Enter right and wrong receipts in turn, by the whole request: time and size of the answer."""
    with app.app_context():
        right = tips.file_tip(tips.TipFiling(uuid4(), TEXT))
    wrong = receipts.from_secret(os.urandom(32))
    client = app.test_client()
    fields = dict(re.findall(HIDDEN_FIELD, client.get("/tip/receipt").text))
    taken: dict[str, list[float]] = {right: [], wrong: []}
    sizes: dict[str, set[tuple[int, int, int]]] = {right: set(), wrong: set()}

    def enter(words: str) -> None:
        answer = client.post("/tip/receipt", data=fields | {"receipt": words})
        page = len(client.get(answer.location).data)
        sizes[words].add((len(str(answer.headers)), len(answer.data), page))

    def post(words: str) -> None:
        if not client.post("/tip/receipt", data=fields | {"receipt": words}).location:
            raise SystemExit("the receipt was not taken")

    post(wrong)  # the first form of a browser sets a cookie more
    for words in taken:
        enter(words)
    for _ in range(200):
        for words in taken:
            taken[words] += _milliseconds(lambda words=words: post(words), 1)
        with app.app_context():  # it is the cost that is measured, not the limit
            background.connection().delete(*background.connection().keys("rightdesk:wrong-*"))
    _print("enter a right receipt, POST /tip/receipt", taken[right])
    _print("enter a wrong receipt, POST /tip/receipt", taken[wrong])
    difference = statistics.median(taken[wrong]) / statistics.median(taken[right]) - 1
    print(f"{'wrong against right receipt (goal within 5 %)':<44}median {difference:+8.2%}")
    for name, words in (("right", right), ("wrong", wrong)):
        ((headers, body, page),) = sizes[words]
        print(
            f"size after a {name} receipt: headers {headers}, body {body}, next page {page} bytes"
        )


if __name__ == "__main__":
    bench_decide()
    bench_vault()
    bench_filing()
    with prepared() as (app, engines), app.app_context():
        bench_burst(engines)
