"""A right way in words: what is done where, since when, by which office, and by which source."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_date, gettext

from app.core import clock
from app.registry.catalogue import Confidence, Registry, SystemOfRecord
from app.routing.model import Answer
from app.routing.verdicts import answer_of

_INSTITUTION = re.compile(
    r"\b(Administration|Advocate|Agency|Authority|Board|Commission|Commissioner|Committee"
    r"|Corporation|Council|Department|Office|University)\b"
)
"""Words of a name that English puts "the" before."""


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """A right way: for which task, in a sentence, whom to ask, and where it is written.

    `page`: the task has a page of its own in the guide. `buyer`: the code of the agency that
    bought, where the registry names no office and it is known.
    """

    code: str
    task: str
    sentence: str
    place: str
    office: str
    buyer: str | None
    contact: str
    since: str
    sources: Sequence[str]
    page: bool


def day_words(day: date) -> str:
    """A day as pages and mails write it."""
    return str(format_date(day, "d MMMM y"))


def the(label: str) -> str:
    """An office within a sentence: "the Department of Finance (DOF)"."""
    if not label.startswith("The ") and _INSTITUTION.search(label):
        return str(gettext("the %(office)s", office=label))
    return label


def of_answer(document: dict[str, Any], registry: Registry, agency: str | None) -> AnswerWords:
    """A stored answer in words. `agency` is the office where the registry names none."""
    since = date.fromisoformat(document["since"]) if document["since"] else None
    answer = Answer(**{**document, "since": since, "sources": tuple(document["sources"])})
    return _words(answer, registry, agency, clock.today())


def of_row(
    row: SystemOfRecord, registry: Registry, agency: str | None, named_on: date
) -> AnswerWords:
    """A row of the registry in words, with names as they were on a day."""
    return _words(answer_of(row), registry, agency, named_on)


def _words(answer: Answer, registry: Registry, agency: str | None, day: date) -> AnswerWords:
    task, system = registry.tasks.get(answer.task), registry.systems.get(answer.system or "")
    code = answer.agency or agency
    office = registry.agencies[code].label_on(day) if code in registry.agencies else ""
    return AnswerWords(
        code=answer.task,
        task=task.name if task else answer.task,
        sentence=_sentence(answer, registry, day),
        place=system.name if system else answer.place or answer.system or "",
        office=office or gettext("The agency that bought from you, or holds your contract"),
        buyer=None if answer.agency else agency,
        contact=answer.contact or "",
        since=day_words(answer.since) if answer.since else "",
        sources=[source for source in answer.sources if source.startswith("http")],
        page=task is not None and task.listed,
    )


def _sentence(answer: Answer, registry: Registry, day: date) -> str:
    """For example: since 1 August 2017 questionnaires are filed in PASSPort, which MOCS runs."""
    task, system = registry.tasks.get(answer.task), registry.systems.get(answer.system or "")
    name = task.name if task else answer.task
    done = (task and task.done) or gettext("“%(task)s” is done", task=name)
    if answer.since:
        since = day_words(answer.since)
        done = gettext("Since %(since)s %(done)s", since=since, done=done)
    done = done[0].upper() + done[1:]
    if system is None:
        return str(gettext("%(done)s here: %(place)s.", done=done, place=answer.place or ""))
    runs = registry.agencies[system.owner].label_on(day)
    return str(
        gettext(
            "%(done)s in %(system)s, which %(office)s runs.",
            done=done,
            system=system.name,
            office=the(runs),
        )
    )


def wrong_ways(row: SystemOfRecord, registry: Registry, agency: str | None, day: date) -> list[str]:
    """The systems and offices to which people are sent by mistake, and why each is one.

    Not the agency itself that bought.
    """
    found = []
    for system in (registry.systems[code] for code in row.wrong):
        if system.retired_on and system.is_retired(day):
            template = gettext("Not %(system)s: it was retired on %(day)s.")
            found.append(template % {"system": system.name, "day": day_words(system.retired_on)})
        else:
            found.append(gettext("Not %(place)s: it does not do this.", place=system.name))
    codes = (code for code in row.wrong_agencies if code != agency)
    offices = (the(registry.agencies[code].label_on(day)) for code in codes)
    return found + [gettext("Not %(place)s: it does not do this.", place=o) for o in offices]


def is_proven(row: SystemOfRecord) -> bool:
    """Whether a row is known well enough to be told as proven."""
    return row.confidence is Confidence.HIGH
