"""The help desk's public door: file a ticket, follow it by its private link."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import protection
from app.core.errors import RefusedError
from app.core.guards import public
from app.core.logging import keep_quiet
from app.core.urls import public_address
from app.files.downloads import download
from app.front.filing import (
    LARGEST_FORM,
    ask_which_way,
    file_protected,
    filing_of,
    find_allegation,
    ticket_form,
    warns,
)
from app.front.forms import MessageForm, ProtectForm, SolvedForm
from app.registry import queries as registry
from app.routing import wording
from app.tickets import deflection, known_problems, queries, service
from app.tickets.journey import picture_of_ticket
from app.tips import service as tips
from app.vault import service as vault

bp = Blueprint("front", __name__)


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """The two doors."""
    return render_template("front/home.html")


@bp.get("/help")
@public
def help_form() -> ResponseReturnValue:
    """The empty form; an answer page leads here with its task."""
    form = ticket_form()
    if request.args.get("task") in dict(form.task.choices):
        form.task.data = request.args["task"]
    return render_template("front/help.html", form=form)


@bp.post("/help")
@public
def file_ticket() -> ResponseReturnValue:
    """File a ticket, and go on to its private page; or file it as a tip and show the receipt.

    What alleges wrongdoing is not filed yet: its filer is shown the tip line first.
    """
    request.max_content_length = LARGEST_FORM
    form = ticket_form()
    if not form.validate():
        return render_template("front/help.html", form=form), form.refused_status
    filing = filing_of(form)
    if form.protect and form.protect.data:
        return file_protected(form, filing, form.uploads)
    if allegation := find_allegation(form):
        return ask_which_way(allegation)
    token = service.file_ticket(replace(filing, files=form.uploads))
    return redirect(url_for("front.ticket", token=token), 303)


def _ticket_page(
    token: str, form: MessageForm, status: int = 200, protect: ProtectForm | None = None
) -> ResponseReturnValue:
    ticket = queries.get_ticket_by_link(token)
    decision = ticket.decision
    page = render_template(
        "front/ticket.html",
        ticket=ticket,
        token=token,
        link=public_address("front.ticket", token=token),
        outcome=wording.outcome(decision) if decision else None,
        loaded_at=registry.get_loaded_at(decision.registry_revision_id) if decision else None,
        solved=SolvedForm(formdata=None) if deflection.may_deflect(ticket) else None,
        known=known_problems.find_told(ticket),
        chain=picture_of_ticket(ticket),
        messages=queries.list_messages(ticket, notes=False),
        form=form,
        protect=protect or ProtectForm(formdata=None),
        may_protect=vault.has_custodian(),
    )
    return page, status


@bp.get("/help/ticket/<token>")
@public
def ticket(token: str) -> ResponseReturnValue:
    """The requester's page of a ticket; while it is being routed it reloads itself."""
    return _ticket_page(token, MessageForm())


@bp.post("/help/ticket/<token>")
@public
def add_message(token: str) -> ResponseReturnValue:
    """Add a message of the requester; one that alleges wrongdoing, once they know the tip line."""
    form = MessageForm()
    found = queries.get_ticket_by_link(token)
    if not form.validate():
        return _ticket_page(token, form, form.refused_status)
    if warns(form):
        return _ticket_page(token, form)
    try:
        service.add_requester_message(found, form.submission_id, form.text.data)
    except RefusedError as error:
        form.text.errors = [str(error)]
        return _ticket_page(token, form, 422)
    flash(_("Your message is with the desk."))
    return redirect(url_for("front.ticket", token=token), 303)


@bp.post("/help/ticket/<token>/solved")
@public
def solved(token: str) -> ResponseReturnValue:
    """The instant answer was enough."""
    found = queries.get_ticket_by_link(token)
    form = SolvedForm()
    message_form = MessageForm(formdata=None)
    if not form.validate():
        message_form.form_errors = [form.stale_message]
        return _ticket_page(token, message_form, form.refused_status)
    try:
        deflection.deflect(found)
    except RefusedError as error:
        message_form.form_errors = [str(error)]
        return _ticket_page(token, message_form, 409)
    flash(_("Good. Your ticket is solved. Should you need the desk after all, write to it below."))
    return redirect(url_for("front.ticket", token=token), 303)


@bp.post("/help/ticket/<token>/protect")
@public
def protect(token: str) -> ResponseReturnValue:
    """Turn a ticket into a tip, and show the receipt."""
    keep_quiet()
    form = ProtectForm()
    try:
        words = tips.find_receipt(form.submission_id)
    except RefusedError:  # made on another day, and the page with the ticket is gone
        words = None
    if words is None:
        found = queries.get_ticket_by_link(token)
        if not form.validate():
            return _ticket_page(token, MessageForm(formdata=None), form.refused_status, form)
        try:
            words = protection.convert(found.id, form.submission_id)
        except RefusedError as error:
            form.sure.errors = [str(error)]
            return _ticket_page(token, MessageForm(formdata=None), 409, form)
    return render_template("front/receipt.html", words=words)


@bp.get("/help/ticket/<token>/file/<uuid:file_id>")
@public
def ticket_file(token: str, file_id: UUID) -> Response:
    """A file of a public message of the ticket."""
    found = queries.get_ticket_by_link(token)
    return download(queries.get_file(found, file_id, notes=False))
