"""Route tickets, hundreds at once or one: decide, seal to the desk, promise the first mail."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import bindparam, update

from app.audit import service as audit
from app.core import clock
from app.core.bulk import insert_rows, table_of
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.mail import service as mail
from app.mail.models import MailTemplate
from app.routing import service as routing
from app.routing.model import Decision, Facts
from app.tickets import queries
from app.tickets.models import Ticket, TicketCopy
from app.tickets.queries import Unrouted
from app.vault import service as vault


def route_tickets(ticket_ids: Collection[int]) -> None:
    """Decide tickets' queues; those that are routed already or gone are left as they are.

    All or none: where one fails, nothing is changed.
    """
    with unit_of_work():
        tickets = queries.list_unrouted_for_update(ticket_ids)
        decisions = routing.decide_all([(ticket.text, _facts(ticket)) for ticket in tickets])
        _record(tickets, decisions)


def route_ticket(ticket_id: int) -> None:
    """Decide one ticket's queue; routed already or gone, do nothing."""
    route_tickets([ticket_id])


def _facts(ticket: Unrouted) -> Facts:
    return Facts(
        task=ticket.task_code,
        system=ticket.system_code,
        told_by=ticket.told_by_code,
        told_system=ticket.told_system_code,
    )


def _record(tickets: Sequence[Unrouted], decisions: Sequence[Decision]) -> None:
    """Write what was decided, in the order of the tickets: a statement for each table."""
    if not tickets:
        return
    queues = {
        ticket.id: decision.queue for ticket, decision in zip(tickets, decisions, strict=True)
    }
    _write(tickets, decisions, routing.record_all(decisions))
    vault.seal_all_to_desks({t.contact_id: queues[t.id] for t in tickets}, vault.worker())
    audit.record_all("tickets.route", "ticket", {id_: {"queue": q} for id_, q in queues.items()})
    mail.promise_mails(MailTemplate.ROUTED, list(queues))


def _write(
    tickets: Sequence[Unrouted], decisions: Sequence[Decision], records: Sequence[UUID]
) -> None:
    now = clock.now()
    routed = [
        {
            "ticket": ticket.id,
            "queue_code": decision.queue,
            "decision_id": record,
            "priority": decision.priority,
        }
        for ticket, decision, record in zip(tickets, decisions, records, strict=True)
    ]
    table = table_of(Ticket)
    change = update(table).where(table.c.id == bindparam("ticket"))
    db.session.execute(change.values(routed_at=now, version=table.c.version + 1), routed)
    copies = [
        {"ticket_id": ticket.id, "queue_code": code}
        for ticket, decision in zip(tickets, decisions, strict=True)
        for code in decision.copies
    ]
    insert_rows(TicketCopy, copies)
