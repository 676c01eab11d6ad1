"""The tip line's public door. No account, no script, no cookie that outlives the visit."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.errors import NotFoundError, RefusedError
from app.core.guards import public
from app.front.forms import MessageForm, ReceiptForm, TipForm
from app.registry import queries as registry
from app.routing import wording
from app.tips import mailbox, service
from app.tips.models import Tip
from app.vault import service as vault
from app.vault.openers import Holder

bp = Blueprint("tip_line", __name__)
COOKIE = "rightdesk_visit"


def _tip_form() -> TipForm:
    return TipForm(registry.get_current_registry(), identity=vault.has_custodian())


@bp.get("/tip")
@public
def tip_form() -> ResponseReturnValue:
    """What the line can and cannot protect, and the empty form."""
    return render_template("front/tip.html", form=_tip_form())


@bp.post("/tip")
@public
def file_tip() -> ResponseReturnValue:
    """File a tip and show its receipt; a redirect would have to carry the receipt somewhere."""
    form = _tip_form()
    if not form.validate():
        return render_template("front/tip.html", form=form), form.refused_status
    filing = service.TipFiling(
        submission=form.submission_id,
        text=form.text.data,
        topic=form.topic.data or None,
        contact=form.contact.data if form.contact else "",
        hidden_from=form.hidden_from.data or (),
    )
    try:
        words = service.file_tip(filing)
    except RefusedError as error:
        form.text.errors = [str(error)]
        return render_template("front/tip.html", form=form), 422
    return render_template("front/receipt.html", words=words)


@bp.get("/tip/receipt")
@public
def receipt_form() -> ResponseReturnValue:
    """Ask for the receipt."""
    return render_template("front/come_back.html", form=ReceiptForm())


@bp.post("/tip/receipt")
@public
def come_back() -> ResponseReturnValue:
    """Open the mailbox that belongs to a receipt."""
    form = ReceiptForm()
    if not form.validate():
        return render_template("front/come_back.html", form=form), form.refused_status
    try:
        cookie = service.begin_visit(form.receipt.data)
    except NotFoundError:
        form.receipt.errors = [
            _("We know no tip with these words. Please check each word and try again.")
        ]
        return render_template("front/come_back.html", form=form), 422
    answer = redirect(url_for("tip_line.open_mailbox"), 303)
    _set_cookie(answer, cookie)
    return answer


def _set_cookie(answer: Response, value: str) -> None:
    """A cookie without an end: the browser drops it when it is closed."""
    answer.set_cookie(
        COOKIE,
        value,
        path="/tip",
        secure=current_app.config["SETTINGS"].production,
        httponly=True,
        samesite="Strict",
    )


def _visit() -> tuple[Tip, Holder] | None:
    return service.find_visit(request.cookies.get(COOKIE))


def _ended(kept: str | None = None) -> ResponseReturnValue:
    form = ReceiptForm(formdata=None)
    form.receipt.errors = [_("Your visit has ended. Please enter your receipt again.")]
    return render_template("front/come_back.html", form=form, kept=kept), 400


@bp.get("/tip/mailbox")
@public
def open_mailbox() -> ResponseReturnValue:
    """How the tip stands, its replies, and what can be done."""
    visit = _visit()
    if visit is None:
        return _ended()
    return _mailbox(*visit, MessageForm(formdata=None), added="added" in request.args)


@bp.post("/tip/mailbox")
@public
def add() -> ResponseReturnValue:
    """Add to a tip."""
    form, visit = MessageForm(), _visit()
    if visit is None:
        return _ended(form.text.data)
    if not form.validate():
        return _mailbox(*visit, form, status=form.refused_status)
    try:
        service.add_to_tip(visit[0].id, form.submission_id, form.text.data)
    except RefusedError as error:
        form.text.errors = [str(error)]
        return _mailbox(*visit, form, status=422)
    return redirect(url_for("tip_line.open_mailbox", added=""), 303)


def _mailbox(
    tip: Tip, holder: Holder, form: MessageForm, *, added: bool = False, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "front/mailbox.html",
        tip=tip,
        form=form,
        added=added,
        desk=wording.desk_name(tip.queue_code) if tip.queue_code else None,
        letters=mailbox.list_letters(tip, holder),
    )
    return page, status


@bp.get("/tip/leave")
@public
def leave() -> ResponseReturnValue:
    """End the visit and go to a page that says nothing."""
    service.end_visit(request.cookies.get(COOKIE))
    answer = redirect(current_app.config["SETTINGS"].leave_url, 303)
    answer.delete_cookie(COOKIE, path="/tip")
    answer.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return answer
