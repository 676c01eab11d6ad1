"""What an approved request gives, and how it ends: by time, by leaving, by a hand-over.

A share is the identity's key, sealed to one agent's own key. Without it no rule of ours could
open the identity, so ending a share is deleting that sealed key. A new vault passphrase makes a
new member key, and deletes what the old one opened.
"""

import logging
from datetime import timedelta
from uuid import UUID

from app.accounts.models import User
from app.accounts.policy import may_work
from app.audit import service as audit
from app.cases import identity_queries as requests
from app.core import clock
from app.core.errors import NotFoundError
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.tips import queries as tips
from app.tips.models import IdentityRequest, RequestState, Tip
from app.vault import service as vault

log = logging.getLogger(__name__)
LASTS = timedelta(hours=24)


def lock_tip(tip_id: UUID) -> Tip:
    """A tip, locked; its lock guards its requests and shares too."""
    tip = tips.get_tip_for_update(tip_id)
    if tip.identity:
        db.session.refresh(tip.identity, ["keys"])
    return tip


def is_entitled(agent: User, tip: Tip) -> bool:
    """True while an agent works the tip's queue and can open the tip by key."""
    works = agent.active and tip.queue_code is not None and may_work(agent, tip.queue_code)
    return works and str(agent.id) in vault.list_member_readers(tip.content)


def is_running(request: IdentityRequest) -> bool:
    """True while an approval lasts."""
    expires_at = request.expires_at if request.state == RequestState.APPROVED else None
    return expires_at is not None and expires_at > clock.now()


def has_share(request: IdentityRequest) -> bool:
    """True while an approval lasts and the agent's key still opens the identity."""
    identity = request.tip.identity
    return (
        is_running(request)
        and identity is not None
        and str(request.agent_id) in vault.list_shared_with(identity)
    )


def withdraw_shares(tip: Tip, actor: User | None = None) -> None:
    """Take a tip's identity back from every agent, for a tip that goes to another desk.

    Open requests lapse, and the desk that asked opens its reasons no more. The caller holds the
    tip's lock.
    """
    with unit_of_work():
        for request in requests.list_of_tip(tip):
            _end(request, actor)
            vault.keep_for_custodians(request.reason)
        if tip.identity:
            vault.unshare_with_members(tip.identity)


def _end(request: IdentityRequest, actor: User | None = None) -> None:
    """End what still lasts; a request that was over already stays as it is."""
    now, actor_id = clock.now(), actor.id if actor else None
    if request.state == RequestState.ASKED:
        request.state, request.decided_at = RequestState.REFUSED, now
        act = "cases.lapse_identity"
    elif is_running(request):
        request.expires_at = now
        act = "cases.withdraw_identity"
    else:
        return
    audit.record(act, "tip", request.tip_id, actor_id, agent=request.agent_id)


def expire_identities() -> int:
    """Take back what has expired or whose agent has left; return how many shares. By cron.

    One that fails does not keep the others open.
    """
    return sum(_settle(tip_id) for tip_id in requests.list_tips_to_settle())


def _settle(tip_id: UUID) -> int:
    try:
        with unit_of_work():
            return _take_back(lock_tip(tip_id))
    except NotFoundError:
        return 0  # the tip was destroyed meanwhile, and the share with it
    except Exception:
        log.exception("identity.expiry_failed")
        return 0


def _take_back(tip: Tip) -> int:
    if tip.identity is None:
        return 0
    staying = set()
    for request in requests.list_of_tip(tip):
        if not is_entitled(request.agent, tip):
            _end(request)
        elif is_running(request):
            staying.add(str(request.agent_id))
    over = vault.list_shared_with(tip.identity) - staying
    for member in sorted(over):
        vault.unshare_with_member(tip.identity, member)
        audit.record("cases.expire_identity", "tip", tip.id, agent=int(member))
    return len(over)
