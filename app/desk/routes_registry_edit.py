"""Change the registry, for admins: one row through a form, or the whole as a file."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts.models import RoleName
from app.cases.left_behind import refuse_to_leave_behind
from app.core.guards import requires
from app.desk import registry_tables as tables
from app.desk.registry_drafts import Draft, older_words, open_draft
from app.desk.registry_file_form import RegistryFileForm
from app.registry import queries, service
from app.registry.changes import RowChange, list_changes
from app.registry.faults import RegistryFileError
from app.registry.file import parse_registry, registry_to_document
from app.registry.service import OlderRevisionError

bp = Blueprint("registry_edit", __name__)


def _row_page(draft: Draft) -> ResponseReturnValue:
    page = render_template(
        "desk/registry_row.html",
        draft=draft,
        form=draft.form,
        sections=tables.SECTIONS,
        kinds=tables.KINDS,
        fields=tables.FIELDS,
    )
    return page, draft.status


def _carry_out(draft: Draft) -> ResponseReturnValue:
    step = request.form.get("step", "look")
    if not draft.look(step) or step.startswith("look") or not draft.seen:
        return _row_page(draft)
    saved = draft.save(current_user)
    if saved is None:
        return _row_page(draft)
    flash(_("Saved. Revision %(number)d is in force everywhere.", number=saved.revision))
    return redirect(url_for("registry.overview", show=_TABS[draft.section]), 303)


_TABS = {"agency": "agencies", "system": "systems", "topic": "topics"} | dict.fromkeys(
    ("system_of_record", "task")
)


@bp.get("/row/<section>/<key>")
@requires(RoleName.ADMIN)
def row(section: str, key: str) -> ResponseReturnValue:
    """The form of one row."""
    return _row_page(open_draft(section, key, sent=False))


@bp.post("/row/<section>/<key>")
@requires(RoleName.ADMIN)
def change_row(section: str, key: str) -> ResponseReturnValue:
    """Show what a change of the row would be, or save it."""
    return _carry_out(open_draft(section, key, sent=True))


@bp.get("/new/<section>")
@requires(RoleName.ADMIN)
def new_row(section: str) -> ResponseReturnValue:
    """The form of a new row."""
    draft = open_draft(section, None, sent=False)
    if section == "system-of-record" and request.args.get("task") in draft.registry.tasks:
        draft.form["task"].data = request.args["task"]
    return _row_page(draft)


@bp.post("/new/<section>")
@requires(RoleName.ADMIN)
def add_row(section: str) -> ResponseReturnValue:
    """Show what a new row would be, or save it."""
    return _carry_out(open_draft(section, None, sent=True))


def _file_page(
    form: RegistryFileForm, status: int = 200, changes: list[RowChange] | None = None
) -> ResponseReturnValue:
    page = render_template(
        "desk/registry_file.html",
        form=form,
        changes=changes,
        sections=tables.SECTIONS,
        kinds=tables.KINDS,
        fields=tables.FIELDS,
    )
    return page, status


@bp.get("/file")
@requires(RoleName.ADMIN)
def file() -> ResponseReturnValue:
    """The form for a whole registry."""
    revision = queries.find_current_revision()
    return _file_page(RegistryFileForm(formdata=None, data={"revision": revision}))


@bp.post("/file")
@requires(RoleName.ADMIN)
def load_file() -> ResponseReturnValue:
    """Show what a whole registry would change, or put it in force; faults by row."""
    form, current = RegistryFileForm(), queries.get_current_registry()
    if not form.validate():
        return _file_page(form, form.refused_status)
    try:
        wanted = parse_registry(form.text.data, revision=0)
        refuse_to_leave_behind(wanted)
        after = registry_to_document(wanted)
        if form.has_seen(after) and request.form.get("step") == "save":
            return _load(form)
    except RegistryFileError as error:
        form.faults = error.faults
        return _file_page(form, 422)
    except OlderRevisionError:
        form.form_errors.append(older_words())
        return _file_page(form, 409)
    return _file_page(form, changes=list_changes(registry_to_document(current), after))


def _load(form: RegistryFileForm) -> ResponseReturnValue:
    loaded = service.load_registry(form.text.data, current_user, form.why.data, form.revision.data)
    flash(_("Saved. Revision %(number)d is in force everywhere.", number=loaded.revision))
    return redirect(url_for("registry.overview"), 303)
