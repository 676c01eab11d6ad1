"""The source deletes the conversation: asked once more, done at once, and told what is gone."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.guards import public
from app.front.forms import DeleteForm, ReceiptForm
from app.front.routes_tip import COOKIE, bp
from app.tips import destruction, service

__all__ = ["bp"]  # the tip line's own, with these views added


def _ended() -> ResponseReturnValue:
    form = ReceiptForm(formdata=None)
    form.receipt.errors = [_("Your visit has ended. Please enter your receipt again.")]
    return render_template("front/come_back.html", form=form), 400


@bp.get("/tip/mailbox/delete")
@public
def delete_form() -> ResponseReturnValue:
    """Say what will be gone and what not, and ask."""
    if service.find_visit(request.cookies.get(COOKIE)) is None:
        return _ended()
    return render_template("front/delete.html", form=DeleteForm(formdata=None))


@bp.post("/tip/mailbox/delete")
@public
def delete() -> ResponseReturnValue:
    """Delete the conversation and end the visit."""
    visit = service.find_visit(request.cookies.get(COOKIE))
    if visit is None:
        return _ended()
    form = DeleteForm()
    if not form.validate():
        return render_template("front/delete.html", form=form), form.refused_status
    gone = destruction.destroy_for_source(visit[0].id)
    service.end_visit(request.cookies.get(COOKIE))
    answer = make_response(render_template("front/deleted.html", gone=gone))
    answer.delete_cookie(COOKIE, path="/tip")
    answer.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return answer
