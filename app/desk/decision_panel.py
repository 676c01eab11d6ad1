"""What an agent sees of a decision: how it was made, what else was thought of, which words."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import get_locale, gettext

from app.desk import highlighting
from app.desk.highlighting import Piece
from app.registry import queries as registry
from app.registry.catalogue import GENERAL_TRIAGE
from app.routing import wording
from app.routing.model import ChosenBy
from app.routing.models import DecisionRecord
from app.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Candidate:
    """A desk that the router thought of."""

    queue: str
    name: str
    confidence: str


@dataclass(frozen=True, slots=True)
class DecisionPanel:
    """A decision for staff. `pieces` are the first message with the words that carried it.

    `legend`: kind of words, what that kind is called, the names found. `asks`: a person has to
    decide, between the `candidates`. `language`: "" for English.
    """

    chosen_by: str
    made_with: str
    language: str
    loop: bool
    moved: bool
    asks: bool
    candidates: Sequence[Candidate]
    pieces: Sequence[Piece]
    names: dict[tuple[str, str], str]
    legend: Sequence[tuple[str, str, str]]


def describe(ticket: Ticket, first_body: str) -> DecisionPanel | None:
    """The panel of a ticket by its first message; None before it is routed."""
    decision = ticket.decision
    if decision is None:
        return None
    names = wording.mark_names(decision.marks)
    return DecisionPanel(
        chosen_by=_chosen_by(decision),
        made_with=_made_with(decision),
        language=_language(decision.language),
        loop=decision.loop,
        moved=ticket.queue_code != decision.queue_code,
        asks=_asks(ticket, decision),
        candidates=_candidates(ticket, decision) if _asks(ticket, decision) else [],
        pieces=highlighting.cut(first_body, decision.marks),
        names=names,
        legend=_legend(decision, names),
    )


def _chosen_by(decision: DecisionRecord) -> str:
    if not decision.certain:
        return str(gettext("Not sure enough: a person decides."))
    words = {
        ChosenBy.RULE: gettext("By a rule of the book."),
        ChosenBy.LEARNER: gettext("By what was learned from earlier tickets."),
        ChosenBy.NOBODY: gettext("By nobody: a person decides."),
    }
    return str(words[ChosenBy(decision.chosen_by)])


def _made_with(decision: DecisionRecord) -> str:
    parts = [gettext("registry %(number)d", number=decision.registry_revision_id)]
    if decision.rule_revision_id:
        parts.insert(0, gettext("rule book %(number)d", number=decision.rule_revision_id))
    if decision.learned_model_id:
        parts.append(gettext("learned model %(number)d", number=decision.learned_model_id))
    return ", ".join([*parts, decision.algorithm])


def _language(code: str) -> str:
    return "" if code == "en" else str(get_locale().languages.get(code, code))


def _asks(ticket: Ticket, decision: DecisionRecord) -> bool:
    """A person decides while the ticket is where an unsure router left it, or in triage."""
    undecided = not decision.certain and ticket.queue_code == decision.queue_code
    return not ticket.pinned and (undecided or ticket.queue_code == GENERAL_TRIAGE)


def _candidates(ticket: Ticket, decision: DecisionRecord) -> list[Candidate]:
    names = wording.desk_names()
    active = {queue.code for queue in registry.list_queues()} - {ticket.queue_code}
    return [
        Candidate(
            c["queue"],
            names[c["queue"]],
            gettext("%(percent)d %%", percent=round(c["confidence"] * 100)),
        )
        for c in decision.candidates
        if c["queue"] in active
    ]


def _legend(
    decision: DecisionRecord, names: dict[tuple[str, str], str]
) -> list[tuple[str, str, str]]:
    kinds = {
        "agency": gettext("agency"),
        "system": gettext("system"),
        "task": gettext("task"),
        "topic": gettext("topic"),
    }
    return [
        (kind, kinds.get(kind, kind), ", ".join(names[kind, code] for code in codes))
        for kind, codes in highlighting.found(decision.marks).items()
    ]
