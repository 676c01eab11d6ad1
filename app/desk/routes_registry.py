"""The registry, for admins: what is in force, its history, putting an earlier one back."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts.models import RoleName
from app.cases.left_behind import refuse_to_leave_behind
from app.core import clock
from app.core.guards import requires
from app.desk import registry_tables as tables
from app.desk.registry_drafts import older_words
from app.desk.registry_forms import WhyForm
from app.registry import queries, service
from app.registry.changes import list_changes
from app.registry.faults import RegistryFileError
from app.registry.file import check_registry, registry_to_document
from app.registry.models import RegistryRevision
from app.registry.service import OlderRevisionError
from app.registry.writing import registry_to_toml

bp = Blueprint("registry", __name__)
PAGE = 20


@bp.get("")
@requires(RoleName.ADMIN)
def overview() -> ResponseReturnValue:
    """What is in force: systems of record by task, agencies, systems, topics."""
    registry, today = queries.get_current_registry(), clock.today()
    shown = request.args.get("show", "tasks")
    lives, since = tables.list_lives(registry, today)
    return render_template(
        "desk/registry.html",
        registry=registry,
        revision=queries.get_revision(registry.revision),
        shown=shown if shown in ("agencies", "systems", "topics") else "tasks",
        tasks=tables.list_by_task(registry, today),
        lives=lives,
        since=since,
        today=today,
    )


@bp.get("/export")
@requires(RoleName.ADMIN)
def export() -> Response:
    """The registry in force as a file."""
    registry = queries.get_current_registry()
    name = f"registry-{registry.revision}.toml"
    return Response(
        registry_to_toml(registry),
        content_type="application/toml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.get("/history")
@requires(RoleName.ADMIN)
def history() -> ResponseReturnValue:
    """Revisions, newest first, with how much each changed."""
    found = queries.list_revisions(PAGE + 1, before=request.args.get("before", type=int))
    documents = [revision.document for revision in found] + [None]
    counted = [
        (
            revision,
            tables.count_changes(list_changes(before, revision.document)) if before else None,
        )
        for revision, before in zip(found[:PAGE], documents[1:], strict=False)
    ]
    return render_template(
        "desk/registry_history.html",
        revisions=counted,
        current=queries.find_current_revision(),
        older=found[PAGE - 1].id if len(found) > PAGE else None,
    )


def _revision_page(
    revision: RegistryRevision, form: WhyForm | None = None, status: int = 200
) -> ResponseReturnValue:
    earlier = queries.find_earlier(revision)
    current = queries.get_current_registry()
    form = form or WhyForm(formdata=None, data={"revision": current.revision})
    page = render_template(
        "desk/registry_revision.html",
        revision=revision,
        earlier=earlier,
        form=form,
        current=current.revision,
        changes=list_changes(earlier.document, revision.document) if earlier else [],
        back=list_changes(registry_to_document(current), revision.document),
        **_words(),
    )
    return page, status


def _words() -> dict[str, object]:
    return {"sections": tables.SECTIONS, "kinds": tables.KINDS, "fields": tables.FIELDS}


@bp.get("/revision/<int:number>")
@requires(RoleName.ADMIN)
def revision(number: int) -> ResponseReturnValue:
    """One revision: who, when, why, what it changed, and what putting it back would change."""
    return _revision_page(queries.get_revision(number))


@bp.post("/revision/<int:number>/put-back")
@requires(RoleName.ADMIN)
def put_back(number: int) -> ResponseReturnValue:
    """Put an earlier revision in force again, as a new one."""
    found, form = queries.get_revision(number), WhyForm()
    if not form.validate():
        return _revision_page(found, form, form.refused_status)
    try:
        refuse_to_leave_behind(check_registry(found.document, revision=0))
        loaded = service.put_back(current_user, number, form.why.data, form.revision.data)
    except RegistryFileError as error:
        form.form_errors.extend(error.faults)
        return _revision_page(found, form, 422)
    except OlderRevisionError:
        form.form_errors.append(older_words())
        return _revision_page(found, form, 409)
    flash(_("Revision %(old)d is in force again, as %(new)d.", old=number, new=loaded.revision))
    return redirect(url_for("registry.overview"), 303)
