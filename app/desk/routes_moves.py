"""Moving tickets from desk to desk, answering for what was moved here, and priorities."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts.models import RoleName
from app.core.errors import RefusedError
from app.core.guards import requires
from app.desk import ticket_page, unlocking
from app.desk.forms_moves import (
    PRIORITIES,
    MoveTicketForm,
    PriorityForm,
    SendBackForm,
    VersionForm,
)
from app.desk.ticket_page import TicketForms
from app.routing import wording
from app.routing.model import Priority
from app.tickets import moves, service
from app.tickets.access import get_ticket_for
from app.tickets.bouncing import Landing
from app.tickets.models import Ticket

bp = Blueprint("moves", __name__)


@bp.post("/ticket/<int:ticket_id>/move")
@requires(RoleName.AGENT)
def move(ticket_id: int) -> ResponseReturnValue:
    """Move a ticket to another queue, and say why."""
    found = get_ticket_for(current_user, ticket_id)
    before, form = found.queue_code or "", MoveTicketForm(found)
    if not form.validate():
        return ticket_page.show(TicketForms(found, move=form), form.refused_status)
    opener = unlocking.find_opener()
    try:
        landing = moves.move(
            current_user, ticket_id, form.version.data, form.queue.data, form.why, opener
        )
    except RefusedError as error:
        form.queue.errors = [str(error)]
        return ticket_page.show(TicketForms(found, move=form), 409)
    return _landed(found, before, landing)


@bp.post("/ticket/<int:ticket_id>/send-back")
@requires(RoleName.AGENT)
def send_back(ticket_id: int) -> ResponseReturnValue:
    """Send a ticket back to the desk that it came from, and say why."""
    found = get_ticket_for(current_user, ticket_id)
    before, form = found.queue_code or "", SendBackForm()
    if not form.validate():
        return ticket_page.show(TicketForms(found, send_back=form), form.refused_status)
    opener = unlocking.find_opener()
    try:
        landing = moves.send_back(current_user, ticket_id, form.version.data, form.why, opener)
    except RefusedError as error:
        form.reason.errors = [str(error)]
        return ticket_page.show(TicketForms(found, send_back=form), 409)
    return _landed(found, before, landing)


def _landed(ticket: Ticket, before: str, landing: Landing) -> ResponseReturnValue:
    words = {"number": ticket.number, "desk": wording.desk_name(landing.queue)}
    if landing.pinned:
        flash(_("%(number)s moved to %(desk)s. It is pinned there: no more moves.", **words))
    elif landing.to_the_lead:
        flash(_("%(number)s was sent back twice: the lead at %(desk)s decides now.", **words))
    else:
        flash(_("%(number)s moved to %(desk)s.", **words))
    return redirect(url_for("desk.queue", code=before), 303)


@bp.post("/ticket/<int:ticket_id>/accept")
@requires(RoleName.AGENT)
def accept(ticket_id: int) -> ResponseReturnValue:
    """Accept a ticket that was moved here."""
    found = get_ticket_for(current_user, ticket_id)
    form = VersionForm()
    if not form.validate():
        return ticket_page.show(TicketForms(found, accept=form), form.refused_status)
    try:
        moves.accept(current_user, ticket_id, form.version.data)
    except RefusedError as error:
        form.form_errors.append(str(error))
        return ticket_page.show(TicketForms(found, accept=form), 409)
    flash(_("Accepted: %(number)s stays here.", number=found.number))
    return redirect(url_for("desk.ticket", ticket_id=ticket_id), 303)


@bp.post("/ticket/<int:ticket_id>/priority")
@requires(RoleName.AGENT)
def set_priority(ticket_id: int) -> ResponseReturnValue:
    """Say how soon a ticket wants an answer."""
    found = get_ticket_for(current_user, ticket_id)
    form = PriorityForm()
    if not form.validate():
        return ticket_page.show(TicketForms(found, priority=form), form.refused_status)
    chosen = Priority(form.priority.data)
    try:
        service.change_priority(current_user, ticket_id, form.version.data, chosen)
    except RefusedError as error:
        form.priority.errors = [str(error)]
        return ticket_page.show(TicketForms(found, priority=form), 409)
    flash(_("The priority is now %(priority)s.", priority=PRIORITIES[chosen]))
    return redirect(url_for("desk.ticket", ticket_id=ticket_id), 303)
