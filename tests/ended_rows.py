"""Many tickets that ended, written as rows at once."""

import os
from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import insert

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.learning.examples import Example
from app.registry import queries as registry
from app.routing.model import ChosenBy
from app.routing.models import DecisionRecord
from app.tickets.models import Message, MessageKind, Ticket, TicketState
from app.vault.models import SealedRecord


def make_ended(examples: Iterable[Example], first: int = 100_000) -> None:
    """Save solved tickets; nothing of theirs can be opened."""
    rows = [_rows(number, example) for number, example in enumerate(examples, start=first)]
    with unit_of_work():
        for at, table in enumerate((SealedRecord, DecisionRecord, Ticket, Message)):
            db.session.execute(insert(table), [row for made in rows for row in made[at]])


def _rows(number: int, example: Example) -> tuple[list[dict], ...]:
    contact, reach, decision = uuid4(), uuid4(), uuid4()
    at = clock.now() + timedelta(seconds=number)
    sealed = [{"id": one, "purpose": "test", "body": b""} for one in (contact, reach)]
    decided = {
        "id": decision,
        "decided_on": at.date(),
        "algorithm": "test",
        "registry_revision_id": registry.get_current_registry().revision,
        "queue_code": example.ruled or "general-triage",
        "confidence": 0.9,
        "chosen_by": ChosenBy.RULE if example.ruled else ChosenBy.NOBODY,
        **{name: [] for name in ("topics", "tasks", "systems", "reasons", "answers")},
    }
    ticket = {
        "id": number,
        "submission_hash": os.urandom(32),
        "link_hash": os.urandom(32),
        "state": TicketState.SOLVED,
        "queue_code": example.queue,
        "summary": "",
        "company": "",
        "masked_name": "",
        "mail_index": str(example.requester).encode(),
        "contact_id": contact,
        "reach_id": reach,
        "decision_id": decision,
        "created_at": at,
        "updated_at": at,
        "version": 1,
    }
    message = {
        "ticket_id": number,
        "submission_hash": os.urandom(32),
        "kind": MessageKind.PUBLIC,
        "body": example.text,
        "created_at": at,
    }
    return sealed, [decided], [ticket], [message]
