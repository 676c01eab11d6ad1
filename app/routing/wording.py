"""Decisions in words, for pages and mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_date, gettext

from app.core import clock
from app.registry import queries
from app.registry.catalogue import GENERAL_TRIAGE, Registry
from app.routing.model import Verdict
from app.routing.models import DecisionRecord, ReferralRecord
from app.routing.reasons import SENTENCES


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """A reason as a sentence, and the words of the text that carried it."""

    sentence: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """A right way: for which task, in a sentence, whom to ask, and where it is written."""

    task: str
    sentence: str
    contact: str
    sources: Sequence[str]


@dataclass(frozen=True, slots=True)
class ReferralWords:
    """A hop in a sentence, its verdict, and the verdict in words."""

    sentence: str
    verdict: str
    verdict_words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision, ready for a page."""

    desk: str
    confidence: str
    reasons: Sequence[ReasonWords]
    answers: Sequence[AnswerWords]
    referrals: Sequence[ReferralWords]


def desk_names() -> dict[str, str]:
    """Every queue's code and what it is called today."""
    registry = queries.get_current_registry()
    return {code: _desk(registry, code) for code in (*registry.agencies, GENERAL_TRIAGE)}


def desk_name(queue_code: str) -> str:
    """A queue as it is called today."""
    return _desk(queries.get_current_registry(), queue_code)


def other_desks(queue_code: str | None) -> list[tuple[str, str]]:
    """Code and name of every queue in use but one: where its work can be moved."""
    names = desk_names()
    return [(q.code, names[q.code]) for q in queries.list_queues() if q.code != queue_code]


def topic_names() -> dict[str, str]:
    """Every topic's code and name."""
    return {code: topic.name for code, topic in queries.get_current_registry().topics.items()}


def mark_names(marks: Sequence[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """What stands behind a decision's marks: kind and code, and the name."""
    registry = queries.get_current_registry()
    named = {"agency": _agency, "system": _system, "task": _task, "topic": _topic}
    pairs = {(mark["kind"], mark["code"]) for mark in marks}
    return {
        (kind, code): named[kind](registry, code) if kind in named else code for kind, code in pairs
    }


def outcome(decision: DecisionRecord, *, for_staff: bool = False) -> Outcome:
    """A stored decision in words; to the requester it says "you"."""
    registry = queries.get_current_registry()
    return Outcome(
        desk=_desk(registry, decision.queue_code),
        confidence=gettext("%(percent)d %%", percent=round(decision.confidence * 100)),
        reasons=[_reason(reason) for reason in decision.reasons],
        answers=[_answer(answer, registry) for answer in decision.answers],
        referrals=[_referral(referral, registry, for_staff) for referral in decision.referrals],
    )


def chosen(codes: Sequence[tuple[str, str | None]]) -> list[tuple[str, str]]:
    """What a requester chose in the form, as label and name; `codes` are kind and code."""
    registry = queries.get_current_registry()
    labels = {
        "task": (gettext("Wanted to"), _task),
        "system": (gettext("System"), _system),
        "told_by": (gettext("Sent away by"), _agency),
        "told_system": (gettext("Sent to"), _system),
    }
    return [(labels[kind][0], labels[kind][1](registry, code)) for kind, code in codes if code]


def _reason(document: dict[str, Any]) -> ReasonWords:
    template = SENTENCES.get(document["key"], "%(because)s")
    values = {
        name: _day(text) if name == "date" else text for name, text in document["values"].items()
    }
    return ReasonWords(gettext(template) % values, document.get("words", ()))


def _day(text: str) -> str:
    return str(format_date(date.fromisoformat(text), "d MMMM y"))


def _desk(registry: Registry, code: str) -> str:
    return str(gettext("General triage")) if code == GENERAL_TRIAGE else _agency(registry, code)


def _agency(registry: Registry, code: str) -> str:
    return registry.agencies[code].label_on(clock.today()) if code in registry.agencies else code


def _system(registry: Registry, code: str) -> str:
    return registry.systems[code].name if code in registry.systems else code


def _task(registry: Registry, code: str) -> str:
    return registry.tasks[code].name if code in registry.tasks else code


def _topic(registry: Registry, code: str) -> str:
    return registry.topics[code].name if code in registry.topics else code


def _answer(document: dict[str, Any], registry: Registry) -> AnswerWords:
    place = _system(registry, document["system"]) if document["system"] else document["place"]
    since = date.fromisoformat(document["since"]) if document["since"] else None
    if document["system"] and since:
        sentence = gettext(
            "Since %(since)s this is done in %(place)s.",
            since=format_date(since, "d MMMM y"),
            place=place,
        )
    else:
        sentence = gettext("This is done here: %(place)s.", place=place)
    if document["agency"]:
        sentence += " " + gettext(
            "The office is %(agency)s.", agency=_agency(registry, document["agency"])
        )
    return AnswerWords(
        task=_task(registry, document["task"]),
        sentence=sentence,
        contact=document["contact"] or "",
        sources=[source for source in document["sources"] if source.startswith("http")],
    )


def _referral(record: ReferralRecord, registry: Registry, for_staff: bool) -> ReferralWords:
    if record.to_system_code:
        place = _system(registry, record.to_system_code)
    else:
        place = _agency(registry, record.to_agency_code or "")
    values = {"to": place, "whom": gettext("the requester") if for_staff else gettext("you")}
    if record.told_by_code:
        values["by"] = _agency(registry, record.told_by_code)
    if record.from_system_code:
        values["origin"] = _system(registry, record.from_system_code)
    proof = _reason(record.proof).sentence
    verdicts = {
        Verdict.RIGHT: gettext("That was right."),
        Verdict.MISDIRECTED: gettext("That was the wrong way."),
    }
    verdict_words = " ".join((verdicts.get(Verdict(record.verdict), ""), proof)).strip()
    return ReferralWords(_hop(values), record.verdict, verdict_words)


def _hop(values: dict[str, str]) -> str:
    match ("by" in values, "origin" in values):
        case (True, True):
            template = gettext("%(by)s sent %(whom)s from %(origin)s to %(to)s.")
        case (True, False):
            template = gettext("%(by)s sent %(whom)s to %(to)s.")
        case (False, True):
            template = gettext("Somebody sent %(whom)s from %(origin)s to %(to)s.")
        case _:
            template = gettext("Somebody sent %(whom)s to %(to)s.")
    return str(template) % values
