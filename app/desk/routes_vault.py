"""A member's own vault: set, unlock, lock and change the passphrase; grant to fellow members."""

from dataclasses import dataclass, field

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts import queries as accounts
from app.accounts.models import RoleName
from app.cases import granting
from app.core.errors import RefusedError
from app.core.forms import SubmissionForm
from app.core.guards import requires
from app.desk import unlocking
from app.desk.forms import ChangePassphraseForm, NoticesForm, PassphraseForm, UnlockForm
from app.desk.unlocking import unlocked
from app.members import service
from app.members.circles import named
from app.routing import wording
from app.vault.openers import Opener

bp = Blueprint("vault", __name__)
WHO = (RoleName.AGENT, RoleName.CUSTODIAN)


@dataclass(slots=True)
class VaultForms:
    """The forms of the vault's page; the one that was sent and refused stands in for its twin."""

    unlock: UnlockForm = field(default_factory=lambda: UnlockForm(formdata=None))
    new: PassphraseForm = field(default_factory=lambda: PassphraseForm(formdata=None))
    change: ChangePassphraseForm = field(
        default_factory=lambda: ChangePassphraseForm(formdata=None)
    )
    circle: SubmissionForm = field(default_factory=lambda: SubmissionForm(formdata=None))


def _page(forms: VaultForms, status: int = 200) -> ResponseReturnValue:
    opener = unlocking.get_opener()
    forms.unlock.next.data = forms.unlock.next.data or request.args.get("next", "")
    page = render_template(
        "desk/vault.html",
        forms=forms,
        has_vault=service.has_vault(current_user),
        unlocked=opener is not None,
        circles=service.list_circles(current_user),
        notices=NoticesForm(formdata=None, daily=current_user.daily_notice),
        waiting=service.list_waiting(current_user) if opener else [],
        desk_names=wording.desk_names() | {"custodians": _("Custodians of identities")},
    )
    return page, status


@bp.get("")
@requires(*WHO)
def overview() -> ResponseReturnValue:
    """What the member can open, and the forms."""
    return _page(VaultForms())


def _opened(cookie: str, to: str = "") -> ResponseReturnValue:
    local = to if to.startswith("/desk/") else url_for("vault.overview")
    answer = redirect(local, 303)
    unlocking.set_cookie(answer, cookie)
    return answer


@bp.post("/passphrase")
@requires(*WHO)
def set_passphrase() -> ResponseReturnValue:
    """Set the first passphrase, or after a lost one a new one."""
    form = PassphraseForm()
    if not form.validate():
        return _page(VaultForms(new=form), form.refused_status)
    try:
        holder = service.set_passphrase(current_user, form.passphrase.data)
    except RefusedError as error:
        form.passphrase.errors = [str(error)]
        return _page(VaultForms(new=form), 422)
    flash(_("Your vault is set up and unlocked."))
    return _opened(service.open_for(current_user, holder))


@bp.post("/unlock")
@requires(*WHO)
def unlock() -> ResponseReturnValue:
    """Unlock the vault, and go on to where it was needed."""
    form = UnlockForm()
    if not form.validate():
        return _page(VaultForms(unlock=form), form.refused_status)
    try:
        cookie = service.unlock(current_user, form.passphrase.data)
    except RefusedError as error:
        form.passphrase.errors = [str(error)]
        return _page(VaultForms(unlock=form), 422)
    return _opened(cookie, form.next.data or "")


@bp.post("/lock")
@requires(*WHO)
def lock() -> ResponseReturnValue:
    """Lock the vault."""
    form = SubmissionForm()
    if not form.validate():
        return _page(VaultForms(circle=form), form.refused_status)
    service.lock(unlocking.cookie())
    answer = redirect(url_for("vault.overview"), 303)
    unlocking.drop_cookie(answer)
    return answer


@bp.post("/change")
@requires(*WHO)
def change_passphrase() -> ResponseReturnValue:
    """Change the passphrase; what the vault opens stays the same."""
    form = ChangePassphraseForm()
    if not form.validate():
        return _page(VaultForms(change=form), form.refused_status)
    try:
        service.change_passphrase(current_user, form.old.data, form.passphrase.data)
    except RefusedError as error:
        form.passphrase.errors = [str(error)]
        return _page(VaultForms(change=form), 422)
    flash(_("Your vault passphrase is changed."))
    return redirect(url_for("vault.overview"), 303)


@bp.post("/grant/<circle>/<int:member_id>")
@requires(*WHO)
@unlocked
def grant(opener: Opener, circle: str, member_id: int) -> ResponseReturnValue:
    """Let a fellow member open what this circle opens."""
    form, member = SubmissionForm(), accounts.get_user(member_id)
    if not form.validate():
        return _page(VaultForms(circle=form), form.refused_status)
    try:
        granting.grant(current_user, opener, named(circle), member)
    except RefusedError as error:
        flash(str(error))
    else:
        flash(_("%(name)s can open this now.", name=member.name))
    return redirect(url_for("vault.overview"), 303)


@bp.post("/leave/<code>")
@requires(*WHO)
def leave(code: str) -> ResponseReturnValue:
    """Leave a queue: its key changes, and this member opens nothing new of it."""
    form = SubmissionForm()
    if not form.validate():
        return _page(VaultForms(circle=form), form.refused_status)
    try:
        service.leave_queue(current_user, current_user, code)
    except RefusedError as error:
        flash(str(error))
    else:
        flash(_("You have left %(desk)s. Its key was changed.", desk=wording.desk_name(code)))
    return redirect(url_for("vault.overview"), 303)


@bp.post("/notices")
@requires(*WHO)
def notices() -> ResponseReturnValue:
    """Choose between notices at random times and one each morning."""
    form = NoticesForm()
    if not form.validate():
        return _page(VaultForms(), form.refused_status)
    service.choose_notices(current_user, daily=form.daily.data)
    flash(_("Saved."))
    return redirect(url_for("vault.overview"), 303)
