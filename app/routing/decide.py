"""Decide where an issue goes, and why. A pure function of its arguments.

`decide` reads the text once (names, tasks, topics, hops), holds the hops against the registry,
and tries the rules in order. The first that fits and finds a queue decides; otherwise what was
learned; otherwise a person. Rules win over the learner.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.registry.catalogue import GENERAL_TRIAGE, Registry
from app.routing.chains import find_loop
from app.routing.clarity import clarity
from app.routing.guide import Guide
from app.routing.languages import ENGLISH, NAMES
from app.routing.model import Candidate, ChosenBy, Decision, Facts, Priority, Reason
from app.routing.reading import Reading, read
from app.routing.rules import Rule, carrying_words, fits
from app.routing.targets import resolve
from app.routing.verdicts import answers

VERSION = "rules-2"
MOST_CANDIDATES = 3
_UNCLEAR_CONFIDENCE = 0.2


@dataclass(frozen=True, slots=True)
class _Choice:
    """A queue, how sure, by what, and why."""

    queue: str
    confidence: float
    by: ChosenBy
    reasons: tuple[Reason, ...]
    rule: Rule | None = None


def decide(text: str, facts: Facts, guide: Guide, on_date: date) -> Decision:
    """Decide an issue on a day. Codes in `facts` that the registry does not know are ignored."""
    return choose(read(text, facts, guide.registry, on_date), guide, on_date)


def choose(reading: Reading, guide: Guide, on_date: date) -> Decision:
    """Decide what was read before with the registry of the guide; several books share a reading."""
    registry = guide.registry
    fitting = [rule for rule in guide.book.rule if fits(rule, reading)]
    choices = list(_choices(fitting, reading, guide, on_date))
    sure = (c for c in choices if c.confidence >= guide.book.least_confidence_of(c.queue))
    choice = next(sure, None) or (choices[0] if choices else _nobody(reading, registry))
    certain = choice.confidence >= guide.book.least_confidence_of(choice.queue)
    if not certain and choice.by is not ChosenBy.NOBODY:
        choice = _unsure(choice, reading, registry)
    effective = _effective(fitting, choice)
    extra_topics = (topic for rule in effective for topic in rule.add_topics)
    copies = dict.fromkeys(code for rule in effective for code in rule.copy_to)
    return Decision(
        queue=choice.queue,
        agency=choice.queue if choice.queue in registry.agencies else None,
        systems=reading.systems,
        topics=tuple(dict.fromkeys((*reading.topics, *extra_topics))),
        tasks=reading.tasks,
        referrals=reading.referrals,
        answers=answers(registry, reading.tasks, on_date),
        confidence=choice.confidence,
        reasons=(*choice.reasons, *_accusation(reading, registry, choice.queue, on_date)),
        registry_revision=registry.revision,
        version=VERSION,
        certain=certain,
        chosen_by=choice.by,
        candidates=_candidates(choices),
        marks=reading.marks(),
        language=reading.language,
        loop=find_loop(reading.referrals) is not None,
        priority=next((rule.priority for rule in effective if rule.priority), Priority.NORMAL),
        copies=tuple(c for c in copies if c != choice.queue and _may_receive(c, reading, registry)),
        problem=next((rule.problem for rule in effective if rule.problem), None),
        book_revision=guide.book_revision,
        learner_revision=guide.learner.revision if guide.learner else None,
    )


def may_receive(text: str, facts: Facts, queue: str, registry: Registry, on_date: date) -> bool:
    """Whether a queue may get an issue: not one that an allegation may be about."""
    return _may_receive(queue, read(text, facts, registry, on_date), registry)


def _choices(
    fitting: Sequence[Rule], reading: Reading, guide: Guide, day: date
) -> Iterator[_Choice]:
    """What may decide, first come first: the rules in order, then what was learned."""
    if reading.language != ENGLISH and reading.chosen_task is None:
        return
    for rule in fitting:
        if rule.queue is None:
            continue
        queue, reasons = resolve(rule.queue, reading, guide.registry, day)
        if queue and _may_receive(queue, reading, guide.registry):
            because = Reason("rule", {"because": rule.because}, carrying_words(rule, reading))
            sure = round(rule.confidence * clarity(rule, reading, guide.registry, day), 2)
            yield _Choice(queue, sure, ChosenBy.RULE, (because, *reasons), rule)
    if guide.learner is None or reading.alleges:
        return
    for candidate in guide.learner.rank(reading.text):
        if _has_desk(candidate.queue, guide.registry) and _may_receive(
            candidate.queue, reading, guide.registry
        ):
            percent = str(round(candidate.confidence * 100))
            reason = Reason("learned", {"percent": percent})
            yield _Choice(candidate.queue, candidate.confidence, ChosenBy.LEARNER, (reason,))


def _has_desk(queue: str, registry: Registry) -> bool:
    """Whether the queue is still there: a learner may remember one that is not."""
    return queue == GENERAL_TRIAGE or registry.has_desk(queue)


def _nobody(reading: Reading, registry: Registry) -> _Choice:
    queue = _independent(reading, registry)
    reason = Reason("unclear") if queue == GENERAL_TRIAGE else Reason("hidden")
    if reading.language != ENGLISH:
        reason = Reason("language", {"language": NAMES.get(reading.language, reading.language)})
    return _Choice(queue, _UNCLEAR_CONFIDENCE, ChosenBy.NOBODY, (reason,))


def _unsure(choice: _Choice, reading: Reading, registry: Registry) -> _Choice:
    """A person decides instead, knowing what was thought of."""
    queue = _independent(reading, registry)
    return replace(choice, queue=queue, reasons=(Reason("unsure"), *choice.reasons))


def _independent(reading: Reading, registry: Registry) -> str:
    """Triage, or where it is shut out the first desk that looks into others and is not."""
    if GENERAL_TRIAGE not in reading.hidden_from:
        return GENERAL_TRIAGE
    desks = (a.code for a in registry.agencies.values() if a.independent and a.desk)
    return next((code for code in desks if code not in reading.hidden_from), GENERAL_TRIAGE)


def _effective(fitting: Sequence[Rule], choice: _Choice) -> list[Rule]:
    """The rules whose other actions count: those up to and with the one that decides."""
    if choice.rule is None:
        return list(fitting)
    return list(fitting[: fitting.index(choice.rule) + 1])


def _candidates(choices: Sequence[_Choice]) -> tuple[Candidate, ...]:
    best: dict[str, float] = {}
    for choice in choices:
        best.setdefault(choice.queue, choice.confidence)
    return tuple(Candidate(queue, best[queue]) for queue in list(best)[:MOST_CANDIDATES])


def _may_receive(queue: str, reading: Reading, registry: Registry) -> bool:
    """Whether a queue may get the issue.

    Not one that the filer shut out, nor one that an allegation may be about. Nor does an
    allegation go to an agency that is named in it, unless it looks into others.
    """
    if queue in reading.hidden_from or queue in reading.accused:
        return False
    if not reading.alleges or queue not in registry.agencies:
        return True
    return queue not in reading.agencies or registry.agencies[queue].independent


def _accusation(reading: Reading, registry: Registry, queue: str, day: date) -> tuple[Reason, ...]:
    if not reading.alleges:
        return ()
    named = [code for code in (*reading.accused, *reading.agencies) if code != queue]
    return tuple(
        Reason("not-to-accused", {"agency": registry.agencies[code].label_on(day)})
        for code in named[:1]
    )
