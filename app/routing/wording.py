"""Decisions in words, for pages and mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext

from app.core import clock
from app.registry import queries
from app.registry.catalogue import GENERAL_TRIAGE, Registry
from app.routing import answer_words
from app.routing.answer_words import AnswerWords, day_words, the
from app.routing.model import Verdict
from app.routing.models import DecisionRecord, ReferralRecord
from app.routing.reasons import SENTENCES


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """A reason as a sentence, and the words of the text that carried it."""

    sentence: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class ReferralWords:
    """A hop in a sentence, its verdict, the verdict in words, and the row that proves it.

    `since` is the day from which that row holds, `sources` are where it is written.
    """

    sentence: str
    verdict: str
    verdict_words: str
    since: str = ""
    sources: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision, ready for a page."""

    desk: str
    confidence: str
    reasons: Sequence[ReasonWords]
    answers: Sequence[AnswerWords]
    referrals: Sequence[ReferralWords]

    @property
    def the_desk(self) -> str:
        """The desk as it stands within a sentence."""
        return the(self.desk)

    @property
    def is_misdirected(self) -> bool:
        """True when an office sent the requester the wrong way."""
        return any(r.verdict == Verdict.MISDIRECTED for r in self.referrals)


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
        answers=[
            answer_words.of_answer(answer, registry, _buyer(decision))
            for answer in decision.answers
        ],
        referrals=[
            _referral(referral, registry, decision.decided_on, for_staff=for_staff)
            for referral in decision.referrals
        ],
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
        name: day_words(date.fromisoformat(text)) if name == "date" else text
        for name, text in document["values"].items()
    }
    return ReasonWords(gettext(template) % values, document.get("words", ()))


def _buyer(decision: DecisionRecord) -> str | None:
    """The agency that answers where the registry leaves it open: the one that was named."""
    named = any(reason["key"] == "named-agency" for reason in decision.reasons)
    return decision.agency_code if named else None


def _desk(registry: Registry, code: str) -> str:
    return str(gettext("General triage")) if code == GENERAL_TRIAGE else _agency(registry, code)


def _agency(registry: Registry, code: str, day: date | None = None) -> str:
    """An agency as it is called today; in what happened on a day, as it was called then."""
    agency = registry.agencies.get(code)
    return agency.label_on(day or clock.today()) if agency else code


def _system(registry: Registry, code: str) -> str:
    return registry.systems[code].name if code in registry.systems else code


def _task(registry: Registry, code: str) -> str:
    return registry.tasks[code].name if code in registry.tasks else code


def _topic(registry: Registry, code: str) -> str:
    return registry.topics[code].name if code in registry.topics else code


def _referral(
    record: ReferralRecord, registry: Registry, decided_on: date, *, for_staff: bool
) -> ReferralWords:
    verdicts = {
        Verdict.RIGHT: gettext("That was right."),
        Verdict.MISDIRECTED: gettext("That was the wrong way."),
    }
    proof = _reason(record.proof).sentence + _successor(record, registry)
    day = record.happened_on or decided_on
    since, sources = _proving_row(record, registry, day)
    hop = _hop_for_staff if for_staff else _hop
    return ReferralWords(
        sentence=hop(record, registry, day),
        verdict=record.verdict,
        verdict_words=" ".join((verdicts.get(Verdict(record.verdict), ""), proof)).strip(),
        since=day_words(since) if since else "",
        sources=[source for source in sources if source.startswith("http")],
    )


def _successor(record: ReferralRecord, registry: Registry) -> str:
    """What took the place of a retired system to which somebody was sent."""
    system = registry.systems.get(record.to_system_code or "")
    successor = registry.systems.get((system and system.successor) or "")
    if successor is None or record.proof["key"] != "to-retired":
        return ""
    return f" {gettext('%(system)s took its place.', system=successor.name)}"


def _proving_row(
    record: ReferralRecord, registry: Registry, day: date
) -> tuple[date | None, Sequence[str]]:
    """From when the row of the registry holds by which a hop was judged, and its sources."""
    if record.proof["key"] == "to-retired":
        system = registry.systems.get(record.to_system_code or "")
        return None, system.sources if system else ()
    name = record.proof["values"].get("task")
    tasks = [task.code for task in registry.tasks.values() if name and task.name == name]
    row = registry.system_of_record(tasks[0], day) if tasks else None
    return (row.valid_from, row.sources) if row else (None, ())


def _hop(record: ReferralRecord, registry: Registry, day: date) -> str:
    """A hop as it is told to whoever was sent."""
    by = origin = on = ""
    if record.told_by_code:
        by = gettext(" by %(office)s", office=the(_agency(registry, record.told_by_code, day)))
    if record.from_system_code:
        origin = gettext(
            " instead of %(system)s", system=_system(registry, record.from_system_code)
        )
    if record.happened_on:
        on = gettext(" on %(day)s", day=day_words(record.happened_on))
    if record.to_system_code:
        to = _system(registry, record.to_system_code)
        template = gettext("You were told%(by)s%(on)s to use %(to)s%(origin)s.")
    else:
        to = the(_agency(registry, record.to_agency_code or "", day))
        template = gettext("You were told%(by)s%(on)s to go to %(to)s%(origin)s.")
    return str(template % {"by": by, "on": on, "to": to, "origin": origin})


def _hop_for_staff(record: ReferralRecord, registry: Registry, day: date) -> str:
    if record.to_system_code:
        place = _system(registry, record.to_system_code)
    else:
        place = _agency(registry, record.to_agency_code or "", day)
    values = {"to": place, "whom": gettext("the requester")}
    if record.told_by_code:
        values["by"] = _agency(registry, record.told_by_code, day)
    if record.from_system_code:
        values["origin"] = _system(registry, record.from_system_code)
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
