"""Decide where an issue goes, and why. A pure function of its arguments.

`decide` reads the text once (names, tasks, topics, hops), holds the hops against the registry,
and tries the registry's rules in order. The first rule that fits and finds a queue decides.
"""

from dataclasses import dataclass
from datetime import date

from app.registry.catalogue import GENERAL_TRIAGE, Registry, Rule, System, Target
from app.routing.lexicon import Kind, lexicon_of
from app.routing.mentions import Mention, codes, find_names, find_subjects
from app.routing.model import Decision, Facts, Reason, Referral, Verdict
from app.routing.referrals import Hop, find_hops
from app.routing.tokens import tokenise
from app.routing.verdicts import answers, judge, right_ways

VERSION = "rules-1"
ALLEGATIONS = frozenset(("wrongdoing", "retaliation"))
_MOST_TASKS = 4
_UNCLEAR_CONFIDENCE = 0.2


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in an issue: codes in order, and the mentions that carry them."""

    names: tuple[Mention, ...]
    subjects: tuple[Mention, ...]
    systems: tuple[str, ...]
    agencies: tuple[str, ...]
    tasks: tuple[str, ...]
    topics: tuple[str, ...]
    referrals: tuple[Referral, ...]
    chosen_task: str | None
    hidden_from: tuple[str, ...] = ()

    def words_for(self, code: str) -> tuple[str, ...]:
        """The words of the text that stand for a code, each once."""
        mentions = (*self.names, *self.subjects)
        return tuple(dict.fromkeys(m.words for m in mentions if m.code == code))


def decide(text: str, facts: Facts, registry: Registry, on_date: date) -> Decision:
    """Decide an issue on a day. Codes in `facts` that the registry does not know are ignored."""
    reading = read(text, facts, registry, on_date)
    rule, queue, found_by = _first_rule(reading, registry, on_date)
    agency = queue if queue in registry.agencies else None
    return Decision(
        queue=queue,
        agency=agency,
        systems=reading.systems,
        topics=reading.topics,
        tasks=reading.tasks,
        referrals=reading.referrals,
        answers=answers(registry, reading.tasks, on_date),
        confidence=rule.confidence if rule else _UNCLEAR_CONFIDENCE,
        reasons=(*found_by, *_accusation(reading, registry, queue, on_date)),
        registry_revision=registry.revision,
        version=VERSION,
    )


def read(text: str, facts: Facts, registry: Registry, day: date) -> Reading:
    """Read names, subjects and hops; what was chosen in the form comes first."""
    lexicon, tokens = lexicon_of(registry), tokenise(text)
    names = find_names(tokens, text, lexicon)
    subjects = find_subjects(tokens, text, lexicon)
    chosen = facts.task if facts.task in registry.tasks else None
    tasks = _tasks(chosen, subjects)
    hops = _with_form(find_hops(tokens, names, text, registry), facts, registry)
    referrals = tuple(judge(hop, registry, tasks, day) for hop in hops)
    systems = [facts.system] if facts.system in registry.systems else []
    systems += [m.code for m in names if m.kind is Kind.SYSTEM]
    return Reading(
        names=tuple(names),
        subjects=tuple(subjects),
        systems=tuple(dict.fromkeys(s for s in systems if s)),
        agencies=codes(names, Kind.AGENCY),
        tasks=tasks,
        topics=_topics(registry, facts, tasks, subjects, referrals, day),
        referrals=referrals,
        chosen_task=chosen,
        hidden_from=facts.hidden_from,
    )


def _tasks(chosen: str | None, subjects: list[Mention]) -> tuple[str, ...]:
    """A chosen task decides; otherwise those of the longest phrases, in the registry's order."""
    if chosen:
        return (chosen,)
    mentions = [m for m in subjects if m.kind is Kind.TASK]
    mentions.sort(key=lambda m: m.first - m.last)
    return tuple(dict.fromkeys(m.code for m in mentions))[:_MOST_TASKS]


def _topics(
    registry: Registry,
    facts: Facts,
    tasks: tuple[str, ...],
    subjects: list[Mention],
    referrals: tuple[Referral, ...],
    day: date,
) -> tuple[str, ...]:
    found = [facts.topic] if facts.topic in registry.topics else []
    found += codes(subjects, Kind.TOPIC)
    found += [registry.tasks[task].topic for task in tasks]
    if referrals:
        found.append("agency_bounce")
    destinations = [registry.systems.get(r.to_system or "") for r in referrals]
    if any(system and system.is_retired(day) for system in destinations):
        found.append("legacy_redirect")
    return tuple(dict.fromkeys(t for t in found if t in registry.topics))


def _with_form(hops: list[Hop], facts: Facts, registry: Registry) -> list[Hop]:
    """Complete what the text tells by what was chosen in the form; the form alone is a hop too."""
    told_by = facts.told_by if facts.told_by in registry.agencies else None
    told_system = facts.told_system if facts.told_system in registry.systems else None
    origin = facts.system if facts.system in registry.systems else None
    if told_system and not any(hop.to_system == told_system for hop in hops):
        owner = registry.systems[told_system].owner
        hops = [*hops, Hop(told_by, None, told_system, owner, "")]
    return [
        Hop(
            told_by=hop.told_by or told_by,
            from_system=hop.from_system or (origin if origin != hop.to_system else None),
            to_system=hop.to_system,
            to_agency=hop.to_agency,
            words=hop.words,
        )
        for hop in hops
    ]


def may_receive(text: str, queue: str, registry: Registry, on_date: date) -> bool:
    """Whether a queue may get an issue by its words: not one that an allegation names."""
    return _may_receive(queue, read(text, Facts(), registry, on_date), registry)


def _first_rule(
    reading: Reading, registry: Registry, day: date
) -> tuple[Rule | None, str, tuple[Reason, ...]]:
    for rule in registry.rules:
        if _fits(rule, reading):
            queue, reasons = _resolve(rule, reading, registry, day)
            if queue and _may_receive(queue, reading, registry):
                because = Reason("rule", {"because": rule.because}, _carrying(rule, reading))
                return rule, queue, (because, *reasons)
    if GENERAL_TRIAGE in reading.hidden_from:
        return None, _independent(reading, registry), (Reason("hidden"),)
    return None, GENERAL_TRIAGE, (Reason("unclear"),)


def _independent(reading: Reading, registry: Registry) -> str:
    """The first desk that looks into others and is not shut out; triage when all are."""
    desks = (a.code for a in registry.agencies.values() if a.independent and a.desk)
    return next((code for code in desks if code not in reading.hidden_from), GENERAL_TRIAGE)


def _fits(rule: Rule, reading: Reading) -> bool:
    lists = (
        (rule.topics, reading.topics),
        (rule.tasks, reading.tasks),
        (rule.systems, reading.systems),
        (rule.agencies, reading.agencies),
    )
    misdirected = any(r.verdict is Verdict.MISDIRECTED for r in reading.referrals)
    return (
        all(not wanted or set(wanted) & set(found) for wanted, found in lists)
        and rule.misdirected in (None, misdirected)
        and rule.chosen_task in (None, reading.chosen_task is not None)
    )


def _carrying(rule: Rule, reading: Reading) -> tuple[str, ...]:
    wanted = (*rule.topics, *rule.tasks, *rule.systems, *rule.agencies)
    return tuple(dict.fromkeys(w for code in wanted for w in reading.words_for(code)))


def _may_receive(queue: str, reading: Reading, registry: Registry) -> bool:
    """Whether a queue may get the issue.

    Not one that the filer shut out. An allegation never goes to an agency that is named in
    it, unless it looks into others.
    """
    if queue in reading.hidden_from:
        return False
    if not ALLEGATIONS & set(reading.topics) or queue not in registry.agencies:
        return True
    return queue not in reading.agencies or registry.agencies[queue].independent


def _accusation(reading: Reading, registry: Registry, queue: str, day: date) -> tuple[Reason, ...]:
    if not ALLEGATIONS & set(reading.topics):
        return ()
    named = [code for code in reading.agencies if code != queue]
    return tuple(
        Reason("not-to-accused", {"agency": registry.agencies[code].label_on(day)})
        for code in named[:1]
    )


def _resolve(
    rule: Rule, reading: Reading, registry: Registry, day: date
) -> tuple[str | None, tuple[Reason, ...]]:
    match rule.queue:
        case Target.TASK_OWNER:
            return _task_owner(reading, registry, day)
        case Target.SYSTEM_OWNER:
            return _system_owner(reading, registry, day)
        case Target.NAMED_AGENCY:
            return _named_agency(reading, registry, day, reading.agencies)
        case Target.PAYING_AGENCY:
            return _paying_agency(reading, registry, day)
        case queue:
            return queue, ()


def _task_owner(
    reading: Reading, registry: Registry, day: date
) -> tuple[str | None, tuple[Reason, ...]]:
    for row in right_ways(registry, reading.tasks, day):
        if not registry.has_desk(row.owner) or row.owner is None:
            continue
        task, agency = registry.tasks[row.task].name, registry.agencies[row.owner].label_on(day)
        how = Reason(
            "chosen-task" if reading.chosen_task else "found-task",
            {"task": task},
            reading.words_for(row.task),
        )
        place = registry.systems[row.system].name if row.system else row.place or ""
        key = "served-by" if row.system else "served-by-office"
        return row.owner, (how, Reason(key, {"task": task, "place": place, "agency": agency}))
    return None, ()


def _system_owner(
    reading: Reading, registry: Registry, day: date
) -> tuple[str | None, tuple[Reason, ...]]:
    """The owner of the first system in use that is named; of a retired one, its successor's."""
    named = [registry.systems[code] for code in reading.systems]
    for system in sorted(named, key=lambda s: s.is_retired(day)):
        words = reading.words_for(system.code)
        current, retired = _in_use(system, registry, day, words)
        if registry.has_desk(current.owner):
            agency = registry.agencies[current.owner].label_on(day)
            values = {"system": current.name, "agency": agency}
            return current.owner, (*retired, Reason("named-system", values, words))
    return None, ()


def _in_use(
    system: System, registry: Registry, day: date, words: tuple[str, ...]
) -> tuple[System, tuple[Reason, ...]]:
    """The system, or for a retired one its successor and the reason."""
    successor = registry.systems.get(system.successor or "")
    if successor is None or system.retired_on is None or not system.is_retired(day):
        return system, ()
    values = {"system": system.name, "date": system.retired_on.isoformat()}
    values["successor"] = successor.name
    return successor, (Reason("retired-system", values, words),)


def _named_agency(
    reading: Reading, registry: Registry, day: date, agencies: tuple[str, ...]
) -> tuple[str | None, tuple[Reason, ...]]:
    for code in agencies:
        if registry.has_desk(code):
            values = {"agency": registry.agencies[code].label_on(day)}
            return code, (Reason("named-agency", values, reading.words_for(code)),)
    return None, ()


def _paying_agency(
    reading: Reading, registry: Registry, day: date
) -> tuple[str | None, tuple[Reason, ...]]:
    """The named agency that bought, leaving out those that vendors register with to be paid."""
    rows = registry.document.system_of_record
    registrars = {r.owner for r in rows if registry.tasks[r.task].topic == "registration"}
    buyers = tuple(code for code in reading.agencies if code not in registrars | {"comptroller"})
    return _named_agency(reading, registry, day, buyers)
