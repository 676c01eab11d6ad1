"""What a preview of rules costs: `python -m bench.rule_preview [TICKETS]`."""

import sys
import time
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import insert

from app.cli.bundled import FIRST_RULES
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.routing import editing, queries
from app.routing import service as routing
from app.routing.preview import Aspect
from app.routing.rules import Rule
from app.tickets import preview
from app.tickets.models import Message, MessageKind, Ticket, TicketState
from app.vault.models import SealedRecord
from bench.database import fresh_app

SENTENCES = (
    "To be paid for last spring we tried to register as a vendor in the new Ivalua system, but "
    "the comptroller's office told us to register in Vendex instead. ",
    "Our bank changed and somebody at PASSPort support sent us to PIP for the direct deposit. ",
    "I cannot log in any more since I have a new phone; the code never arrives. ",
    "The invoice of March is still not paid, and payroll is on Friday. ",
    "Could you please tell us whom we should call? We have waited for two weeks. ",
)
RULE = Rule(code="bank", because="Bank.", words=("bank changed",), queue="fisa")


def _text(number: int) -> str:
    """From 200 to 1,000 characters of a few sentences; one text in ten is about a bank."""
    kept = [s for s in SENTENCES if "bank" not in s or number % 10 == 0]
    begun = number % len(kept)
    return ("".join((*kept[begun:], *kept[:begun])) * 3)[: 200 + number * 37 % 800]


def _fill(count: int) -> None:
    now = clock.now()
    for start in range(0, count, 1000):
        numbers = range(start, min(start + 1000, count))
        sealed = [{"id": uuid4(), "purpose": "bench", "body": b"x"} for _ in numbers for _ in "ab"]
        tickets = [
            {
                "submission_hash": uuid4().bytes,
                "state": TicketState.NEW,
                "summary": "A ticket",
                "company": "Company",
                "masked_name": "R•••",
                "link_hash": uuid4().bytes,
                "contact_id": sealed[2 * place]["id"],
                "reach_id": sealed[2 * place + 1]["id"],
                "created_at": now - timedelta(hours=count - number),
                "updated_at": now,
                "version": 1,
            }
            for place, number in enumerate(numbers)
        ]
        with unit_of_work():
            db.session.execute(insert(SealedRecord), sealed)
            ids = db.session.scalars(
                insert(Ticket).returning(Ticket.id, sort_by_parameter_order=True), tickets
            ).all()
            messages = [
                {
                    "ticket_id": ticket,
                    "submission_hash": uuid4().bytes,
                    "kind": MessageKind.PUBLIC,
                    "body": _text(number),
                    "created_at": now,
                }
                for ticket, number in zip(ids, numbers, strict=True)
            ]
            db.session.execute(insert(Message), messages)


def main() -> None:
    """Fill a database with tickets and try a changed book on the last of them."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else preview.MOST_ISSUES
    with fresh_app():
        routing.ensure_rule_book(FIRST_RULES.read_text(encoding="utf-8"))
        _fill(count)
        book = editing.put(queries.get_current_guide().book, RULE, 0)
        for _ in range(3):
            begun, cpu = time.perf_counter(), time.process_time()
            found = preview.preview_rules(book, queues=())
            took, busy = time.perf_counter() - begun, time.process_time() - cpu
            print(
                f"preview of {found.tried:,} tickets{' (stopped)' if found.stopped else ''}: "
                f"{took:.2f} s, {busy:.2f} s of the processor, "
                f"{found.count(Aspect.QUEUE):,} would move"
            )
            db.session.rollback()


if __name__ == "__main__":
    main()
