"""Case work on tips: a queue's tips, and the page of one. Everything needs an unlocked vault."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts.models import RoleName
from app.accounts.policy import may_work
from app.audit import queries as audit
from app.audit.wording import act_words
from app.cases import identity, service
from app.cases.clocks import running_clock
from app.core import clock
from app.core.errors import NotFoundError, RefusedError
from app.core.guards import requires
from app.desk.forms import AssignForm, LinkForm, MoveForm, TipStateForm, WriteForm
from app.desk.unlocking import unlocked
from app.files.downloads import attachment
from app.files.kinds import neutral_name
from app.routing import wording
from app.routing.journey_wording import picture_of
from app.tips import queries
from app.tips.models import Outcome, Tip, TipState
from app.vault.openers import Opener

bp = Blueprint("cases", __name__)


def _after() -> tuple[date, UUID] | None:
    """Where the page before ended, from the address; anything else begins at the top."""
    try:
        return date.fromisoformat(request.args["day"]), UUID(request.args["after"])
    except (KeyError, ValueError):
        return None


@bp.get("/queue/<code>/tips")
@requires(RoleName.AGENT)
@unlocked
def queue(opener: Opener, code: str) -> ResponseReturnValue:
    """The tips of a queue that the member can open, with their first words."""
    if not may_work(current_user, code):
        raise NotFoundError("There is no such queue.")
    closed = request.args.get("show") == "closed"
    page = queries.list_queue(code, closed=closed, after=_after())
    return render_template(
        "desk/tips.html",
        code=code,
        name=wording.desk_name(code),
        page=page,
        closed=closed,
        titles=service.list_titles(page.rows, opener),
        alike=queries.count_alike(page.rows),
        clocks={tip.id: running_clock(tip, clock.today()) for tip in page.rows},
        topic_names=wording.topic_names(),
    )


@dataclass(slots=True)
class CaseForms:
    """The forms of a case's page; the one that was sent and refused stands in for its twin."""

    tip: Tip
    reply: WriteForm = field(default_factory=lambda: WriteForm(formdata=None))
    note: WriteForm = field(default_factory=lambda: WriteForm(formdata=None))
    link: LinkForm = field(default_factory=lambda: LinkForm(formdata=None))
    state: TipStateForm | None = None
    assign: AssignForm | None = None
    hand_over: MoveForm | None = None

    def __post_init__(self) -> None:
        self.state = self.state or TipStateForm(self.tip, formdata=None)
        self.assign = self.assign or AssignForm(service.list_assignees(self.tip), formdata=None)
        self.hand_over = self.hand_over or MoveForm(self.tip.queue_code, formdata=None)


def _page(opener: Opener, forms: CaseForms, status: int = 200) -> ResponseReturnValue:
    tip = forms.tip
    page = render_template(
        "desk/case.html",
        tip=tip,
        forms=forms,
        case=service.open_case(current_user, opener, tip.id),
        clock=running_clock(tip, clock.today()),
        panel=identity.look(current_user, tip),
        desk=wording.desk_name(tip.queue_code or ""),
        outcome=wording.outcome(tip.decision, for_staff=True) if tip.decision else None,
        chain=picture_of(tip.decision, for_staff=True) if tip.decision else None,
        history=audit.list_for("tip", str(tip.id)),
        desk_names=wording.desk_names(),
        topic_names=wording.topic_names(),
        act_words=act_words,
    )
    return page, status


@bp.get("/tip/<uuid:tip_id>")
@requires(RoleName.AGENT)
@unlocked
def case(opener: Opener, tip_id: UUID) -> ResponseReturnValue:
    """A tip: its text, the conversation, notes, and what can be done."""
    return _page(opener, CaseForms(service.get_tip_for(current_user, opener, tip_id)))


def _done(tip_id: UUID, message: str) -> ResponseReturnValue:
    flash(message)
    return redirect(url_for("cases.case", tip_id=tip_id), 303)


@bp.post("/tip/<uuid:tip_id>/reply")
@requires(RoleName.AGENT)
@unlocked
def reply(opener: Opener, tip_id: UUID) -> ResponseReturnValue:
    """Write to the source."""
    tip, form = service.get_tip_for(current_user, opener, tip_id), WriteForm()
    if not form.validate():
        return _page(opener, CaseForms(tip, reply=form), form.refused_status)
    try:
        service.reply(current_user, opener, tip_id, form.submission_id, form.text.data)
    except RefusedError as error:
        form.text.errors = [str(error)]
        return _page(opener, CaseForms(tip, reply=form), 409)
    return _done(tip_id, _("Your reply waits for the source."))


@bp.post("/tip/<uuid:tip_id>/note")
@requires(RoleName.AGENT)
@unlocked
def note(opener: Opener, tip_id: UUID) -> ResponseReturnValue:
    """Write a note for those who can open the tip."""
    tip, form = service.get_tip_for(current_user, opener, tip_id), WriteForm()
    if not form.validate():
        return _page(opener, CaseForms(tip, note=form), form.refused_status)
    service.write_note(current_user, opener, tip_id, form.submission_id, form.text.data)
    return _done(tip_id, _("Your note is sealed with the tip."))


@bp.post("/tip/<uuid:tip_id>/link")
@requires(RoleName.AGENT)
@unlocked
def link(opener: Opener, tip_id: UUID) -> ResponseReturnValue:
    """Note that a ticket belongs to the tip."""
    tip, form = service.get_tip_for(current_user, opener, tip_id), LinkForm()
    if not form.validate():
        return _page(opener, CaseForms(tip, link=form), form.refused_status)
    try:
        service.link_ticket(
            current_user, opener, tip_id, form.submission_id, form.ticket_id, form.ticket.data
        )
    except (RefusedError, NotFoundError) as error:
        form.ticket.errors = [str(error)]
        return _page(opener, CaseForms(tip, link=form), 422)
    return _done(tip_id, _("The ticket is linked. The ticket itself shows nothing of it."))


@bp.post("/tip/<uuid:tip_id>/state")
@requires(RoleName.AGENT)
@unlocked
def change_state(opener: Opener, tip_id: UUID) -> ResponseReturnValue:
    """Change the state; to close needs a result."""
    tip = service.get_tip_for(current_user, opener, tip_id)
    form = TipStateForm(tip)
    if not form.validate():
        return _page(opener, CaseForms(tip, state=form), form.refused_status)
    outcome = Outcome(form.outcome.data) if form.outcome.data else None
    state = TipState(form.state.data)
    try:
        service.change_state(current_user, opener, tip_id, form.version.data, state, outcome)
    except RefusedError as error:
        form.state.errors = [str(error)]
        return _page(opener, CaseForms(tip, state=form), 409)
    return _done(tip_id, _("The tip is now %(state)s.", state=form.state.data))


@bp.post("/tip/<uuid:tip_id>/assign")
@requires(RoleName.AGENT)
@unlocked
def assign(opener: Opener, tip_id: UUID) -> ResponseReturnValue:
    """Give the tip to a member."""
    tip = service.get_tip_for(current_user, opener, tip_id)
    form = AssignForm(service.list_assignees(tip))
    if not form.validate():
        return _page(opener, CaseForms(tip, assign=form), form.refused_status)
    assignee = int(form.assignee.data) if form.assignee.data else None
    try:
        service.assign(current_user, opener, tip_id, form.version.data, assignee)
    except RefusedError as error:
        form.assignee.errors = [str(error)]
        return _page(opener, CaseForms(tip, assign=form), 409)
    return _done(tip_id, _("Saved."))


@bp.post("/tip/<uuid:tip_id>/hand-over")
@requires(RoleName.AGENT)
@unlocked
def hand_over(opener: Opener, tip_id: UUID) -> ResponseReturnValue:
    """Seal the tip to another desk."""
    tip = service.get_tip_for(current_user, opener, tip_id)
    before, form = tip.queue_code or "", MoveForm(tip.queue_code)
    if not form.validate():
        return _page(opener, CaseForms(tip, hand_over=form), form.refused_status)
    try:
        service.hand_over(current_user, opener, tip_id, form.version.data, form.queue.data)
    except RefusedError as error:
        form.queue.errors = [str(error)]
        return _page(opener, CaseForms(tip, hand_over=form), 409)
    flash(_("Sealed to %(desk)s.", desk=wording.desk_name(form.queue.data)))
    return redirect(url_for("cases.queue", code=before), 303)


@bp.get("/tip/<uuid:tip_id>/file/<uuid:file_id>/<any(cleaned, original):which>")
@requires(RoleName.AGENT)
@unlocked
def download(opener: Opener, tip_id: UUID, file_id: UUID, which: str) -> ResponseReturnValue:
    """A file under a neutral name: a copy without its traces, or as it came."""
    case = service.open_case(current_user, opener, tip_id)
    opened = next((f for f in case.files if f.file.id == file_id), None)
    if opened is None:
        raise NotFoundError("There is no such file.")
    chunks = service.download(current_user, opener, tip_id, file_id, cleaned=which == "cleaned")
    return attachment(neutral_name(opened.file.position, opened.kind), chunks)
