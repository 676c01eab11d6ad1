"""Reads of requests for identities."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.errors import NotFoundError
from app.extensions import db
from app.tips.models import IdentityRequest, RequestState, Tip
from app.vault.models import KeyKind, SealedKey, SealedRecord, SealingKey

NO_SUCH_REQUEST = "There is no such request, or its tip is gone."


def get_tip_of(request_id: UUID) -> UUID:
    """The tip that a request is about; raise NotFoundError when there is no such request."""
    query = select(IdentityRequest.tip_id).filter_by(id=request_id)
    if found := db.session.scalar(query):
        return found
    raise NotFoundError(NO_SUCH_REQUEST)


def get_request_for_update(request_id: UUID) -> IdentityRequest:
    """A request as it is now, locked; raise NotFoundError when there is none."""
    query = select(IdentityRequest).filter_by(id=request_id).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError(NO_SUCH_REQUEST)
    return found


def find_latest(tip: Tip, agent_id: int) -> IdentityRequest | None:
    """The last request of an agent about a tip."""
    return db.session.scalar(
        select(IdentityRequest)
        .filter_by(tip_id=tip.id, agent_id=agent_id)
        .order_by(IdentityRequest.asked_at.desc(), IdentityRequest.id)
        .limit(1)
    )


def list_of_tip(tip: Tip) -> Sequence[IdentityRequest]:
    """Every request about a tip as it is now, oldest first."""
    query = select(IdentityRequest).filter_by(tip_id=tip.id).order_by(IdentityRequest.asked_at)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def list_asked(limit: int = 100) -> Sequence[IdentityRequest]:
    """Requests that nobody has decided, oldest first."""
    return db.session.scalars(
        select(IdentityRequest)
        .filter_by(state=RequestState.ASKED)
        .order_by(IdentityRequest.asked_at, IdentityRequest.id)
        .limit(limit)
        .options(
            joinedload(IdentityRequest.agent),
            joinedload(IdentityRequest.tip),
            joinedload(IdentityRequest.reason).selectinload(SealedRecord.keys),
        )
    ).all()


def list_decided(limit: int = 20) -> Sequence[IdentityRequest]:
    """What was decided last, newest first."""
    return db.session.scalars(
        select(IdentityRequest)
        .where(IdentityRequest.state != RequestState.ASKED)
        .order_by(IdentityRequest.decided_at.desc(), IdentityRequest.id)
        .limit(limit)
        .options(
            joinedload(IdentityRequest.agent),
            joinedload(IdentityRequest.tip),
            joinedload(IdentityRequest.decided_by),
        )
    ).all()


def list_tips_to_settle() -> Sequence[UUID]:
    """Tips whose identity somebody was let into, or has asked for."""
    shared = (
        select(Tip.id)
        .join(SealedKey, SealedKey.record_id == Tip.identity_id)
        .join(SealedKey.key)
        .where(SealingKey.kind == KeyKind.MEMBER)
    )
    requested = select(IdentityRequest.tip_id).where(
        (IdentityRequest.state == RequestState.ASKED) | (IdentityRequest.expires_at > clock.now())
    )
    return db.session.scalars(union(shared, requested)).all()
