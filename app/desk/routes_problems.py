"""Known problems: the list, the page of one, and what leads do with it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts.models import RoleName
from app.cases import problems as acts
from app.core.errors import RefusedError
from app.core.guards import requires
from app.desk import problem_pages as pages
from app.desk.forms_problems import (
    AnswerForm,
    LinkProblemForm,
    MergeForm,
    ProblemForm,
    ProblemStateForm,
    RenameForm,
)
from app.desk.problem_pages import ProblemForms
from app.problems import queries, wording
from app.problems.models import Problem, ProblemState
from app.problems.policy import OPEN
from app.tickets.access import get_ticket_for

bp = Blueprint("problems", __name__)
FINISHED = (ProblemState.SOLVED, ProblemState.DISMISSED)


def _to_lead(problem_id: int) -> Problem:
    """A problem that the signed-in lead may act on; others get a 403, as its page is open."""
    problem = queries.get_problem(problem_id)
    if not acts.may_lead(current_user, problem):
        abort(403)
    return problem


def _done(problem_id: int, message: str) -> ResponseReturnValue:
    flash(message)
    return redirect(url_for("problems.problem", problem_id=problem_id), 303)


@bp.get("/problems")
@requires(RoleName.AGENT)
def overview() -> ResponseReturnValue:
    """Known problems, the proposed ones first."""
    finished = request.args.get("show") == "finished"
    found = queries.list_problems(FINISHED if finished else OPEN)
    return render_template(
        "desk/problems.html",
        problems=found,
        finished=finished,
        counts=queries.count_reports([problem.id for problem in found]),
        edges={problem.id: wording.edge_words(problem) for problem in found},
    )


@bp.get("/problems/<int:problem_id>")
@requires(RoleName.AGENT)
def problem(problem_id: int) -> ResponseReturnValue:
    """A problem: the hop and its proof, its time, its tickets, and what can be done."""
    found = queries.get_problem(problem_id)
    if found.merged_into_id:
        return redirect(url_for("problems.problem", problem_id=found.merged_into_id), 303)
    return pages.show(ProblemForms(found))


@bp.post("/problems/<int:problem_id>/state")
@requires(RoleName.AGENT)
def change_state(problem_id: int) -> ResponseReturnValue:
    """Confirm, dismiss or solve a problem, or take one up again."""
    found = _to_lead(problem_id)
    form = ProblemStateForm(found)
    if not form.validate():
        return pages.show(ProblemForms(found, state=form), form.refused_status)
    try:
        state = ProblemState(form.state.data)
        acts.change_state(current_user, problem_id, form.version.data, state)
    except RefusedError as error:
        form.state.errors = [str(error)]
        return pages.show(ProblemForms(found, state=form), 409)
    return _done(problem_id, _("The problem is now %(state)s.", state=form.state.data))


@bp.post("/problems/<int:problem_id>/name")
@requires(RoleName.AGENT)
def rename(problem_id: int) -> ResponseReturnValue:
    """Give a problem a better name."""
    found, form = _to_lead(problem_id), RenameForm()
    if not form.validate():
        return pages.show(ProblemForms(found, rename=form), form.refused_status)
    try:
        acts.rename(current_user, problem_id, form.version.data, form.title.data)
    except RefusedError as error:
        form.title.errors = [str(error)]
        return pages.show(ProblemForms(found, rename=form), 409)
    return _done(problem_id, _("Renamed."))


@bp.post("/problems/<int:problem_id>/merge")
@requires(RoleName.AGENT)
def merge(problem_id: int) -> ResponseReturnValue:
    """Let another problem take in this one."""
    found = _to_lead(problem_id)
    form = MergeForm(found, queries.list_open())
    if not form.validate():
        return pages.show(ProblemForms(found, merge=form), form.refused_status)
    target = int(form.target.data)
    try:
        acts.merge(current_user, problem_id, form.version.data, target)
    except RefusedError as error:
        form.target.errors = [str(error)]
        return pages.show(ProblemForms(found, merge=form), 409)
    return _done(target, _("Merged. What comes of the same kind will go here too."))


@bp.post("/problems/<int:problem_id>/answer/preview")
@requires(RoleName.AGENT)
def preview(problem_id: int) -> ResponseReturnValue:
    """Show an answer as everybody will read it; nothing is sent."""
    found, form = _to_lead(problem_id), AnswerForm()
    if not form.validate():
        return pages.show(ProblemForms(found, answer=form), form.refused_status)
    return pages.preview(found, form)


@bp.post("/problems/<int:problem_id>/answer")
@requires(RoleName.AGENT)
def answer(problem_id: int) -> ResponseReturnValue:
    """Send an answer to everybody with the problem."""
    found, form = _to_lead(problem_id), AnswerForm()
    if not form.validate():
        return pages.preview(found, form, form.refused_status)
    try:
        acts.answer(current_user, problem_id, form.version.data, form.text.data, solves=form.solves)
    except RefusedError as error:
        form.text.errors = [str(error)]
        return pages.preview(found, form, 409)
    return _done(problem_id, _("Your answer is on its way to everybody."))


@bp.post("/problems/<int:problem_id>/remove/<int:ticket_id>")
@requires(RoleName.AGENT)
def remove_ticket(problem_id: int, ticket_id: int) -> ResponseReturnValue:
    """Say that a ticket does not belong to the problem."""
    found, form = _to_lead(problem_id), ProblemForm()
    ticket = get_ticket_for(current_user, ticket_id)
    if not form.validate():
        return pages.show(ProblemForms(found, remove=form), form.refused_status)
    is_left = acts.remove_ticket(current_user, problem_id, ticket_id)
    flash(_("%(number)s does not belong to it any more.", number=ticket.number))
    if is_left:
        return redirect(url_for("problems.problem", problem_id=problem_id), 303)
    return redirect(url_for("problems.overview"), 303)


@bp.post("/ticket/<int:ticket_id>/problem")
@requires(RoleName.AGENT)
def link_ticket(ticket_id: int) -> ResponseReturnValue:
    """Say that a ticket belongs to a known problem."""
    get_ticket_for(current_user, ticket_id)
    form = LinkProblemForm(queries.list_open())
    if not form.validate():
        messages = [message for found in form.errors.values() for message in found]
        flash(messages[0])
    else:
        try:
            acts.link_ticket(current_user, ticket_id, int(form.problem.data))
            flash(_("Linked to the known problem."))
        except RefusedError as error:
            flash(str(error))
    return redirect(url_for("desk.ticket", ticket_id=ticket_id), 303)
