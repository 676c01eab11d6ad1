"""Earlier versions of the rule book: what was changed, by whom, and the way back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.forms import SubmissionForm
from app.core.guards import requires
from app.desk import rule_pages as pages
from app.desk.draft_forms import SaveForm
from app.desk.routes_rules import WHO, leads_only, preview_page
from app.routing import queries
from app.routing.change_wording import changes_in_words
from app.routing.changes import differences
from app.routing.models import RuleRevision
from app.routing.rules import rule_book_from_document

bp = Blueprint("rule_versions", __name__)


@bp.get("")
@requires(*WHO)
@leads_only
def versions() -> ResponseReturnValue:
    """All versions, newest first."""
    page = queries.list_rule_revisions(request.args.get("before", type=int))
    revision, _book = pages.get_current_book()
    return render_template("desk/rule_versions.html", page=page, revision=revision)


@bp.get("/<int:revision>")
@requires(*WHO)
@leads_only
def version(revision: int) -> ResponseReturnValue:
    """One version: its rules, and what differs from the one before or another one."""
    found, speaker = queries.get_rule_revision(revision), pages.get_speaker()
    before = queries.find_rule_revision_before(revision)
    wanted = request.args.get("against", type=int)
    other = before if wanted is None else queries.get_rule_revision(wanted)
    book = rule_book_from_document(found.document)
    return render_template(
        "desk/rule_version.html",
        version=found,
        other=other,
        changes=changes_in_words(differences(pages.get_book(other.id), book), speaker)
        if other
        else None,
        rules=[speaker.rule(rule) for rule in book.rule],
        others=_others(revision, other),
        previous=before.id if before else None,
        in_force=pages.get_current_book()[0],
        form=SubmissionForm(formdata=None),
    )


def _others(revision: int, chosen: RuleRevision | None) -> list[RuleRevision]:
    """The latest versions, and one that was chosen, to compare with."""
    latest = [v for v in queries.list_rule_revisions().rows if v.id != revision]
    return latest if chosen is None or chosen in latest else [*latest, chosen]


@bp.post("/<int:revision>/put-back")
@requires(*WHO)
@leads_only
def put_back(revision: int) -> ResponseReturnValue:
    """Make a draft of an earlier version, and show what would move back with it."""
    sent = SubmissionForm()
    if not sent.validate():
        flash(_("For your safety this page had expired. Please press the button again."))
        return redirect(url_for("rule_versions.version", revision=revision), 303)
    form = SaveForm(formdata=None)
    form.carry(pages.get_book(revision), pages.get_current_book()[0])
    form.note.data = _("Version %(number)d put back", number=revision)
    return preview_page(form)
