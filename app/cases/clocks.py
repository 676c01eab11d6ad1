"""Which promise to a source runs out when. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.tips.clocks import acknowledge_by, feedback_by
from app.tips.models import Tip, TipState


class Urgency(StrEnum):
    """How near the end of a promise is."""

    CALM = "calm"
    SOON = "soon"
    LATE = "late"


class Promise(StrEnum):
    """What a source is promised."""

    ACKNOWLEDGEMENT = "acknowledgement"
    FEEDBACK = "feedback"


SOON = {Promise.ACKNOWLEDGEMENT: timedelta(days=2), Promise.FEEDBACK: timedelta(days=14)}


@dataclass(frozen=True, slots=True)
class Clock:
    """The next promise to keep: what, by which day, and how near that is."""

    promise: Promise
    due_on: date
    urgency: Urgency


def running_clock(tip: Tip, today: date) -> Clock | None:
    """The promise that waits to be kept; None when all are, or the tip is closed."""
    if tip.state == TipState.CLOSED:
        return None
    if tip.acknowledged_on is None:
        promise, due_on = Promise.ACKNOWLEDGEMENT, acknowledge_by(tip.received_on)
    elif tip.answered_on is None:
        promise, due_on = Promise.FEEDBACK, feedback_by(tip.acknowledged_on)
    else:
        return None
    if today > due_on:
        return Clock(promise, due_on, Urgency.LATE)
    soon = due_on - today <= SOON[promise]
    return Clock(promise, due_on, Urgency.SOON if soon else Urgency.CALM)


def is_day_to_warn(clock: Clock, today: date) -> bool:
    """True on the day on which a promise comes near, and on the day after it was broken."""
    return today in (clock.due_on - SOON[clock.promise], clock.due_on + timedelta(days=1))
