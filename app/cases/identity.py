"""Identities: an agent asks with a reason, a custodian decides, the agent reads for a day.

What opens an identity is a key, never a rule alone: a custodian seals it to the asking agent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.accounts import queries as accounts
from app.accounts.models import RoleName, User
from app.accounts.policy import guards_identities
from app.audit import service as audit
from app.cases import identity_queries as requests
from app.cases import identity_shares as shares
from app.cases import service as cases
from app.core import clock
from app.core.errors import NotFoundError, RefusedError
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.members import notices
from app.tips.models import IdentityRequest, RequestState, Tip
from app.vault import service as vault
from app.vault.errors import NotHeldError
from app.vault.openers import Opener


class Standing(StrEnum):
    """How things stand between an agent and an identity."""

    NONE = "none"
    """The source left no identity."""
    FREE = "free"
    ASKED = "asked"
    OPEN = "open"
    REFUSED = "refused"
    LAPSED = "lapsed"
    """The tip moved, or the agent left its desk, before anybody decided."""
    OVER = "over"


MAY_ASK = (Standing.FREE, Standing.REFUSED, Standing.LAPSED, Standing.OVER)


@dataclass(frozen=True, slots=True)
class Panel:
    """What an agent sees of a tip's identity; `identity` only on the page that has read it."""

    standing: Standing
    request: IdentityRequest | None = None
    identity: dict[str, str] | None = None

    @property
    def may_ask(self) -> bool:
        """True when the agent can ask now."""
        return self.standing in MAY_ASK


@dataclass(frozen=True, slots=True)
class Asked:
    """An open request before a custodian; `reason` is None where their vault cannot open it."""

    request: IdentityRequest
    reason: str | None
    own: bool


def _standing(tip: Tip, request: IdentityRequest | None) -> Standing:
    if tip.identity is None:
        return Standing.NONE
    if request is None:
        return Standing.FREE
    if request.state == RequestState.ASKED:
        return Standing.ASKED
    if request.state == RequestState.REFUSED:
        return Standing.REFUSED if request.decided_by_id else Standing.LAPSED
    return Standing.OPEN if shares.has_share(request) else Standing.OVER


def look(actor: User, tip: Tip) -> Panel:
    """The panel of a tip that the actor has opened; it reads nothing of the identity."""
    request = requests.find_latest(tip, actor.id)
    return Panel(_standing(tip, request), request)


def _lock_for(actor: User, opener: Opener, tip_id: UUID) -> Tip:
    shares.lock_tip(tip_id)
    return cases.get_tip_for(actor, opener, tip_id)


def ask(actor: User, opener: Opener, tip_id: UUID, reason: str) -> None:
    """Ask the custodians for a tip's identity; the reason is sealed to them and to the desk.

    Refused while a request of the actor is open, and where no other custodian could decide.
    """
    with unit_of_work():
        tip = _lock_for(actor, opener, tip_id)
        panel = look(actor, tip)
        if panel.standing == Standing.NONE:
            raise RefusedError("The source of this tip left no identity.")
        if not panel.may_ask:
            raise RefusedError("You have asked for this already.")
        custodians = [c for c in accounts.list_with_role(RoleName.CUSTODIAN) if c.id != actor.id]
        if not custodians or not vault.has_custodian():
            raise RefusedError(
                "There is no custodian who could decide this, so the identity stays sealed. An "
                "administrator can name one."
            )
        db.session.add(
            IdentityRequest(
                tip_id=tip.id,
                agent_id=actor.id,
                reason=vault.seal_to_custodians_and_readers_of(
                    tip.content, "identity-reason", {"text": reason}
                ),
                state=RequestState.ASKED,
                asked_at=clock.now(),
            )
        )
        notices.owe(custodians)
        audit.record("cases.ask_identity", "tip", tip.id, actor.id)


def list_asked(actor: User, opener: Opener) -> Sequence[Asked]:
    """The open requests before a custodian, oldest first, with their reasons opened."""
    _must_guard(actor)
    return [
        Asked(request, _open_reason(request, opener), own=request.agent_id == actor.id)
        for request in requests.list_asked()
    ]


def _open_reason(request: IdentityRequest, opener: Opener) -> str | None:
    document = vault.try_to_open(request.reason, opener)
    return document["text"] if document else None


def approve(actor: User, opener: Opener, request_id: UUID) -> None:
    """Seal the identity to the agent who asked, for a day.

    Refused for one's own request, for one that is decided, for an agent who can no longer open
    the tip, and for a custodian whose own vault does not hold the custodians' key.
    """
    with unit_of_work():
        request = _lock_undecided(actor, request_id)
        identity = request.tip.identity
        if identity is None or not shares.is_entitled(request.agent, request.tip):
            raise RefusedError(
                "This person can no longer open the tip, so the identity stays sealed."
            )
        try:
            vault.share_as_custodian(identity, str(request.agent_id), opener)
        except NotHeldError:
            raise RefusedError(
                "Your vault cannot open identities yet. Ask a fellow custodian to grant it."
            ) from None
        _decide(actor, request, RequestState.APPROVED)
        request.expires_at = clock.now() + shares.LASTS
        audit.record(
            "cases.approve_identity", "tip", request.tip_id, actor.id, agent=request.agent_id
        )


def refuse(actor: User, request_id: UUID) -> None:
    """Leave the identity sealed; the agent may ask again with a better reason."""
    with unit_of_work():
        request = _lock_undecided(actor, request_id)
        _decide(actor, request, RequestState.REFUSED)
        audit.record(
            "cases.refuse_identity", "tip", request.tip_id, actor.id, agent=request.agent_id
        )


def _must_guard(actor: User) -> None:
    if not guards_identities(actor):
        raise NotFoundError(requests.NO_SUCH_REQUEST)


def _lock_undecided(actor: User, request_id: UUID) -> IdentityRequest:
    _must_guard(actor)
    shares.lock_tip(requests.get_tip_of(request_id))
    request = requests.get_request_for_update(request_id)
    if request.state != RequestState.ASKED:
        raise RefusedError("This request was decided already.")
    if request.agent_id == actor.id:
        raise RefusedError("Nobody decides on their own request. Another custodian has to.")
    return request


def _decide(actor: User, request: IdentityRequest, state: RequestState) -> None:
    request.state, request.decided_at, request.decided_by_id = state, clock.now(), actor.id
    notices.owe([request.agent])


def read(actor: User, opener: Opener, tip_id: UUID) -> dict[str, str] | None:
    """The identity, while an approval of the actor lasts; each reading is audited. Else None."""
    with unit_of_work():
        tip = _lock_for(actor, opener, tip_id)
        if tip.identity is None or look(actor, tip).standing != Standing.OPEN:
            return None
        document = vault.try_to_open(tip.identity, opener)
        if document is not None:
            audit.record("cases.read_identity", "tip", tip.id, actor.id)
        return document
