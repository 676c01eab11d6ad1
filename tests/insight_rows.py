"""Tickets and tips with a history, written as rows, for tests of what is counted."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4

from factories import make_ticket
from routing_hops import hop

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.registry import queries as registry
from app.routing.chains import find_loop
from app.routing.model import Referral, Verdict
from app.routing.models import DecisionRecord, ReferralRecord
from app.tickets.models import MoveAnswer, MoveReason, Ticket, TicketMove, TicketState
from app.tips import service as tips
from app.tips.models import Tip


def noon(day: str) -> datetime:
    """Noon of a day in New York, roughly."""
    return datetime.combine(date.fromisoformat(day), time(16), UTC)


def wrong(*args: Any, **kwargs: Any) -> Referral:
    """A hop that was a misdirection."""
    referral = hop(*args, **kwargs)
    object.__setattr__(referral, "verdict", Verdict.MISDIRECTED)
    return referral


def move(to: str, day: str, reason: str = "not ours", answer: str | None = None) -> dict[str, Any]:
    """A move to a desk."""
    return {"to": to, "at": noon(day), "reason": MoveReason(reason), "answer": answer}


def make_history(
    filed: str,
    *hops: Referral,
    desk: str = "mocs",
    moves: tuple[dict[str, Any], ...] = (),
    state: TicketState = TicketState.OPEN,
    deflected: bool = False,
) -> Ticket:
    """A ticket that was filed on a day, with what was told of it and what became of it."""
    ticket = make_ticket()
    with unit_of_work():
        ticket.decision = _decision(date.fromisoformat(filed), desk, hops)
        ticket.created_at = ticket.routed_at = noon(filed)
        ticket.state = state
        ticket.deflected_at = noon(filed) if deflected else None
        here = desk
        for made in moves:
            answer = MoveAnswer(made["answer"]) if made["answer"] else None
            ticket.moves.append(
                TicketMove(
                    from_queue_code=here,
                    to_queue_code=made["to"],
                    reason=made["reason"],
                    moved_at=made["at"],
                    accept_by=made["at"],
                    answer=answer,
                )
            )
            here = made["to"]
        ticket.queue_code = here
    return ticket


def make_tip_history(month_day: str, *hops: Referral) -> None:
    """A tip that was decided on a day."""
    before = set(db.session.scalars(db.select(Tip.id)))
    tips.file_tip(tips.TipFiling(uuid4(), "The inspector takes a bribe."))
    with unit_of_work():
        tip = db.session.scalars(db.select(Tip).where(Tip.id.not_in(before))).one()
        tip.decision = _decision(date.fromisoformat(month_day), "doi", hops)


def _decision(day: date, desk: str, hops: tuple[Referral, ...]) -> DecisionRecord:
    places = [p for h in hops for p in (h.from_system, h.to_system) if p]
    return DecisionRecord(
        decided_on=day,
        algorithm="test",
        registry_revision_id=registry.get_current_registry().revision,
        queue_code=desk,
        agency_code=desk,
        confidence=0.9,
        topics=[],
        tasks=[],
        systems=list(dict.fromkeys(places)),
        reasons=[],
        answers=[],
        loop=find_loop(hops) is not None,
        referrals=[
            ReferralRecord(
                position=position,
                told_by_code=h.told_by,
                from_system_code=h.from_system,
                from_agency_code=h.from_agency,
                to_system_code=h.to_system,
                to_agency_code=h.to_agency,
                verdict=h.verdict,
                happened_on=h.happened_on,
                proof={"key": "to-unknown", "values": {}},
            )
            for position, h in enumerate(hops)
        ],
    )
