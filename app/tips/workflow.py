"""The life of a tip. Pure."""

from app.tips.models import TipState

_S = TipState
NEXT: dict[TipState, tuple[TipState, ...]] = {
    _S.RECEIVED: (_S.ACKNOWLEDGED, _S.IN_REVIEW, _S.NEEDS_SOURCE, _S.CLOSED),
    _S.ACKNOWLEDGED: (_S.IN_REVIEW, _S.NEEDS_SOURCE, _S.CLOSED),
    _S.IN_REVIEW: (_S.NEEDS_SOURCE, _S.CLOSED),
    _S.NEEDS_SOURCE: (_S.IN_REVIEW, _S.CLOSED),
    _S.CLOSED: (_S.IN_REVIEW,),
}
"""State → the states that an agent may choose next."""


def may_follow(state: TipState, chosen: TipState) -> bool:
    """True when an agent may change a tip from one state to the other."""
    return chosen in NEXT[state]


def after_source_writes(state: TipState) -> TipState:
    """A source's message ends the wait for it."""
    return _S.IN_REVIEW if state == _S.NEEDS_SOURCE else state


def after_desk_replies(state: TipState) -> TipState:
    """A first reply acknowledges the tip."""
    return _S.ACKNOWLEDGED if state == _S.RECEIVED else state
