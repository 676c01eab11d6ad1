"""Between filing and sending: a text that alleges wrongdoing, and its filer's three ways."""

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cases import splitting
from app.core.errors import RefusedError
from app.core.guards import public
from app.core.logging import keep_quiet
from app.front.filing import (
    LARGEST_FORM,
    allegation_form,
    ask_again,
    file_protected,
    filing_of,
    find_allegation,
    ticket_form,
)
from app.front.forms_allegation import AllegationForm, Way
from app.front.routes_help import bp
from app.routing.allegations import Allegation
from app.tickets import service
from app.tips import service as tips

__all__ = ["bp"]


@bp.get("/help/before-sending")
@public
def before_sending() -> ResponseReturnValue:
    """Nothing is kept of what was not sent, so there is only the form to go to."""
    return redirect(url_for("front.help_form"))


@bp.post("/help/before-sending")
@public
def choose_way() -> ResponseReturnValue:
    """File a text that alleges as its filer chose: in two parts, as a tip, or as a ticket."""
    keep_quiet()
    request.max_content_length = LARGEST_FORM
    form = allegation_form()
    if form.way.data == Way.CHANGE:
        return render_template("front/help.html", form=ticket_form())
    allegation = find_allegation(form)
    if not form.validate():
        return ask_again(form, allegation), form.refused_status
    try:
        return _send(form, allegation)
    except RefusedError as error:
        form.form_errors = [str(error)]
        return ask_again(form, allegation), 422


def _send(form: AllegationForm, allegation: Allegation | None) -> ResponseReturnValue:
    if words := tips.find_receipt(form.submission_id):  # gone back after all became a tip
        return render_template("front/receipt.html", words=words, repeated=True)
    filing = filing_of(form)
    if form.way.data == Way.TIP:
        return file_protected(form, filing, form.all_uploads)
    if form.way.data == Way.TICKET:
        token = service.file_ticket(replace(filing, files=form.all_uploads))
        return redirect(url_for("front.ticket", token=token), 303)
    part = splitting.TipPart(
        text=form.tip_part.data,
        hidden_from=allegation.kept_from if allegation else (),
        files=form.tip_uploads,
        named=bool(form.named.data) and form.may_be_named,
    )
    filing = replace(filing, text=form.help_part.data, files=form.uploads)
    token, words = splitting.split(filing, part)
    return render_template(
        "front/split.html", words=words, link=url_for("front.ticket", token=token, _external=True)
    )
