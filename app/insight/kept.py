"""Keep the figures of a large house for some minutes, so that sorting a table is quick.

In the memory of one process: they are aggregates, and nothing hangs on their being the latest.
"""

from datetime import datetime, timedelta

from app.core import clock
from app.insight.measures import Insight
from app.insight.months import Span
from app.insight.queries import get_insight

LARGE = 20_000
"""Tickets from which on figures are kept; with fewer, counting is quick enough."""
KEPT_FOR = timedelta(minutes=5)
MOST_KEPT = 8

_kept: dict[Span, tuple[datetime, Insight]] = {}


def get_recent_insight(span: Span) -> Insight:
    """The figures of a span, at most some minutes old."""
    now = clock.now()
    kept = _kept.get(span)
    if kept and timedelta() <= now - kept[0] < KEPT_FOR:
        return kept[1]
    insight = get_insight(span)
    _kept.pop(span, None)
    if insight.total[None].tickets >= LARGE:
        while len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[span] = (now, insight)
    return insight
