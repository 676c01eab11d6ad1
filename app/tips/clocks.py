"""What a source is promised: an acknowledgement in 7 days, feedback in 3 months. Pure.

The periods are those of article 9 of Directive (EU) 2019/1937, the usual measure of the field;
no law of the city sets one.
"""

from calendar import monthrange
from datetime import date, timedelta

ACKNOWLEDGE_WITHIN = timedelta(days=7)
FEEDBACK_WITHIN_MONTHS = 3


def acknowledge_by(received_on: date) -> date:
    """The last day on which the desk may still acknowledge a tip in time."""
    return received_on + ACKNOWLEDGE_WITHIN


def feedback_by(begun_on: date) -> date:
    """The last day for feedback: three months after the tip was acknowledged, or else received."""
    return add_months(begun_on, FEEDBACK_WITHIN_MONTHS)


def add_months(day: date, months: int) -> date:
    """The same day some months later, or that month's last day where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
