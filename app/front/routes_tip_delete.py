"""The source deletes the conversation: asked once more, done at once, and told what is gone."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.core.guards import public
from app.front import routes_tip
from app.front.forms import DeleteForm
from app.front.routes_mailbox import no_visit
from app.front.routes_tip import COOKIE
from app.tips import destruction, service

bp = routes_tip.bp


@bp.get("/tip/mailbox/delete")
@public
def delete_form() -> ResponseReturnValue:
    """Say what will be gone and what not, and ask."""
    if service.find_visit(request.cookies.get(COOKIE)) is None:
        return no_visit()
    return render_template("front/delete.html", form=DeleteForm(formdata=None))


@bp.post("/tip/mailbox/delete")
@public
def delete() -> ResponseReturnValue:
    """Delete the conversation and end the visit."""
    visit = service.find_visit(request.cookies.get(COOKIE))
    if visit is None:
        return no_visit()
    form = DeleteForm()
    if not form.validate():
        return render_template("front/delete.html", form=form), form.refused_status
    gone = destruction.destroy_for_source(visit[0].id)
    service.end_visit(request.cookies.get(COOKIE))
    answer = make_response(render_template("front/deleted.html", gone=gone))
    answer.delete_cookie(COOKIE, path="/tip")
    answer.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return answer
