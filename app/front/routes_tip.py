"""The tip line's public door. No account, no script, no cookie that outlives the visit."""

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from app.core import onion
from app.core.errors import NotFoundError, RefusedError
from app.core.guards import public
from app.core.security_headers import PLAIN_POLICY
from app.files.uploads import MAX_FILES, MAX_TIP_FILE_SIZE
from app.front import padding
from app.front.forms import ReceiptForm, TipForm
from app.registry import queries as registry
from app.tips import decoys, service
from app.vault import service as vault

bp = Blueprint("tip_line", __name__)
LARGEST_FORM = (MAX_FILES + 1) * MAX_TIP_FILE_SIZE
COOKIE = "rightdesk_visit"


@bp.after_request
def _harden(response: Response) -> Response:
    """No picture but our own icon, and a size that tells little."""
    response.headers["Content-Security-Policy"] = PLAIN_POLICY
    return padding.pad(response)


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
    request.max_content_length = LARGEST_FORM
    form = _tip_form()
    if not form.validate():
        return render_template("front/tip.html", form=form), form.refused_status
    filing = service.TipFiling(
        submission=form.submission_id,
        text=form.text.data,
        topic=form.topic.data or None,
        contact=form.contact.data if form.contact else "",
        hidden_from=form.hidden_from.data or (),
        files=form.uploads,
    )
    try:
        repeated = service.find_receipt(form.submission_id) is not None
        words = service.file_tip(filing)
    except RefusedError as error:
        form.text.errors = [str(error)]
        return render_template("front/tip.html", form=form), 422
    return render_template("front/receipt.html", words=words, repeated=repeated)


@bp.get("/tip/receipt")
@public
def receipt_form() -> ResponseReturnValue:
    """Ask for the receipt."""
    return render_template("front/come_back.html", form=ReceiptForm())


@bp.post("/tip/receipt")
@public
def come_back() -> ResponseReturnValue:
    """Open the mailbox of a receipt. The answer to a wrong one is as long, and goes there too."""
    form = ReceiptForm()
    if not form.validate():
        form.forget()
        return render_template("front/come_back.html", form=form), form.refused_status
    service.end_visit(request.cookies.get(COOKIE))
    try:
        cookie = service.begin_visit(form.receipt.data)
    except NotFoundError:
        cookie = decoys.make()
    answer = redirect(url_for("tip_line.open_mailbox"), 303)
    _set_cookie(answer, cookie)
    return answer


def _set_cookie(answer: AnyResponse, value: str) -> None:
    """A cookie without an end: the browser drops it when it is closed."""
    answer.set_cookie(
        COOKIE,
        value,
        path="/tip",
        secure=onion.cookies_are_secure(),
        httponly=True,
        samesite="Strict",
    )


@bp.get("/tip/proof-key")
@public
def proof_key() -> ResponseReturnValue:
    """The public key of proofs of filing, and how to check one without us."""
    return render_template("front/proof_key.html", key=vault.find_proof_key())


@bp.get("/tip/leave")
@public
def leave() -> ResponseReturnValue:
    """End the visit and go to a page that says nothing."""
    service.end_visit(request.cookies.get(COOKIE))
    answer = redirect(current_app.config["SETTINGS"].leave_url, 303)
    answer.delete_cookie(COOKIE, path="/tip")
    answer.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return answer
