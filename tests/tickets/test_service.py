"""Tickets: sealed contacts, routed once."""

from threading import Barrier, Thread
from uuid import uuid4

from factories import make_agent, make_ticket
from sqlalchemy import update

from app.extensions import db
from app.mail.models import Mail
from app.routing.model import Facts
from app.routing.models import DecisionRecord
from app.tickets import access, dispatch, service
from app.tickets.models import Ticket
from app.vault import service as vault


def test_name_mail_and_phone_are_sealed(app) -> None:
    ticket = make_ticket()
    assert vault.open_sealed(ticket.contact, vault.worker()) == {
        "name": "Rosa Delgado",
        "mail": "rosa@harborlight.example",
        "phone": "212 555 0100",
        "company": "Harbor Light Signs",
    }
    columns = " ".join(str(getattr(ticket, c.key)) for c in Ticket.__table__.columns)
    assert "Rosa" not in columns
    assert "rosa@" not in columns
    assert "555 0100" not in columns


def test_routing_twice_decides_and_mails_once(app, carry_out) -> None:
    ticket = make_ticket()
    dispatch.route_ticket(ticket.id)
    dispatch.route_ticket(ticket.id)
    carry_out()
    assert DecisionRecord.query.count() == 1
    assert Mail.query.one().sent_at is not None


def test_the_form_counts_as_a_referral(app, carry_out) -> None:
    make_ticket(
        "We want to be paid.", system="passport", told_by="comptroller", told_system="vendex"
    )
    carry_out()
    [referral] = Ticket.query.one().decision.referrals
    assert (referral.told_by_code, referral.from_system_code, referral.to_system_code) == (
        "comptroller",
        "passport",
        "vendex",
    )
    assert referral.verdict == "misdirected"


def test_the_same_form_twice_at_once_makes_one_ticket(app) -> None:
    filing = service.Filing(uuid4(), "Twice.", "Co", "Rosa", "rosa@example.org", facts=Facts())
    barrier, tokens = Barrier(2), []

    def file() -> None:
        with app.app_context():
            barrier.wait()
            tokens.append(service.file_ticket(filing))

    threads = [Thread(target=file) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 2
    assert tokens[0] == tokens[1]
    assert Ticket.query.count() == 1


def test_a_reply_to_a_ticket_that_just_changed_elsewhere_is_taken(app, carry_out) -> None:
    agent = make_agent("mocs")
    number = make_ticket().id
    carry_out()
    agent = db.session.merge(agent)
    seen = access.get_ticket_for(agent, number)
    with db.engine.begin() as elsewhere:
        elsewhere.execute(update(Ticket).values(version=Ticket.version + 1, state="open"))
    service.reply(agent, seen.id, uuid4(), "Answered all the same.")
    assert Ticket.query.one().state == "pending"
