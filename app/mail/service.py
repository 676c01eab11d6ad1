"""Promise mail inside a unit of work, and deliver it from a job."""

from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

from flask import current_app, render_template
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.core import clock
from app.core.bulk import table_of
from app.core.unit_of_work import unit_of_work
from app.core.urls import public_address
from app.extensions import db
from app.mail import letters
from app.mail.models import Mail, MailTemplate
from app.mail.transport import transport_for
from app.outbox import service as outbox
from app.routing import wording
from app.tickets import known_problems
from app.tickets import queries as tickets
from app.tickets.models import Ticket
from app.vault import service as vault

SUBJECTS = {
    MailTemplate.ROUTED: "Your ticket {number}",
    MailTemplate.REPLY: "A reply to your ticket {number}",
}


def promise_mail(ticket_id: int, template: MailTemplate, message_id: int | None = None) -> None:
    """Promise one mail with this act; promised twice, it is sent once."""
    _promise([{"ticket_id": ticket_id, "template": template, "message_id": message_id}])


def promise_mails(template: MailTemplate, ticket_ids: Sequence[int]) -> None:
    """Promise the same mail about many tickets with this act, as promise_mail does."""
    _promise([{"ticket_id": id_, "template": template, "message_id": None} for id_ in ticket_ids])


def _promise(mails: Sequence[dict[str, Any]]) -> None:
    if not mails:
        return
    with unit_of_work():
        now, table = clock.now(), table_of(Mail)
        promised = db.session.scalars(
            insert(table).on_conflict_do_nothing().returning(table.c.id),
            [{"id": uuid4(), "created_at": now, **mail} for mail in mails],
        )
        outbox.promise_all("mail.deliver", [{"mail_id": str(mail_id)} for mail_id in promised])


def deliver_mail(mail_id: UUID) -> None:
    """Send a mail that was promised; sent already, do nothing.

    The transport is called inside the transaction that marks the mail as sent. A worker
    killed between the server's acceptance and our commit sends again, with the same
    Message-ID, by which mail systems recognise the copy.
    """
    with unit_of_work():
        mail = db.session.get(Mail, mail_id, with_for_update=True)
        if mail is None or mail.sent_at:
            return
        transport_for(current_app.config["SETTINGS"]).send(_compose(mail))
        mail.sent_at = clock.now()


def forget(ticket_id: int) -> None:
    """Drop a ticket's mails, sent or not: a job that finds its mail gone does nothing."""
    db.session.execute(delete(Mail).filter_by(ticket_id=ticket_id))


def _compose(mail: Mail) -> EmailMessage:
    settings = current_app.config["SETTINGS"]
    ticket = tickets.get_ticket(mail.ticket_id)
    reach = vault.open_sealed(ticket.reach, vault.worker())
    subject = SUBJECTS[mail.template].format(number=ticket.number)
    text = _text(mail, ticket, reach["token"])
    return letters.write(settings, reach["mail"], subject, mail.id, text)


def _text(mail: Mail, ticket: Ticket, token: str) -> str:
    body = tickets.get_message(mail.message_id).body if mail.message_id else ""
    text: str = render_template(
        f"mail/{mail.template}.txt",
        ticket=ticket,
        body=body,
        link=public_address("front.ticket", token=token),
        address=public_address,
        outcome=wording.outcome(ticket.decision) if ticket.decision else None,
        known=known_problems.find_told(ticket),
    )
    return text
