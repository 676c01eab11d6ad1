"""Identities of sources: custodians decide on requests, agents ask and read. All unlocked."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts.models import RoleName
from app.cases import identity
from app.cases import identity_queries as queries
from app.cases import service as cases
from app.core.errors import NotFoundError, RefusedError
from app.core.forms import SubmissionForm
from app.core.guards import requires
from app.desk.forms import IdentityForm
from app.desk.unlocking import unlocked
from app.routing import wording
from app.tips.models import Tip
from app.vault.openers import Opener

bp = Blueprint("identity", __name__)
asking = Blueprint("asking", __name__)


# Custodians


def _requests_page(opener: Opener, form: SubmissionForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "desk/identity_requests.html",
        form=form,
        asked=identity.list_asked(current_user, opener),
        decided=queries.list_decided(),
        desk_names=wording.desk_names(),
    )
    return page, status


@bp.get("")
@requires(RoleName.CUSTODIAN)
@unlocked
def requests(opener: Opener) -> ResponseReturnValue:
    """The requests that wait for a custodian, and what was decided last."""
    return _requests_page(opener, SubmissionForm(formdata=None))


@bp.post("/<uuid:request_id>/approve")
@requires(RoleName.CUSTODIAN)
@unlocked
def approve(opener: Opener, request_id: UUID) -> ResponseReturnValue:
    """Seal the identity to the agent who asked, for a day."""
    form = SubmissionForm()
    if not form.validate():
        return _requests_page(opener, form, form.refused_status)
    try:
        identity.approve(current_user, opener, request_id)
    except (RefusedError, NotFoundError) as error:
        flash(str(error))
    else:
        flash(_("Approved. The agent can read the identity for 24 hours."))
    return redirect(url_for("identity.requests"), 303)


@bp.post("/<uuid:request_id>/refuse")
@requires(RoleName.CUSTODIAN)
@unlocked
def refuse(opener: Opener, request_id: UUID) -> ResponseReturnValue:
    """Leave the identity sealed."""
    form = SubmissionForm()
    if not form.validate():
        return _requests_page(opener, form, form.refused_status)
    try:
        identity.refuse(current_user, request_id)
    except (RefusedError, NotFoundError) as error:
        flash(str(error))
    else:
        flash(_("Refused. The identity stays sealed."))
    return redirect(url_for("identity.requests"), 303)


# Agents


def _page(
    tip: Tip,
    form: IdentityForm | None = None,
    status: int = 200,
    found: dict[str, str] | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "desk/identity.html",
        tip=tip,
        desk=wording.desk_name(tip.queue_code or ""),
        panel=replace(identity.look(current_user, tip), identity=found),
        form=form or IdentityForm(formdata=None),
    )
    return page, status


@asking.get("")
@requires(RoleName.AGENT)
@unlocked
def page(opener: Opener, tip_id: UUID) -> ResponseReturnValue:
    """How things stand with a tip's identity, and the form to ask for it."""
    return _page(cases.get_tip_for(current_user, opener, tip_id))


@asking.post("")
@requires(RoleName.AGENT)
@unlocked
def ask(opener: Opener, tip_id: UUID) -> ResponseReturnValue:
    """Ask the custodians for the identity."""
    tip, form = cases.get_tip_for(current_user, opener, tip_id), IdentityForm()
    if not form.validate():
        return _page(tip, form, form.refused_status)
    try:
        identity.ask(current_user, opener, tip_id, form.reason.data)
    except RefusedError as error:
        form.reason.errors = [str(error)]
        return _page(tip, form, 409)
    flash(_("Your request is with the custodians."))
    return redirect(url_for("cases.case", tip_id=tip_id), 303)


@asking.post("/read")
@requires(RoleName.AGENT)
@unlocked
def read(opener: Opener, tip_id: UUID) -> ResponseReturnValue:
    """Show the identity, once; each reading is in the history."""
    tip, form = cases.get_tip_for(current_user, opener, tip_id), SubmissionForm()
    if not form.validate():
        return _page(tip, status=form.refused_status)
    found = identity.read(current_user, opener, tip_id)
    if found is None:
        flash(_("The identity is not open to you now."))
        return redirect(url_for("asking.page", tip_id=tip_id), 303)
    return _page(tip, found=found)
