"""The tip line's public door. No account, no script, no cookie that outlives the visit."""

from uuid import UUID

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer

from app.core.errors import NotFoundError, RefusedError
from app.core.guards import public
from app.front.forms import AdditionForm, ReceiptForm, TipForm
from app.registry import queries as registry
from app.routing import wording
from app.tips import queries, service
from app.tips.models import Tip

bp = Blueprint("tip_line", __name__)
VISIT_SECONDS = 30 * 60


def _visits() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="tip-visit")


@bp.get("/tip")
@public
def tip_form() -> ResponseReturnValue:
    """What the line can and cannot protect, and the empty form."""
    return render_template("front/tip.html", form=TipForm(registry.get_current_registry()))


@bp.post("/tip")
@public
def file_tip() -> ResponseReturnValue:
    """File a tip and show its receipt; a redirect would have to carry the receipt somewhere."""
    form = TipForm(registry.get_current_registry())
    if not form.validate():
        return render_template("front/tip.html", form=form), form.refused_status
    filing = service.TipFiling(
        submission=form.submission_id,
        text=form.text.data,
        topic=form.topic.data or None,
        contact=form.contact.data or "",
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
        tip = service.open_mailbox(form.receipt.data)
    except NotFoundError:
        form.receipt.errors = [
            _("We know no tip with these words. Please check each word and try again.")
        ]
        return render_template("front/come_back.html", form=form), 422
    return _mailbox(tip, AdditionForm(formdata=None))


@bp.post("/tip/add")
@public
def add() -> ResponseReturnValue:
    """Add to a tip."""
    form = AdditionForm()
    try:
        tip = queries.get_tip(UUID(_visits().loads(form.visit.data, max_age=VISIT_SECONDS)))
    except (BadData, TypeError, ValueError):
        page = ReceiptForm(formdata=None)
        page.receipt.errors = [_("Your visit has ended. Please enter your receipt again.")]
        return render_template("front/come_back.html", form=page, kept=form.text.data), 400
    if not form.validate():
        return _mailbox(tip, form, status=form.refused_status)
    try:
        service.add_to_tip(tip.id, form.submission_id, form.text.data)
    except RefusedError as error:
        form.text.errors = [str(error)]
        return _mailbox(tip, form, status=422)
    return _mailbox(tip, AdditionForm(formdata=None), added=True)


def _mailbox(
    tip: Tip, form: AdditionForm, *, added: bool = False, status: int = 200
) -> ResponseReturnValue:
    form.visit.data = _visits().dumps(str(tip.id))
    page = render_template(
        "front/mailbox.html",
        tip=tip,
        form=form,
        added=added,
        desk=wording.desk_name(tip.queue_code) if tip.queue_code else None,
        additions=queries.list_addition_days(tip),
    )
    return page, status
