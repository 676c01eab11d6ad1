"""What the pages of the rule book go by: the book in force, names, counts, what others changed."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from app.core import clock
from app.desk.draft_forms import DraftForm
from app.problems import queries as problems
from app.problems.models import ProblemState
from app.registry import queries as registry
from app.registry.catalogue import Registry
from app.routing import queries as routing
from app.routing.change_wording import ChangeWords, changes_in_words
from app.routing.changes import differences
from app.routing.rule_wording import RuleSpeaker, percent
from app.routing.rules import (
    RuleBook,
    RuleBookError,
    check_rule_book,
    rule_book_from_document,
    rule_book_to_document,
)
from app.tickets import preview_queries as tickets

COUNTED_DAYS = 30


def get_speaker() -> RuleSpeaker:
    """Says rules with the registry in force."""
    return RuleSpeaker(registry.get_current_registry())


def get_current_book() -> tuple[int | None, RuleBook]:
    """The number of the version in force and its book; an empty one before there is any."""
    return routing.find_current_book() or (None, RuleBook())


def get_book(revision: int) -> RuleBook:
    """The book of a version; raise NotFoundError when there is none."""
    return rule_book_from_document(routing.get_rule_revision(revision).document)


def draft_in_force() -> DraftForm:
    """The book in force as a draft without changes."""
    revision, book = get_current_book()
    form = DraftForm(formdata=None)
    form.carry(book, revision)
    return form


def least_in_words(book: RuleBook, speaker: RuleSpeaker) -> list[tuple[str, str]]:
    """The queues that want more or less confidence than usual, and how much."""
    least = book.least_confidence
    return sorted((speaker.queue(code), percent(share)) for code, share in least.items())


def count_decisions(queues: Collection[str]) -> dict[str, int]:
    """By the reason of each rule: how many tickets it decided, as who works the queues may know."""
    return tickets.count_decided_by_reason(clock.today() - timedelta(days=COUNTED_DAYS), queues)


def list_problems() -> dict[str, str]:
    """Known problems that a rule can name: number and title."""
    confirmed = problems.list_problems([ProblemState.CONFIRMED])
    return {str(problem.id): problem.title for problem in confirmed}


def list_faults(book: RuleBook, known: Registry) -> list[str]:
    """What keeps a book from being saved."""
    try:
        check_rule_book(rule_book_to_document(book), known)
    except RuleBookError as error:
        return error.faults
    return []


def changes_since(
    base: int | None, current: int | None, speaker: RuleSpeaker
) -> Sequence[ChangeWords] | None:
    """What others have saved since a draft was begun; None where it was begun with what holds."""
    if base == current:
        return None
    before = get_book(base) if base else RuleBook()
    after = get_book(current) if current else RuleBook()
    return changes_in_words(differences(before, after), speaker)
