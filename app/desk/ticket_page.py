"""A ticket's page: its forms, and everything that it shows."""

from dataclasses import dataclass, field

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_security import current_user

from app.audit import queries as audit
from app.audit.wording import act_words
from app.core import clock
from app.core.forms import SubmissionForm
from app.desk import decision_panel, problem_pages, unlocking
from app.desk.forms import ReasonForm, StateForm, WriteForm
from app.desk.forms_moves import (
    PRIORITIES,
    REASONS,
    MoveTicketForm,
    PriorityForm,
    SendBackForm,
    VersionForm,
)
from app.routing import wording
from app.tickets import bouncing, move_queries, queries
from app.tickets.access import may_change
from app.tickets.journey import picture_of_ticket
from app.tickets.models import Ticket
from app.vault import service as vault


@dataclass(slots=True)
class TicketForms:
    """The forms of a ticket's page; the one that was sent and refused stands in for its twin."""

    ticket: Ticket
    reply: WriteForm = field(default_factory=lambda: WriteForm(formdata=None))
    note: WriteForm = field(default_factory=lambda: WriteForm(formdata=None))
    reveal: ReasonForm = field(default_factory=lambda: ReasonForm(formdata=None))
    accept: VersionForm = field(default_factory=lambda: VersionForm(formdata=None))
    send_back: SendBackForm = field(default_factory=lambda: SendBackForm(formdata=None))
    state: StateForm | None = None
    move: MoveTicketForm | None = None
    priority: PriorityForm | None = None

    def __post_init__(self) -> None:
        self.state = self.state or StateForm(self.ticket, formdata=None)
        self.move = self.move or MoveTicketForm(self.ticket, formdata=None)
        self.priority = self.priority or PriorityForm(
            formdata=None, priority=str(self.ticket.priority)
        )


def show(
    forms: TicketForms, status: int = 200, contact: dict[str, str] | None = None
) -> ResponseReturnValue:
    """The page of a ticket that the signed-in agent works, or may read as a copy."""
    ticket = forms.ticket
    messages = queries.list_messages(ticket, notes=True)
    moves = move_queries.list_moves(ticket)
    works_it = may_change(current_user, ticket)
    kin = queries.list_of_same_requester(ticket) if works_it else []
    page = render_template(
        "desk/ticket.html",
        ticket=ticket,
        forms=forms,
        contact=contact,
        works_it=works_it,
        propose=SubmissionForm(formdata=None) if vault.has_custodian() else None,
        others=[other for other in kin if may_change(current_user, other)],
        locked=works_it and _is_locked(ticket),
        desk=wording.desk_name(ticket.queue_code) if ticket.queue_code else "",
        outcome=wording.outcome(ticket.decision, for_staff=True) if ticket.decision else None,
        panel=decision_panel.describe(ticket, messages[0].body),
        chain=picture_of_ticket(ticket, for_staff=True),
        known=problem_pages.of_ticket(ticket),
        chosen=wording.chosen(_chosen(ticket)),
        messages=messages,
        moves=moves,
        waiting=bouncing.find_waiting(moves),
        before_lead=bouncing.waits_for_lead(moves),
        for_leads=bouncing.is_for_leads(moves),
        history=audit.list_for("ticket", ticket.id),
        desk_names=wording.desk_names(),
        reasons=REASONS,
        priorities=PRIORITIES,
        act_words=act_words,
        now=clock.now(),
    )
    return page, status


def _is_locked(ticket: Ticket) -> bool:
    """True where a move needs the agent's vault, which is locked: the contact goes along."""
    opener = unlocking.find_opener()
    return opener is None and not vault.waits(ticket.contact)


def _chosen(ticket: Ticket) -> list[tuple[str, str | None]]:
    return [
        ("task", ticket.task_code),
        ("system", ticket.system_code),
        ("told_by", ticket.told_by_code),
        ("told_system", ticket.told_system_code),
    ]
