"""The tickets behind a number, of the queues that somebody works."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, any_, exists, literal, or_, select, true
from sqlalchemy.orm import joinedload

from app.core.pagination import PAGE_SIZE, Page, page_of
from app.extensions import db
from app.insight.measures import PlaceKind
from app.insight.months import Span
from app.insight.queries import decided_in, wrong_desks
from app.routing.model import Verdict
from app.routing.models import DecisionRecord, ReferralRecord
from app.tickets.models import Ticket, TicketMove

_R, _D = ReferralRecord, DecisionRecord


class What(StrEnum):
    """The number that is looked behind; see measures.py."""

    TICKETS = "tickets"
    SENT = "sent"
    GIVEN = "given"
    RECEIVED = "received"
    LOOPS = "loops"
    DEFLECTED = "deflected"
    HOUSE = "house"


def list_tickets(
    queues: Collection[str],
    what: What,
    kind: PlaceKind | None,
    code: str,
    span: Span,
    after: int | None = None,
) -> Page[Ticket]:
    """One page of the tickets behind a number, newest first; without a kind, of all places."""
    query = (
        select(Ticket)
        .join(_D, _D.id == Ticket.decision_id)
        .where(Ticket.queue_code.in_(queues), decided_in(span), _condition(what, kind, code))
    )
    if after is not None:
        query = query.where(Ticket.id < after)
    query = query.options(joinedload(Ticket.decision)).order_by(Ticket.id.desc())
    return page_of(db.session.scalars(query.limit(PAGE_SIZE + 1)).all())


def _condition(what: What, kind: PlaceKind | None, code: str) -> ColumnElement[bool]:
    hop, agency = _R.decision_id == _D.id, kind is PlaceKind.AGENCY
    wrong = _R.verdict == Verdict.MISDIRECTED
    told = _R.told_by_code if agency else _R.from_system_code
    led = _R.to_agency_code if agency else _R.to_system_code
    gave = told == code if kind else true()
    got = led == code if kind else true()
    match what:
        case What.GIVEN:
            return exists().where(hop, wrong, gave)
        case What.RECEIVED:
            return exists().where(hop, wrong, got)
        case What.LOOPS:
            return and_(_D.loop, exists().where(hop, or_(gave, got)))
        case What.HOUSE:
            moves = wrong_desks()
            giver = moves.c.giver == code if kind else true()
            return exists().where(moves.c.ticket_id == Ticket.id, giver)
    return and_(_is_of(kind, code), _further(what))


def _is_of(kind: PlaceKind | None, code: str) -> ColumnElement[bool]:
    if kind is None:
        return true()
    if kind is PlaceKind.AGENCY:
        return Ticket.queue_code == code
    return literal(code) == any_(_D.systems)


def _further(what: What) -> ColumnElement[bool]:
    if what is What.DEFLECTED:
        return Ticket.deflected_at.is_not(None)
    if what is What.SENT:
        return or_(
            exists().where(_R.decision_id == _D.id),
            exists().where(TicketMove.ticket_id == Ticket.id),
        )
    return true()
