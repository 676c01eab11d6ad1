"""What another registry would leave behind: rules without what they name, desks with work."""

from app.registry import queries as registry_queries
from app.registry.catalogue import GENERAL_TRIAGE, Registry
from app.registry.faults import Fault, RegistryFileError
from app.routing import queries as routing
from app.routing.rules import RuleBookError, check_rule_book, rule_book_to_document
from app.tickets import queries as tickets
from app.tips import queries as tips


def refuse_to_leave_behind(wanted: Registry) -> None:
    """Raise RegistryFileError when rules in force or unfinished work need what is gone."""
    if found := [*_rules(wanted), *_work(wanted)]:
        raise RegistryFileError(found)


def _rules(wanted: Registry) -> list[Fault]:
    current = routing.find_current_book()
    if current is None:
        return []
    try:
        check_rule_book(rule_book_to_document(current[1]), wanted)
    except RuleBookError as error:
        return [Fault("", None, "The rules in force need it", words) for words in error.faults]
    return []


def _work(wanted: Registry) -> list[Fault]:
    codes = {queue.code for queue in registry_queries.list_queues()}
    closing = {code for code in codes if not wanted.has_desk(code) and code != GENERAL_TRIAGE}
    unfinished, open_tips = tickets.count_unfinished(closing), tips.count_open(closing)
    return [
        Fault(
            "",
            None,
            f'agency "{code}"',
            f"its desk still has work ({_what(unfinished.get(code, 0), code in open_tips)}): "
            "move it first",
        )
        for code in sorted(unfinished.keys() | open_tips.keys())
    ]


def _what(count: int, has_tips: bool) -> str:
    """How many tickets; of tips, only that there are some."""
    parts = [f"{count} unfinished tickets"] if count else []
    return " and ".join([*parts, *(["open tips"] if has_tips else [])])
