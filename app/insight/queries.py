"""Count referrals, loops, moves and days, month by month. What it counts: measures.py.

Of tips nothing is read but the counts of their referrals in months that are over.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import InstrumentedAttribute

from app.core import clock
from app.extensions import db
from app.insight.measures import (
    Edge,
    Found,
    HouseCount,
    Insight,
    LoopCount,
    PlaceKind,
    TipCount,
    assemble,
)
from app.insight.medians import Alike, figures_of
from app.insight.months import Span
from app.routing.model import Verdict
from app.routing.models import DecisionRecord, ReferralRecord
from app.tickets.models import MoveAnswer, MoveReason, Ticket, TicketMove, TicketState
from app.tips.models import Tip

Attribute = InstrumentedAttribute[Any]
_R, _D = ReferralRecord, DecisionRecord
_MONTH = cast(func.date_trunc("month", cast(_D.decided_on, DateTime)), Date)
_LEFT_ITS_DESK = TicketMove.to_queue_code != TicketMove.from_queue_code
"""Not so where a ticket that was sent back twice is put before the lead of the desk it is at."""

_MEMORY = "64MB"


def get_insight(span: Span) -> Insight:
    """All figures of a span."""
    db.session.execute(
        select(func.set_config("work_mem", _MEMORY, True), func.set_config("jit", "off", True))
    )
    desks, systems = figures_of(_list_alike(span))
    found = Found(
        edges=_list_edges(span),
        tips=_list_tips(span.finished_by(clock.today())),
        loops=_list_loops(span),
        desks=desks,
        systems=systems,
        house=_list_house(span),
    )
    return assemble(span, found)


def decided_in(span: Span) -> ColumnElement[bool]:
    """Decisions of the span."""
    return and_(_D.decided_on >= span.first, _D.decided_on < span.end)


def _list_edges(span: Span) -> list[Edge]:
    """Misdirections by month and by who sent whom where."""
    places = (_R.told_by_code, _R.from_system_code, _R.to_agency_code, _R.to_system_code)
    query = (
        select(_MONTH, *places, func.count())
        .select_from(_R)
        .join(_D, _D.id == _R.decision_id)
        .join(Ticket, Ticket.decision_id == _D.id)
        .where(decided_in(span), _R.verdict == Verdict.MISDIRECTED)
        .group_by(_MONTH, *places)
    )
    return [Edge(*row) for row in db.session.execute(query)]


def _list_tips(span: Span) -> list[TipCount]:
    """Tips that tell of misdirections, by month and place: tips, not hops."""
    places: tuple[tuple[PlaceKind | None, ColumnElement[Any] | Attribute, bool], ...] = (
        (None, literal(""), True),
        (PlaceKind.AGENCY, _R.told_by_code, True),
        (PlaceKind.AGENCY, _R.to_agency_code, False),
        (PlaceKind.SYSTEM, _R.from_system_code, True),
        (PlaceKind.SYSTEM, _R.to_system_code, False),
    )
    counts = []
    for kind, place, given in places:
        wrong = (
            select(_MONTH.label("month"), place.label("code"), _D.id)
            .select_from(_R)
            .join(_D, _D.id == _R.decision_id)
            .join(Tip, Tip.decision_id == _D.id)
            .where(decided_in(span), _R.verdict == Verdict.MISDIRECTED, place.is_not(None))
            .subquery()
        )
        query = select(wrong.c.month, wrong.c.code, func.count(wrong.c.id.distinct()))
        for month, code, tips in db.session.execute(query.group_by(wrong.c.month, wrong.c.code)):
            counts.append(TipCount(month, kind, code, given, tips))
    return counts


def _list_loops(span: Span) -> list[LoopCount]:
    """Loops by month, and by month and each place that they pass through."""
    chosen = (decided_in(span), _D.loop)
    whole = select(_MONTH, func.count()).join(Ticket, Ticket.decision_id == _D.id).where(*chosen)
    counts = [
        LoopCount(month, None, "", count)
        for month, count in db.session.execute(whole.group_by(_MONTH))
    ]
    through = {
        PlaceKind.AGENCY: array([_R.told_by_code, _R.to_agency_code]),
        PlaceKind.SYSTEM: array([_R.from_system_code, _R.to_system_code]),
    }
    for kind, places in through.items():
        passed = (
            select(_MONTH.label("month"), _D.id, func.unnest(places).label("code"))
            .select_from(_R)
            .join(_D, _D.id == _R.decision_id)
            .join(Ticket, Ticket.decision_id == _D.id)
            .where(*chosen)
            .subquery()
        )
        query = (
            select(passed.c.month, passed.c.code, func.count(passed.c.id.distinct()))
            .where(passed.c.code.is_not(None))
            .group_by(passed.c.month, passed.c.code)
        )
        counts += [LoopCount(month, kind, c, n) for month, c, n in db.session.execute(query)]
    return counts


def _day(moment: ColumnElement[Any] | Attribute) -> ColumnElement[date]:
    zone = current_app.config["SETTINGS"].timezone
    return cast(func.timezone(zone, moment), Date)


def _ways(span: Span) -> Subquery:
    """Each ticket of the span with its hops, and its days once its desk has taken it on."""
    hops = (
        select(
            _R.decision_id,
            func.count().label("hops"),
            func.min(_R.happened_on).label("begun_on"),
        )
        .join(_D, _D.id == _R.decision_id)
        .where(decided_in(span))
        .group_by(_R.decision_id)
        .subquery()
    )
    moves = (
        select(
            TicketMove.ticket_id,
            func.count().filter(_LEFT_ITS_DESK).label("moves"),
            func.max(TicketMove.moved_at).filter(_LEFT_ITS_DESK).label("came_at"),
            func.max(TicketMove.id).label("last_id"),
        )
        .group_by(TicketMove.ticket_id)
        .subquery()
    )
    solved = Ticket.state.in_((TicketState.SOLVED, TicketState.CLOSED))
    settled = case(
        (solved, True),
        (TicketMove.id.is_not(None), TicketMove.answer == MoveAnswer.ACCEPTED),
        else_=Ticket.state != TicketState.NEW,
    )
    came_on = _day(func.coalesce(moves.c.came_at, Ticket.routed_at, Ticket.created_at))
    begun_on = func.coalesce(hops.c.begun_on, _day(Ticket.created_at))
    count = func.coalesce(hops.c.hops, 0) + func.coalesce(moves.c.moves, 0)
    to_desk = and_(settled, count > 0)
    return (
        select(
            _MONTH.label("month"),
            Ticket.queue_code.label("desk"),
            _D.systems.label("systems"),
            Ticket.deflected_at.label("deflected_at"),
            (count > 0).label("sent"),
            case((to_desk, count)).label("hops"),
            case((to_desk, func.greatest(0, cast(came_on - begun_on, Integer)))).label("days"),
        )
        .select_from(Ticket)
        .join(_D, _D.id == Ticket.decision_id)
        .outerjoin(hops, hops.c.decision_id == _D.id)
        .outerjoin(moves, moves.c.ticket_id == Ticket.id)
        .outerjoin(TicketMove, TicketMove.id == moves.c.last_id)
        .where(decided_in(span))
        .subquery("way")
    )


def _list_alike(span: Span) -> list[Alike]:
    """How many tickets are alike in month, desk, systems, hops and days."""
    way = _ways(span)
    keys = (way.c.month, way.c.desk, way.c.systems, way.c.sent, way.c.hops, way.c.days)
    query = select(*keys, func.count(), func.count(way.c.deflected_at)).group_by(*keys)
    return [Alike(*row) for row in db.session.execute(query)]


def wrong_desks() -> Subquery:
    """Moves away from a desk that was not right: `receiver`, and `giver`, who had sent it there.

    The giver of the first move is the router, and empty.
    """
    query = select(
        TicketMove.ticket_id,
        TicketMove.reason,
        TicketMove.from_queue_code.label("receiver"),
        func.lag(TicketMove.from_queue_code)
        .over(partition_by=TicketMove.ticket_id, order_by=TicketMove.id)
        .label("giver"),
    )
    moves = query.where(_LEFT_ITS_DESK).subquery()
    return select(moves).where(moves.c.reason != MoveReason.DUPLICATE).subquery()


def _list_house(span: Span) -> Sequence[HouseCount]:
    """Moves away from desks that were not right, by who had sent the tickets there."""
    moves = wrong_desks()
    query = (
        select(_MONTH, moves.c.giver, moves.c.receiver, func.count())
        .select_from(moves)
        .join(Ticket, Ticket.id == moves.c.ticket_id)
        .join(_D, _D.id == Ticket.decision_id)
        .where(decided_in(span))
        .group_by(_MONTH, moves.c.giver, moves.c.receiver)
    )
    return [HouseCount(*row) for row in db.session.execute(query)]
