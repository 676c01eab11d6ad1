"""Try a rule book on the tickets that were filed last, before it is put in force."""

from collections.abc import Collection
from time import monotonic

from app.core import clock
from app.routing import queries as routing
from app.routing.preview import Issue, Preview, compare
from app.routing.rules import RuleBook
from app.tickets import preview_queries as queries
from app.tickets.chosen import facts_of

MOST_ISSUES = 5_000
MOST_SECONDS = 30.0


def preview_rules(book: RuleBook, queues: Collection[str]) -> Preview:
    """What a book would decide differently from the one in force. Nothing is stored.

    Of a ticket its first message and what was chosen in the form count, on the day on which
    it was filed. Tips are sealed, and are no part of it; nor are tickets that allege wrongdoing,
    but for those of the `queues` that the viewer works.
    """
    deadline = monotonic() + MOST_SECONDS
    issues = (
        Issue(
            id=filed.id,
            text=filed.text,
            facts=facts_of(filed),
            filed_on=clock.day_of(filed.created_at),
            strange=filed.queue_code not in queues,
        )
        for filed in queries.stream_last_filed(MOST_ISSUES)
    )
    guide = routing.get_current_guide()
    return compare(issues, guide, book, enough=lambda: monotonic() > deadline)
