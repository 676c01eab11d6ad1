"""The rule book in the browser: leads change a draft, see what would move, and save it.

A draft is kept nowhere: it travels in the forms, and what is in force stays until it is saved.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts.models import RoleName
from app.accounts.policy import may_change_rules, queues_of
from app.core.errors import RefusedError
from app.core.guards import requires
from app.desk import rule_pages as pages
from app.desk.draft_forms import DraftForm, SaveForm, least_form
from app.desk.rule_forms import RuleForm
from app.desk.rule_preview import preview_in_words
from app.routing import editing, service
from app.routing.change_wording import changes_in_words, suggest_note
from app.routing.changes import differences
from app.routing.rule_wording import percent
from app.routing.rules import LEAST_CONFIDENCE, RuleBook, RuleBookError
from app.tickets.preview import preview_rules

bp = Blueprint("rules", __name__)
P = ParamSpec("P")
WHO = (RoleName.AGENT, RoleName.ADMIN)

ACTS: dict[str, Callable[[RuleBook, str], RuleBook]] = {
    "up": lambda book, code: editing.move(book, code, -1),
    "down": lambda book, code: editing.move(book, code, 1),
    "switch": editing.switch,
    "copy": editing.duplicate,
    "delete": editing.remove,
}
"""What the buttons beside a rule do to the draft."""


def leads_only(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Beyond the roles: only who leads a queue, or is an admin."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not may_change_rules(current_user):
            abort(403)
        return view(*args, **kwargs)

    return guarded


@bp.app_context_processor
def _for_navigation() -> dict[str, object]:
    return {"may_change_rules": may_change_rules}


def list_page(form: DraftForm, status: int = 200) -> ResponseReturnValue:
    """The rules of a draft in their order; the book in force is a draft without changes."""
    speaker, (_revision, current) = pages.get_speaker(), pages.get_current_book()
    page = render_template(
        "desk/rules.html",
        form=form,
        rules=[speaker.rule(rule) for rule in form.book.rule],
        faults=pages.list_faults(form.book, speaker.registry),
        least=pages.least_in_words(form.book, speaker),
        usual=percent(LEAST_CONFIDENCE),
        changes=changes_in_words(differences(current, form.book), speaker),
        counts=pages.count_decisions(queues_of(current_user)),
        days=pages.COUNTED_DAYS,
    )
    return page, status


def preview_page(form: SaveForm, status: int = 200) -> ResponseReturnValue:
    """What a draft would change; the list instead, where the draft could not be saved."""
    speaker, (revision, current) = pages.get_speaker(), pages.get_current_book()
    if pages.list_faults(form.book, speaker.registry):
        return list_page(form, 422)
    changes = differences(current, form.book)
    form.suggest(suggest_note(changes))
    found = preview_rules(form.book, queues_of(current_user)) if changes else None
    page = render_template(
        "desk/rules_preview.html",
        form=form,
        revision=revision,
        changes=changes_in_words(changes, speaker),
        theirs=pages.changes_since(form.base, revision, speaker),
        found=preview_in_words(found, current_user, speaker) if found else None,
    )
    return page, status


def _refused(form: DraftForm) -> ResponseReturnValue:
    """The list again: of the draft where only the page had expired, else of what is in force."""
    if "draft" not in form.errors:
        return list_page(form, form.refused_status)
    whole = pages.draft_in_force()
    whole.form_errors = list(form.errors["draft"])
    return list_page(whole, form.refused_status)


def _edit_page(form: RuleForm, status: int = 200) -> ResponseReturnValue:
    return render_template("desk/rule.html", form=form), status


@bp.get("")
@requires(*WHO)
@leads_only
def overview() -> ResponseReturnValue:
    """The rules in force, and what can be done with them."""
    return list_page(pages.draft_in_force())


@bp.get("/<any(draft, edit, apply, confidence, preview, save):_step>")
@requires(*WHO)
@leads_only
def begin_again(_step: str) -> ResponseReturnValue:
    """A step whose draft is gone, since its page was opened anew."""
    return redirect(url_for("rules.overview"), 303)


@bp.post("/draft")
@requires(*WHO)
@leads_only
def draft() -> ResponseReturnValue:
    """The list with a draft, to change more of it."""
    form = DraftForm()
    return list_page(form) if form.validate() else _refused(form)


@bp.post("/draft/<any(up, down, switch, copy, delete):act>")
@requires(*WHO)
@leads_only
def change(act: str) -> ResponseReturnValue:
    """Change the draft by one of the buttons beside a rule."""
    form = DraftForm()
    if not form.validate():
        return _refused(form)
    form.carry(ACTS[act](form.book, request.form.get("code", "")), form.base)
    return list_page(form)


@bp.post("/edit")
@requires(*WHO)
@leads_only
def edit() -> ResponseReturnValue:
    """The form of one rule; of a new one where no rule is named."""
    form = DraftForm()
    if not form.validate():
        return _refused(form)
    rule = editing.find_rule(form.book, request.form.get("code", ""))
    return _edit_page(RuleForm.of(pages.get_speaker(), pages.list_problems(), form, rule))


@bp.post("/apply")
@requires(*WHO)
@leads_only
def apply() -> ResponseReturnValue:
    """Take a rule into the draft; then the preview, or the list to change more."""
    form = RuleForm(pages.get_speaker(), pages.list_problems())
    if not form.validate():
        return _refused(form) if "draft" in form.errors else _edit_page(form, form.refused_status)
    return _go_on(form, form.changed_book)


@bp.post("/confidence")
@requires(*WHO)
@leads_only
def confidence() -> ResponseReturnValue:
    """The form of each queue's confidence."""
    draft, form = DraftForm(), least_form(pages.get_speaker().desks, formdata=None)
    if not draft.validate():
        return _refused(draft)
    form.show(draft)
    return render_template("desk/rules_confidence.html", form=form)


@bp.post("/confidence/apply")
@requires(*WHO)
@leads_only
def apply_confidence() -> ResponseReturnValue:
    """Take the confidences into the draft."""
    form = least_form(pages.get_speaker().desks)
    if form.validate():
        return _go_on(form, form.changed_book)
    if "draft" in form.errors:
        return _refused(form)
    return render_template("desk/rules_confidence.html", form=form), form.refused_status


def _go_on(form: DraftForm, book: RuleBook) -> ResponseReturnValue:
    """The preview of a changed draft, or the list to change more of it."""
    following: DraftForm = (DraftForm if "later" in request.form else SaveForm)(formdata=None)
    following.carry(book, form.base)
    return preview_page(following) if isinstance(following, SaveForm) else list_page(following)


@bp.post("/preview")
@requires(*WHO)
@leads_only
def preview() -> ResponseReturnValue:
    """What would move if the draft were saved. Nothing is stored."""
    form = DraftForm()
    return _go_on(form, form.book) if form.validate() else _refused(form)


@bp.post("/save")
@requires(*WHO)
@leads_only
def save() -> ResponseReturnValue:
    """Put the draft in force."""
    form = SaveForm()
    if not form.validate():
        return _refused(form) if "draft" in form.errors else preview_page(form, form.refused_status)
    try:
        service.save_book(current_user, form.base, form.book, form.note.data)
    except RuleBookError:
        return list_page(form, 422)
    except RefusedError as error:
        form.form_errors.append(str(error))
        return preview_page(form, 409)
    flash(_("Saved. What is filed from now on is decided by these rules."))
    return redirect(url_for("rules.overview"), 303)
