"""The staff side: queues, and the page of a ticket."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts.models import RoleName
from app.accounts.policy import may_work, queues_of
from app.cases import protection
from app.core import clock
from app.core.errors import NotFoundError, RefusedError
from app.core.forms import SubmissionForm
from app.core.guards import requires
from app.desk import ticket_page
from app.desk.forms import ReasonForm, StateForm, WriteForm
from app.desk.forms_moves import PRIORITIES
from app.desk.ticket_page import TicketForms
from app.desk.unlocking import unlocked
from app.files.downloads import download
from app.registry import queries as registry
from app.routing import wording
from app.tickets import move_queries, queries, service
from app.tickets.access import get_ticket_for, get_ticket_to_read
from app.tickets.models import TicketState
from app.tips import queries as tips
from app.vault.openers import Opener

bp = Blueprint("desk", __name__)


@bp.get("/")
@requires(RoleName.AGENT, RoleName.CUSTODIAN, RoleName.ADMIN)
def queues() -> ResponseReturnValue:
    """The queues of the signed-in agent, with what waits in each; others go elsewhere."""
    if current_user.has_role(RoleName.CUSTODIAN) and not current_user.has_role(RoleName.AGENT):
        return redirect(url_for("identity.requests"), 303)
    if not current_user.has_role(RoleName.AGENT):
        return redirect(url_for("registry.overview"), 303)
    mine, names = queues_of(current_user), wording.desk_names()
    return render_template(
        "desk/queues.html",
        queues=[(q.code, names[q.code]) for q in registry.list_queues() if q.code in mine],
        tickets=queries.count_unfinished(mine),
        sent=move_queries.count_sent_to(mine),
        tips=tips.count_open(mine),
    )


@bp.get("/queue/<code>")
@requires(RoleName.AGENT)
def queue(code: str) -> ResponseReturnValue:
    """One queue: its tickets, and how many tips there are beside them."""
    if not may_work(current_user, code):
        raise NotFoundError("There is no such queue.")
    finished = request.args.get("show") == "finished"
    after = request.args.get("after", type=int)
    page = queries.list_queue(code, finished=finished, after=after)
    first_page = after is None and not finished
    return render_template(
        "desk/queue.html",
        code=code,
        name=wording.desk_name(code),
        page=page,
        finished=finished,
        tips=tips.count_open([code]).get(code, 0),
        topic_names=wording.topic_names(),
        sent=move_queries.list_sent_to(code) if first_page else [],
        copied=move_queries.list_copied_to(code) if first_page else [],
        desk_names=wording.desk_names(),
        priorities=PRIORITIES,
        now=clock.now(),
    )


@bp.get("/ticket/<int:ticket_id>")
@requires(RoleName.AGENT)
def ticket(ticket_id: int) -> ResponseReturnValue:
    """A ticket: conversation, decision and reasons, history, and what can be done."""
    return ticket_page.show(TicketForms(get_ticket_to_read(current_user, ticket_id)))


@bp.post("/ticket/<int:ticket_id>/reply")
@requires(RoleName.AGENT)
def reply(ticket_id: int) -> ResponseReturnValue:
    """Send a reply to the requester."""
    found = get_ticket_for(current_user, ticket_id)
    form = WriteForm()
    if not form.validate():
        return ticket_page.show(TicketForms(found, reply=form), form.refused_status)
    try:
        service.reply(current_user, ticket_id, form.submission_id, form.text.data)
    except RefusedError as error:
        form.text.errors = [str(error)]
        return ticket_page.show(TicketForms(found, reply=form), 409)
    flash(_("Your reply is on its way."))
    return redirect(url_for("desk.ticket", ticket_id=ticket_id), 303)


@bp.post("/ticket/<int:ticket_id>/note")
@requires(RoleName.AGENT)
def note(ticket_id: int) -> ResponseReturnValue:
    """Write a note that the requester never sees."""
    found = get_ticket_for(current_user, ticket_id)
    form = WriteForm()
    if not form.validate():
        return ticket_page.show(TicketForms(found, note=form), form.refused_status)
    service.write_note(current_user, ticket_id, form.submission_id, form.text.data)
    flash(_("Your note is saved. Only staff can read it."))
    return redirect(url_for("desk.ticket", ticket_id=ticket_id), 303)


@bp.post("/ticket/<int:ticket_id>/propose-tip")
@requires(RoleName.AGENT)
def propose_tip(ticket_id: int) -> ResponseReturnValue:
    """Tell the requester that the ticket can become a confidential tip."""
    found = get_ticket_for(current_user, ticket_id)
    form = SubmissionForm()
    if not form.validate():
        return ticket_page.show(TicketForms(found), form.refused_status)
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
    found = get_ticket_for(current_user, ticket_id)
    form = StateForm(found)
    if not form.validate():
        return ticket_page.show(TicketForms(found, state=form), form.refused_status)
    try:
        service.change_state(
            current_user, ticket_id, form.version.data, TicketState(form.state.data)
        )
    except RefusedError as error:
        form.state.errors = [str(error)]
        return ticket_page.show(TicketForms(found, state=form), 409)
    flash(_("The ticket is now %(state)s.", state=form.state.data))
    return redirect(url_for("desk.ticket", ticket_id=ticket_id), 303)


@bp.post("/ticket/<int:ticket_id>/reveal")
@requires(RoleName.AGENT)
@unlocked
def reveal(opener: Opener, ticket_id: int) -> ResponseReturnValue:
    """Show who filed the ticket, once, with a reason that the history keeps."""
    found = get_ticket_for(current_user, ticket_id)
    form = ReasonForm()
    if not form.validate():
        return ticket_page.show(TicketForms(found, reveal=form), form.refused_status)
    try:
        contact = service.reveal(current_user, ticket_id, form.reason.data, opener)
    except RefusedError as error:
        form.reason.errors = [str(error)]
        return ticket_page.show(TicketForms(found, reveal=form), 409)
    return ticket_page.show(TicketForms(found), contact=contact)


@bp.get("/ticket/<int:ticket_id>/file/<uuid:file_id>")
@requires(RoleName.AGENT)
def ticket_file(ticket_id: int, file_id: UUID) -> Response:
    """A file of the ticket."""
    found = get_ticket_to_read(current_user, ticket_id)
    return download(queries.get_file(found, file_id, notes=True))
