"""What a source is promised: an acknowledgement in 7 days, feedback in 3 months. Pure.

The periods are those of article 9 of Directive (EU) 2019/1937, the usual measure of the field;
no law of the city sets one.
"""

from calendar import monthrange
from datetime import date, timedelta

ACKNOWLEDGE_WITHIN = timedelta(days=7)
FEEDBACK_MONTHS = 3
MONTHS_IN_YEAR = 12


def acknowledge_by(received_on: date) -> date:
    """The last day on which the desk should confirm that it has read the tip."""
    return received_on + ACKNOWLEDGE_WITHIN


def feedback_by(acknowledged_on: date) -> date:
    """The last day for feedback, three months after the acknowledgement or when it was due."""
    years, month = divmod(acknowledged_on.month - 1 + FEEDBACK_MONTHS, MONTHS_IN_YEAR)
    year, month = acknowledged_on.year + years, month + 1
    return date(year, month, min(acknowledged_on.day, monthrange(year, month)[1]))
