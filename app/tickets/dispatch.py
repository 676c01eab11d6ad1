"""Route tickets, hundreds at once or one: decide, seal to the desk, promise the first mail."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, update

from app.audit import service as audit
from app.core import clock
from app.core.bulk import insert_rows, table_of
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.mail import service as mail
from app.mail.models import MailTemplate
from app.problems import service as problems
from app.routing import service as routing
from app.routing.model import Decision
from app.routing.recording import record_all
from app.tickets import queries
from app.tickets.chosen import facts_of
from app.tickets.models import Ticket, TicketCopy
from app.tickets.queries import Unrouted
from app.vault import service as vault


@dataclass(frozen=True, slots=True)
class Decided:
    """A ticket, what the router decided for it, and that decision's id."""

    ticket: Unrouted
    decision: Decision
    record_id: UUID


def route_tickets(ticket_ids: Collection[int]) -> None:
    """Decide tickets' queues; those that are routed already or gone are left as they are.

    All or none: where one fails, nothing is changed.
    """
    with unit_of_work():
        tickets = queries.list_unrouted_for_update(ticket_ids)
        decisions = routing.decide_all([(ticket.text, facts_of(ticket)) for ticket in tickets])
        records = record_all(decisions)
        _settle([Decided(*one) for one in zip(tickets, decisions, records, strict=True)])


def route_ticket(ticket_id: int) -> None:
    """Decide one ticket's queue; routed already or gone, do nothing."""
    route_tickets([ticket_id])


def _settle(decided: Sequence[Decided]) -> None:
    """Do what follows from decisions: for all tickets together, a statement for each table."""
    if not decided:
        return
    queues = {one.ticket.id: one.decision.queue for one in decided}
    _write(decided)
    desks = {one.ticket.contact_id: one.decision.queue for one in decided}
    vault.seal_all_to_desks(desks, vault.worker())
    audit.record_all("tickets.route", "ticket", {id_: {"queue": q} for id_, q in queues.items()})
    problems.promise_matches({one.record_id: one.decision for one in decided})
    mail.promise_mails(MailTemplate.ROUTED, list(queues))


def _write(decided: Sequence[Decided]) -> None:
    routed = [
        {
            "ticket": one.ticket.id,
            "queue_code": one.decision.queue,
            "decision_id": one.record_id,
            "priority": one.decision.priority,
        }
        for one in decided
    ]
    table = table_of(Ticket)
    change = update(table).where(table.c.id == bindparam("ticket"))
    db.session.execute(change.values(routed_at=clock.now(), version=table.c.version + 1), routed)
    copies = [
        {"ticket_id": one.ticket.id, "queue_code": code}
        for one in decided
        for code in one.decision.copies
    ]
    insert_rows(TicketCopy, copies)
