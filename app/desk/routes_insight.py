"""The runaround in figures and charts: aggregates, which all who work tickets may see."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_security import current_user

from app.accounts.models import RoleName
from app.accounts.policy import queues_of
from app.core import clock
from app.core.errors import NotFoundError
from app.core.guards import requires
from app.desk.forms_insight import MonthsForm
from app.insight import wording
from app.insight.kept import get_recent_insight
from app.insight.measures import PlaceKind
from app.insight.names import full_names, short_names
from app.insight.sheet import to_csv
from app.insight.ticket_queries import What, list_tickets
from app.registry import queries as registry

bp = Blueprint("insight", __name__)


@dataclass(slots=True)
class _Asked:
    """What the address asks for."""

    form: MonthsForm
    sort: str

    @property
    def status(self) -> int:
        return 422 if self.form.errors else 200

    @property
    def address(self) -> dict[str, str]:
        """The months, for links to further pages."""
        span = self.form.span
        return {"since": f"{span.first:%Y-%m}", "until": f"{span.last:%Y-%m}"}


def _asked() -> _Asked:
    form = MonthsForm(request.args, clock.today())
    return _Asked(form, request.args.get("sort", "given"))


@bp.get("/")
@requires(RoleName.AGENT, RoleName.ADMIN)
def overview() -> ResponseReturnValue:
    """All offices and systems, with charts by month."""
    asked, catalogue = _asked(), registry.get_current_registry()
    insight = get_recent_insight(asked.form.span)
    names, short = full_names(catalogue, clock.today()), short_names(catalogue)
    page = render_template(
        "desk/insight.html",
        asked=asked,
        tiles=wording.tiles(insight),
        charts=wording.month_charts(insight, insight.total, place=False),
        flow=wording.flow_chart(insight, short, lambda *_edge: True),
        heads=wording.heads(),
        agencies=wording.place_rows(insight.agencies, PlaceKind.AGENCY, names, asked.sort),
        systems=wording.place_rows(insight.systems, PlaceKind.SYSTEM, names, asked.sort),
        months=wording.month_rows(insight, insight.total),
    )
    return page, asked.status


@bp.get("/<any(agency,system):kind>/<code>")
@requires(RoleName.AGENT, RoleName.ADMIN)
def place(kind: str, code: str) -> ResponseReturnValue:
    """One office or system, month by month."""
    asked, catalogue = _asked(), registry.get_current_registry()
    insight, of = get_recent_insight(asked.form.span), PlaceKind(kind)
    rows = insight.agencies if of is PlaceKind.AGENCY else insight.systems
    names = full_names(catalogue, clock.today())
    if (of, code) not in names and code not in rows:
        raise NotFoundError("There is no such place.")
    figures = rows.get(code, {})
    page = render_template(
        "desk/insight_place.html",
        asked=asked,
        kind=of,
        code=code,
        name=names.get((of, code), code),
        charts=wording.month_charts(insight, figures, place=True),
        flow=wording.flow_chart(
            insight, short_names(catalogue), wording.streams_of(catalogue, of, code)
        ),
        heads=wording.heads(),
        months=wording.month_rows(insight, figures),
    )
    return page, asked.status


@bp.get("/sheet.csv")
@requires(RoleName.AGENT, RoleName.ADMIN)
def sheet() -> Response:
    """Every figure of the months, as CSV."""
    asked, catalogue = _asked(), registry.get_current_registry()
    text = to_csv(get_recent_insight(asked.form.span), full_names(catalogue, clock.today()))
    name = f"insight-{asked.address['since']}-{asked.address['until']}.csv"
    answer = Response(text, mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@bp.get("/tickets")
@requires(RoleName.AGENT)
def tickets() -> ResponseReturnValue:
    """The tickets behind a number, of the reader's own queues."""
    asked, catalogue = _asked(), registry.get_current_registry()
    what = request.args.get("what", What.TICKETS, type=What)
    kind = request.args.get("kind", type=PlaceKind)
    code = request.args.get("code", "")
    after = request.args.get("after", type=int)
    span = asked.form.span
    page = render_template(
        "desk/insight_tickets.html",
        asked=asked,
        page=list_tickets(queues_of(current_user), what, kind, code, span, after),
        what=what,
        kind=kind,
        code=code,
        name=full_names(catalogue, clock.today()).get((kind, code), code) if kind else "",
        heads=dict(wording.heads()),
    )
    return page, asked.status
