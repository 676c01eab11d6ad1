"""The source's mailbox: doors of the tip line that open only during a visit."""

from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import RefusedError
from app.core.forms import SubmissionForm
from app.core.guards import public
from app.front import routes_tip
from app.front.forms import AdditionForm, IdentityForm, ReceiptForm
from app.routing import wording as routing
from app.tips import decoys, mailbox, service, wording
from app.tips.models import Tip
from app.vault import receipts
from app.vault import service as vault
from app.vault.openers import Holder

Visit = tuple[Tip, Holder]
bp = routes_tip.bp


def _visit() -> Visit | None:
    return service.find_visit(request.cookies.get(routes_tip.COOKIE))


def no_visit(kept: str | None = None) -> ResponseReturnValue:
    """Ask for the receipt; after a wrong one with the status that a right one would have."""
    form = ReceiptForm(formdata=None)
    if decoys.is_decoy(request.cookies.get(routes_tip.COOKIE)) and kept is None:
        form.receipt.errors = [
            _("We know no tip with these words. Please check each word and try again.")
        ]
        return render_template("front/come_back.html", form=form)
    form.receipt.errors = [_("Your visit has ended. Please enter your receipt again.")]
    kept = receipts.strike(kept or "")
    return render_template("front/come_back.html", form=form, kept=kept), 400


def _done(what: str) -> ResponseReturnValue:
    return redirect(url_for("tip_line.open_mailbox", done=what), 303)


def _notice(done: str | None) -> str | None:
    return {
        "added": _("Added. It is encrypted for the same office."),
        "deleted": _("The reply is gone from here. The office still has its own copy."),
        "given": _("Encrypted for the custodians. Nobody else can open it."),
        "withdrawn": _("Taken back. What you had given is destroyed."),
    }.get(done or "")


def _mailbox(visit: Visit, form: SubmissionForm | None = None) -> ResponseReturnValue:
    """The page, with the one form that was refused if there is one."""
    tip, holder = visit
    addition = form if isinstance(form, AdditionForm) else AdditionForm(formdata=None)
    identity = form if isinstance(form, IdentityForm) else IdentityForm(formdata=None)
    page = render_template(
        "front/mailbox.html",
        tip=tip,
        label=wording.label(tip),
        standing=wording.standing(tip),
        promises=wording.promises(tip, clock.today()),
        desk=routing.desk_name(tip.queue_code) if tip.queue_code else None,
        waits=vault.waits(tip.content),
        letters=mailbox.list_letters(tip, holder),
        notice=None if form else _notice(request.args.get("done")),
        refused=form,
        addition=addition,
        identity=identity if tip.identity_id or vault.has_custodian() else None,
    )
    return page, form.refused_status if form else 200


@bp.get("/tip/mailbox")
@public
def open_mailbox() -> ResponseReturnValue:
    """How the tip stands, its replies, and what can be done."""
    visit = _visit()
    return _mailbox(visit) if visit else no_visit()


@bp.post("/tip/mailbox")
@public
def add() -> ResponseReturnValue:
    """Add to a tip."""
    visit = _visit()
    if visit:
        request.max_content_length = routes_tip.LARGEST_FORM
    form = AdditionForm()
    if visit is None:
        return no_visit(form.text.data or "")
    if not form.validate():
        return _mailbox(visit, form)
    try:
        service.add_to_tip(visit[0].id, form.submission_id, form.text.data, form.uploads)
    except RefusedError as error:
        form.text.errors = [str(error)]
        return _mailbox(visit, form)
    return _done("added")


@bp.post("/tip/mailbox/reply/<uuid:message_id>/delete")
@public
def delete_reply(message_id: UUID) -> ResponseReturnValue:
    """Take a reply out of the mailbox."""
    form, visit = SubmissionForm(), _visit()
    if visit is None:
        return no_visit("")
    if not form.validate():
        return _mailbox(visit, form)
    service.delete_reply(visit[0].id, message_id)
    return _done("deleted")


@bp.post("/tip/mailbox/identity")
@public
def give_identity() -> ResponseReturnValue:
    """Say how to be reached, or say it anew."""
    form, visit = IdentityForm(), _visit()
    if visit is None:
        return no_visit("")
    if not form.validate():
        return _mailbox(visit, form)
    service.give_identity(visit[0].id, form.contact.data)
    return _done("given")


@bp.post("/tip/mailbox/identity/withdraw")
@public
def withdraw_identity() -> ResponseReturnValue:
    """Take back how to be reached."""
    form, visit = SubmissionForm(), _visit()
    if visit is None:
        return no_visit("")
    if not form.validate():
        return _mailbox(visit, form)
    service.withdraw_identity(visit[0].id)
    return _done("withdrawn")


@bp.get("/tip/proof")
@public
def proof() -> ResponseReturnValue:
    """The proof of filing as a file, under a name that says nothing."""
    visit = _visit()
    if visit is None:
        return no_visit("")
    text = mailbox.get_proof(visit[0])
    answer = Response(text, mimetype="text/plain")
    answer.headers["Content-Disposition"] = 'attachment; filename="document.txt"'
    return answer
