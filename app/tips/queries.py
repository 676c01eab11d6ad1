"""Reads of tips: their readable facts only."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core.errors import NotFoundError
from app.extensions import db
from app.tips.models import Tip, TipAddition, TipState


def get_tip(tip_id: UUID) -> Tip:
    """A tip by its id; raise NotFoundError when there is none."""
    if tip := db.session.get(Tip, tip_id):
        return tip
    raise NotFoundError("There is no such tip.")


def get_tip_for_update(tip_id: UUID) -> Tip:
    """A tip as it is now, locked until the unit of work ends; NotFoundError when none is."""
    query = select(Tip).filter_by(id=tip_id).with_for_update()
    tip = db.session.scalar(query.execution_options(populate_existing=True))
    if tip is None:
        raise NotFoundError("There is no such tip.")
    return tip


def find_tip_by_lookup(lookup_id: bytes) -> Tip | None:
    """The tip of a receipt."""
    return db.session.scalar(select(Tip).filter_by(lookup_id=lookup_id))


def find_tip_by_submission(submission: bytes) -> Tip | None:
    """The tip that a form made, by the hash of its submission id."""
    return db.session.scalar(select(Tip).filter_by(submission_hash=submission))


def find_addition_by_submission(submission: bytes) -> TipAddition | None:
    """The addition that a form made, by the hash of its submission id."""
    return db.session.scalar(select(TipAddition).filter_by(submission_hash=submission))


def get_addition(addition_id: UUID) -> TipAddition:
    """An addition by its id; raise NotFoundError when there is none."""
    if addition := db.session.get(TipAddition, addition_id):
        return addition
    raise NotFoundError("There is no such addition.")


def list_addition_days(tip: Tip) -> list[TipAddition]:
    """What a source has added, oldest day first."""
    return list(
        db.session.scalars(
            select(TipAddition).filter_by(tip_id=tip.id).order_by(TipAddition.added_on)
        )
    )


def count_open(queues: Collection[str]) -> dict[str, int]:
    """Tips that are not closed, in each of the queues that have some."""
    rows = db.session.execute(
        select(Tip.queue_code, func.count())
        .where(Tip.queue_code.in_(queues), Tip.state != TipState.CLOSED)
        .group_by(Tip.queue_code)
    )
    return {code: count for code, count in rows if code is not None}


def list_open(queue_code: str, limit: int = 100) -> list[Tip]:
    """Tips of a queue that are not closed, newest day first."""
    return list(
        db.session.scalars(
            select(Tip)
            .where(Tip.queue_code == queue_code, Tip.state != TipState.CLOSED)
            .options(joinedload(Tip.decision))
            .order_by(Tip.received_on.desc(), Tip.id)
            .limit(limit)
        )
    )
