"""Rules in words, for the pages of leads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from app.core import clock
from app.registry.catalogue import GENERAL_TRIAGE, Registry
from app.routing.model import Priority, Verdict
from app.routing.rules import Rule, Target

PRIORITIES = {
    Priority.LOW: _("low"),
    Priority.NORMAL: _("normal"),
    Priority.HIGH: _("high"),
    Priority.URGENT: _("urgent"),
}
VERDICTS = {
    Verdict.RIGHT: _("the right way"),
    Verdict.MISDIRECTED: _("the wrong way"),
    Verdict.UNKNOWN: _("a way of which the registry knows nothing"),
}
TARGETS = {
    Target.TASK_OFFICE: _("the office of the task"),
    Target.SYSTEM_OWNER: _("the office that runs the system that is named"),
    Target.NAMED_AGENCY: _("the office that is named"),
    Target.PAYING_AGENCY: _("the office that has the contract and pays"),
}
FIELDS = {
    "because": _("Reason"),
    "active": _("In use"),
    "topics": _("Topics"),
    "tasks": _("Tasks"),
    "systems": _("Systems named"),
    "agencies": _("Offices named"),
    "accused": _("Offices accused"),
    "words": _("Words"),
    "told_by": _("Sent by"),
    "from_systems": _("Sent away from"),
    "to_systems": _("Sent to"),
    "verdicts": _("Sent rightly or not"),
    "misdirected": _("Sent the wrong way"),
    "chosen_task": _("Task chosen in the form"),
    "chosen_systems": _("System chosen in the form"),
    "queue": _("Queue"),
    "confidence": _("Confidence"),
    "priority": _("Priority"),
    "add_topics": _("Adds topics"),
    "copy_to": _("Copies to"),
    "problem": _("Problem"),
}
"""The fields of a rule, as pages call them."""


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule, ready for a page: what has to hold, and what then happens."""

    code: str
    because: str
    active: bool
    when: Sequence[str]
    then: Sequence[str]


@dataclass(slots=True)
class RuleSpeaker:
    """Says rules with the names of a registry, as they are called today.

    The names are there by their codes; those of desks in the order of the alphabet.
    """

    registry: Registry
    topics: Mapping[str, str] = field(init=False)
    tasks: Mapping[str, str] = field(init=False)
    systems: Mapping[str, str] = field(init=False)
    agencies: Mapping[str, str] = field(init=False)
    desks: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        registry, today = self.registry, clock.today()
        self.topics = {code: topic.name for code, topic in registry.topics.items()}
        self.tasks = {code: task.name for code, task in registry.tasks.items()}
        self.systems = {code: system.name for code, system in registry.systems.items()}
        self.agencies = {code: a.label_on(today) for code, a in registry.agencies.items()}
        desks = [(code, name) for code, name in self.agencies.items() if registry.has_desk(code)]
        triage = gettext("General triage")
        self.desks = {GENERAL_TRIAGE: triage, **dict(sorted(desks, key=itemgetter(1)))}

    def rule(self, rule: Rule) -> RuleWords:
        """A rule in words."""
        return RuleWords(
            code=rule.code,
            because=rule.because,
            active=rule.active,
            when=list(self._when(rule)) or [gettext("always")],
            then=list(self._then(rule)),
        )

    def queue(self, code: str) -> str:
        """A queue, or how a rule finds one."""
        if code in set(Target):
            return str(TARGETS[Target(code)])
        return self.desks.get(code, self.agencies.get(code, code))

    def value(self, name: str, value: Any) -> str:
        """What a field of a rule holds, in words."""
        if isinstance(value, tuple):
            return _or(self._names(name, value)) or gettext("nothing")
        match value:
            case None:
                return str(gettext("nothing"))
            case bool():
                return str(gettext("yes") if value else gettext("no"))
            case Priority():
                return str(PRIORITIES[value])
            case float():
                return percent(value)
            case _:
                return self.queue(value) if name == "queue" else str(value)

    def _names(self, name: str, entries: Sequence[str]) -> list[str]:
        match name:
            case "topics" | "add_topics":
                names = self.topics
            case "tasks":
                names = {code: f"“{task}”" for code, task in self.tasks.items()}
            case "agencies" | "accused" | "told_by" | "copy_to":
                names = {**self.agencies, **self.desks}
            case "verdicts":
                names = {verdict: str(words) for verdict, words in VERDICTS.items()}
            case "words":
                names = {words: f"“{words}”" for words in entries}
            case _:
                names = self.systems
        return [names.get(entry, entry) for entry in entries]

    def _when(self, rule: Rule) -> Iterator[str]:
        said = {
            "topics": gettext("it is about %(names)s"),
            "tasks": gettext("the writer wants to: %(names)s"),
            "systems": gettext("%(names)s is named"),
            "agencies": gettext("%(names)s is named"),
            "accused": gettext("wrongdoing at %(names)s is alleged"),
            "words": gettext("it says %(names)s"),
            "chosen_systems": gettext("%(names)s was chosen in the form"),
        }
        for name, template in said.items():
            if codes := getattr(rule, name):
                yield template % {"names": self.value(name, codes)}
        if rule.told_by or rule.from_systems or rule.to_systems or rule.verdicts:
            yield self._referral(rule)
        if rule.misdirected is not None:
            yield (
                gettext("somebody sent the writer the wrong way")
                if rule.misdirected
                else gettext("nobody sent the writer the wrong way")
            )
        if rule.chosen_task is not None:
            yield (
                gettext("a task was chosen in the form")
                if rule.chosen_task
                else gettext("no task was chosen in the form")
            )

    def _referral(self, rule: Rule) -> str:
        parts = [
            gettext("%(names)s sent the writer", names=self.value("told_by", rule.told_by))
            if rule.told_by
            else gettext("somebody sent the writer")
        ]
        if rule.from_systems:
            names = self.value("from_systems", rule.from_systems)
            parts.append(gettext("away from %(names)s", names=names))
        if rule.to_systems:
            names = self.value("to_systems", rule.to_systems)
            parts.append(gettext("to %(names)s", names=names))
        words = " ".join(parts)
        return f"{words}: {self.value('verdicts', rule.verdicts)}" if rule.verdicts else words

    def _then(self, rule: Rule) -> Iterator[str]:
        if rule.queue:
            template = (
                gettext("to %(queue)s where there is one, %(percent)s sure")
                if rule.queue in set(Target)
                else gettext("to %(queue)s, %(percent)s sure")
            )
            yield template % {
                "queue": self.queue(rule.queue),
                "percent": percent(rule.confidence),
            }
        if rule.priority:
            yield gettext("priority %(priority)s", priority=PRIORITIES[rule.priority])
        if rule.add_topics:
            names = ", ".join(self._names("add_topics", rule.add_topics))
            yield ngettext("topic %(names)s", "topics %(names)s", len(rule.add_topics), names=names)
        if rule.copy_to:
            names = ", ".join(self._names("copy_to", rule.copy_to))
            yield gettext("a copy to %(names)s", names=names)
        if rule.problem:
            yield gettext("part of problem %(number)s", number=rule.problem)
        if not rule.queue:
            yield gettext("the next rules go on")


def percent(share: float) -> str:
    """A share of one as a percentage."""
    return str(gettext("%(percent)d\u00a0%%", percent=round(share * 100)))


def _or(names: Sequence[str]) -> str:
    """A or B or C."""
    return str(gettext(" or ")).join(names)
