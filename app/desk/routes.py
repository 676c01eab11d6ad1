"""The staff side: queues, and the page of a ticket."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts.models import RoleName
from app.accounts.policy import may_work, queues_of
from app.audit import queries as audit
from app.audit.wording import act_words
from app.cases import protection
from app.core.errors import NotFoundError, RefusedError
from app.core.forms import SubmissionForm
from app.core.guards import requires
from app.desk import problem_pages, unlocking
from app.desk.forms import MoveForm, ReasonForm, StateForm, WriteForm
from app.desk.unlocking import unlocked
from app.files.downloads import download
from app.registry import queries as registry
from app.routing import wording
from app.tickets import queries, service
from app.tickets.journey import picture_of_ticket
from app.tickets.models import Ticket, TicketState
from app.tips import queries as tips
from app.vault import service as vault
from app.vault.openers import Opener

bp = Blueprint("desk", __name__)


@bp.get("/")
@requires(RoleName.AGENT, RoleName.CUSTODIAN)
def queues() -> ResponseReturnValue:
    """The queues of the signed-in agent, with what waits in each; a custodian goes elsewhere."""
    if not current_user.has_role(RoleName.AGENT):
        return redirect(url_for("identity.requests"), 303)
    mine, names = queues_of(current_user), wording.desk_names()
    return render_template(
        "desk/queues.html",
        queues=[(q.code, names[q.code]) for q in registry.list_queues() if q.code in mine],
        tickets=queries.count_unfinished(mine),
        tips=tips.count_open(mine),
    )


@bp.get("/queue/<code>")
@requires(RoleName.AGENT)
def queue(code: str) -> ResponseReturnValue:
    """One queue: its tickets, and how many tips there are beside them."""
    if not may_work(current_user, code):
        raise NotFoundError("There is no such queue.")
    finished = request.args.get("show") == "finished"
    page = queries.list_queue(code, finished=finished, after=request.args.get("after", type=int))
    return render_template(
        "desk/queue.html",
        code=code,
        name=wording.desk_name(code),
        page=page,
        finished=finished,
        tips=tips.count_open([code]).get(code, 0),
        topic_names=wording.topic_names(),
    )


@dataclass(slots=True)
class TicketForms:
    """The forms of a ticket's page; the one that was sent and refused stands in for its twin."""

    ticket: Ticket
    reply: WriteForm = field(default_factory=lambda: WriteForm(formdata=None))
    note: WriteForm = field(default_factory=lambda: WriteForm(formdata=None))
    reveal: ReasonForm = field(default_factory=lambda: ReasonForm(formdata=None))
    state: StateForm | None = None
    move: MoveForm | None = None

    def __post_init__(self) -> None:
        self.state = self.state or StateForm(self.ticket, formdata=None)
        self.move = self.move or MoveForm(self.ticket.queue_code, formdata=None)


def _may_open(ticket: Ticket) -> bool:
    return ticket.queue_code is not None and may_work(current_user, ticket.queue_code)


def _chosen(ticket: Ticket) -> list[tuple[str, str | None]]:
    return [
        ("task", ticket.task_code),
        ("system", ticket.system_code),
        ("told_by", ticket.told_by_code),
        ("told_system", ticket.told_system_code),
    ]


def _ticket_page(
    forms: TicketForms, status: int = 200, contact: dict[str, str] | None = None
) -> ResponseReturnValue:
    ticket = forms.ticket
    page = render_template(
        "desk/ticket.html",
        ticket=ticket,
        forms=forms,
        contact=contact,
        propose=SubmissionForm(formdata=None) if vault.has_custodian() else None,
        others=[t for t in queries.list_of_same_requester(ticket) if _may_open(t)],
        desk=wording.desk_name(ticket.queue_code) if ticket.queue_code else "",
        outcome=wording.outcome(ticket.decision, for_staff=True) if ticket.decision else None,
        chain=picture_of_ticket(ticket, for_staff=True),
        chosen=wording.chosen(_chosen(ticket)),
        known=problem_pages.of_ticket(ticket),
        messages=queries.list_messages(ticket, notes=True),
        history=audit.list_for("ticket", ticket.id),
        desk_names=wording.desk_names(),
        act_words=act_words,
    )
    return page, status


@bp.get("/ticket/<int:ticket_id>")
@requires(RoleName.AGENT)
def ticket(ticket_id: int) -> ResponseReturnValue:
    """A ticket: conversation, decision and reasons, history, and what can be done."""
    return _ticket_page(TicketForms(service.get_ticket_for(current_user, ticket_id)))


@bp.post("/ticket/<int:ticket_id>/reply")
@requires(RoleName.AGENT)
def reply(ticket_id: int) -> ResponseReturnValue:
    """Send a reply to the requester."""
    found = service.get_ticket_for(current_user, ticket_id)
    form = WriteForm()
    if not form.validate():
        return _ticket_page(TicketForms(found, reply=form), form.refused_status)
    try:
        service.reply(current_user, ticket_id, form.submission_id, form.text.data)
    except RefusedError as error:
        form.text.errors = [str(error)]
        return _ticket_page(TicketForms(found, reply=form), 409)
    flash(_("Your reply is on its way."))
    return redirect(url_for("desk.ticket", ticket_id=ticket_id), 303)


@bp.post("/ticket/<int:ticket_id>/note")
@requires(RoleName.AGENT)
def note(ticket_id: int) -> ResponseReturnValue:
    """Write a note that the requester never sees."""
    found = service.get_ticket_for(current_user, ticket_id)
    form = WriteForm()
    if not form.validate():
        return _ticket_page(TicketForms(found, note=form), form.refused_status)
    service.write_note(current_user, ticket_id, form.submission_id, form.text.data)
    flash(_("Your note is saved. Only staff can read it."))
    return redirect(url_for("desk.ticket", ticket_id=ticket_id), 303)


@bp.post("/ticket/<int:ticket_id>/propose-tip")
@requires(RoleName.AGENT)
def propose_tip(ticket_id: int) -> ResponseReturnValue:
    """Tell the requester that the ticket can become a confidential tip."""
    found = service.get_ticket_for(current_user, ticket_id)
    form = SubmissionForm()
    if not form.validate():
        return _ticket_page(TicketForms(found), form.refused_status)
    try:
        protection.propose(current_user, ticket_id, form.submission_id)
    except RefusedError as error:
        flash(str(error))
    else:
        flash(_("The requester was told how. Only they can decide it."))
    return redirect(url_for("desk.ticket", ticket_id=ticket_id), 303)


@bp.post("/ticket/<int:ticket_id>/state")
@requires(RoleName.AGENT)
def change_state(ticket_id: int) -> ResponseReturnValue:
    """Change a ticket's state."""
    found = service.get_ticket_for(current_user, ticket_id)
    form = StateForm(found)
    if not form.validate():
        return _ticket_page(TicketForms(found, state=form), form.refused_status)
    try:
        service.change_state(
            current_user, ticket_id, form.version.data, TicketState(form.state.data)
        )
    except RefusedError as error:
        form.state.errors = [str(error)]
        return _ticket_page(TicketForms(found, state=form), 409)
    flash(_("The ticket is now %(state)s.", state=form.state.data))
    return redirect(url_for("desk.ticket", ticket_id=ticket_id), 303)


@bp.post("/ticket/<int:ticket_id>/move")
@requires(RoleName.AGENT)
def move(ticket_id: int) -> ResponseReturnValue:
    """Move a ticket to another queue."""
    found = service.get_ticket_for(current_user, ticket_id)
    before, form = found.queue_code or "", MoveForm(found.queue_code)
    if not form.validate():
        return _ticket_page(TicketForms(found, move=form), form.refused_status)
    try:
        service.move(
            current_user,
            ticket_id,
            form.version.data,
            form.queue.data,
            unlocking.find_opener(),
        )
    except RefusedError as error:
        form.queue.errors = [str(error)]
        return _ticket_page(TicketForms(found, move=form), 409)
    flash(
        _(
            "%(number)s moved to %(desk)s.",
            number=found.number,
            desk=wording.desk_name(form.queue.data),
        )
    )
    return redirect(url_for("desk.queue", code=before), 303)


@bp.post("/ticket/<int:ticket_id>/reveal")
@requires(RoleName.AGENT)
@unlocked
def reveal(opener: Opener, ticket_id: int) -> ResponseReturnValue:
    """Show who filed the ticket, once, with a reason that the history keeps."""
    found = service.get_ticket_for(current_user, ticket_id)
    form = ReasonForm()
    if not form.validate():
        return _ticket_page(TicketForms(found, reveal=form), form.refused_status)
    try:
        contact = service.reveal(current_user, ticket_id, form.reason.data, opener)
    except RefusedError as error:
        form.reason.errors = [str(error)]
        return _ticket_page(TicketForms(found, reveal=form), 409)
    return _ticket_page(TicketForms(found), contact=contact)


@bp.get("/ticket/<int:ticket_id>/file/<uuid:file_id>")
@requires(RoleName.AGENT)
def ticket_file(ticket_id: int, file_id: UUID) -> Response:
    """A file of the ticket."""
    found = service.get_ticket_for(current_user, ticket_id)
    return download(queries.get_file(found, file_id, notes=True))
