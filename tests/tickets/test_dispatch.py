"""Tickets are routed many at once, as one by one."""

from factories import make_agent, make_ticket, open_vault

from app.audit.models import AuditEntry
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.mail.models import Mail
from app.outbox import service as outbox
from app.outbox.models import OutboxItem
from app.routing.models import DecisionRecord, ReferralRecord
from app.tickets import dispatch
from app.tickets.models import Ticket
from app.vault import service as vault
from app.vault.models import KeyKind, SealedKey

TEXTS = (
    "The comptroller told us to use Vendex instead of PASSPort.",
    "I cannot log in to PASSPort.",
    "Somebody called about our application and we missed it.",
)


def _routed() -> dict[str, tuple]:
    db.session.expire_all()
    return {
        ticket.summary: (
            ticket.queue_code,
            ticket.decision.queue_code,
            ticket.priority,
            len(ticket.decision.referrals),
            [copy.queue_code for copy in ticket.copies],
            ticket.routed_at is not None,
        )
        for ticket in Ticket.query.order_by(Ticket.id)
    }


def test_many_at_once_are_decided_as_one_by_one(app) -> None:
    numbers = [make_ticket(text).id for text in TEXTS]
    for number in numbers:
        dispatch.route_ticket(number)
    one_by_one = _routed()
    with unit_of_work():
        db.session.execute(db.text("UPDATE ticket SET decision_id = NULL"))
    dispatch.route_tickets(numbers)
    assert _routed() == one_by_one
    assert all(queue for queue, *_rest in one_by_one.values())


def test_a_page_that_was_made_before_the_routing_is_out_of_date(app) -> None:
    ticket = make_ticket()
    before = ticket.version
    dispatch.route_tickets([ticket.id])
    assert ticket.version == before + 1


def test_many_at_once_are_written_down_each(app) -> None:
    numbers = [make_ticket(text).id for text in TEXTS]
    dispatch.route_tickets(numbers)
    assert DecisionRecord.query.count() == 3
    assert ReferralRecord.query.count() == 1
    assert [mail.ticket_id for mail in Mail.query.order_by(Mail.ticket_id)] == numbers
    assert OutboxItem.query.filter_by(topic="mail.deliver").count() == 3
    acts = AuditEntry.query.filter_by(act="tickets.route").order_by(AuditEntry.subject_id)
    queues = [ticket.queue_code for ticket in Ticket.query.order_by(Ticket.id)]
    assert [(act.subject_id, act.details["queue"]) for act in acts] == [
        (str(number), queue) for number, queue in zip(numbers, queues, strict=True)
    ]


def test_contacts_are_sealed_to_each_ones_desk(app) -> None:
    desk = open_vault(make_agent("mocs"))
    ours, other = make_ticket(TEXTS[1]), make_ticket(TEXTS[2])
    dispatch.route_tickets([ours.id, other.id])
    assert vault.open_sealed(ours.contact, desk)["name"] == "Rosa Delgado"
    assert not vault.can_open(ours.contact, vault.worker())
    assert not vault.can_open(other.contact, desk)
    assert vault.waits(other.contact)


def test_what_is_routed_or_gone_is_left_alone(app) -> None:
    first, second = make_ticket(TEXTS[0]), make_ticket(TEXTS[1])
    dispatch.route_ticket(first.id)
    decision = first.decision_id
    dispatch.route_tickets([first.id, second.id, 999_999])
    assert first.decision_id == decision
    assert DecisionRecord.query.count() == 2
    assert Mail.query.count() == 2


def test_no_tickets_are_routed_by_doing_nothing(app) -> None:
    dispatch.route_tickets([])
    assert AuditEntry.query.count() == 0


def test_a_contact_that_was_altered_keeps_no_other_ticket_waiting(app) -> None:
    open_vault(make_agent("mocs"))
    tickets = [make_ticket(TEXTS[1]) for _ in range(5)]
    with unit_of_work():
        [sealed] = (s for s in tickets[2].contact.keys if s.key.kind == KeyKind.ROUTER)
        sealed.wrapped = sealed.wrapped[:-1] + bytes([sealed.wrapped[-1] ^ 1])
    damaged = tickets[2].id
    outbox.drain("tickets.route")
    assert [ticket.id for ticket in Ticket.query.filter_by(queue_code=None)] == [damaged]
    item = OutboxItem.query.filter_by(topic="tickets.route").one()
    assert (item.arguments, item.attempts) == ({"ticket_id": damaged}, 1)
    assert DecisionRecord.query.count() == 4
    contacts = {ticket.contact_id for ticket in Ticket.query if ticket.queue_code}
    held = SealedKey.query.join(SealedKey.key).filter_by(kind=KeyKind.DESK)
    assert {sealed.record_id for sealed in held} == contacts
