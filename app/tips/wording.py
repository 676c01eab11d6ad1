"""How a tip stands, in words for its source."""

from datetime import date

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _

from app.tips import clocks
from app.tips.models import Outcome, Tip, TipState

STATES = {
    TipState.RECEIVED: _("We have it. Nobody at the office has confirmed it yet."),
    TipState.ACKNOWLEDGED: _("The office has confirmed that it has your tip."),
    TipState.IN_REVIEW: _("The office is looking into it."),
    TipState.NEEDS_SOURCE: _("The office has a question for you. Please read the replies below."),
    TipState.CLOSED: _("The office has finished."),
}
LABELS = {
    TipState.RECEIVED: _("received"),
    TipState.ACKNOWLEDGED: _("confirmed"),
    TipState.IN_REVIEW: _("in review"),
    TipState.NEEDS_SOURCE: _("a question for you"),
    TipState.CLOSED: _("closed"),
}
OUTCOMES = {
    Outcome.SUBSTANTIATED: _("The office has finished. It found that what you reported is so."),
    Outcome.UNSUBSTANTIATED: _(
        "The office has finished. It could not prove what you reported. That does not mean that "
        "you were wrong to report it."
    ),
    Outcome.REFERRED: _("The office has finished. It handed your tip to another authority."),
    Outcome.DUPLICATE: _(
        "The office has finished. It knew of this already and goes on with the earlier report."
    ),
}


def label(tip: Tip) -> str:
    """A tip's state in a word or two."""
    return str(LABELS[tip.state])


def standing(tip: Tip) -> str:
    """What a tip's state means, in a sentence; of a closed one, how it ended."""
    if tip.state == TipState.CLOSED and tip.outcome:
        return str(OUTCOMES[tip.outcome])
    return str(STATES[tip.state])


def promises(tip: Tip, today: date) -> list[str]:
    """What was promised, kept or is late, in sentences; nothing once a tip is closed."""
    if tip.state == TipState.CLOSED:
        return []
    return [_acknowledgement(tip, today), _feedback(tip, today)]


def _day(day: date) -> str:
    return str(format_date(day, "d MMMM y"))


def _acknowledgement(tip: Tip, today: date) -> str:
    if tip.acknowledged_on:
        return str(gettext("Confirmed on %(day)s.", day=_day(tip.acknowledged_on)))
    due = clocks.acknowledge_by(tip.received_on)
    if today > due:
        return str(gettext("It should have been confirmed by %(day)s. It is late.", day=_day(due)))
    return str(gettext("The office should confirm it by %(day)s.", day=_day(due)))


def _feedback(tip: Tip, today: date) -> str:
    if tip.answered_on:
        return str(gettext("You were told what came of it on %(day)s.", day=_day(tip.answered_on)))
    due = clocks.feedback_by(tip.acknowledged_on or tip.received_on)
    if today > due:
        return str(
            gettext(
                "You should have been told what came of it by %(day)s. It is late.", day=_day(due)
            )
        )
    return str(gettext("You should be told what came of it by %(day)s.", day=_day(due)))
