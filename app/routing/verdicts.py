"""Hold each hop against the registry on its day, and find the right ways. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.registry.catalogue import Confidence, Registry, SystemOfRecord
from app.routing.model import Answer, Reason, Referral, Verdict
from app.routing.referrals import Hop

_MOST_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Matter:
    """What hops are held against.

    The tasks that the text may be about, the likeliest first; those of single sentences; the
    agencies that may hold the vendor's contract, likewise; and the agencies that it accuses.
    """

    tasks: tuple[str, ...] = ()
    by_sentence: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    buyers: tuple[str, ...] = ()
    accused: tuple[str, ...] = ()
    alleges: bool = False


def right_ways(registry: Registry, tasks: Sequence[str], day: date) -> list[SystemOfRecord]:
    """The rows that serve the tasks on the day."""
    rows = [registry.system_of_record(task, day) for task in tasks]
    return [row for row in rows if row is not None]


def answers(registry: Registry, tasks: Sequence[str], day: date) -> tuple[Answer, ...]:
    """What may be told to the filer at once: rows of high confidence, a few at most."""
    proven = [r for r in right_ways(registry, tasks, day) if r.confidence is Confidence.HIGH]
    return tuple(answer_of(row) for row in proven[:_MOST_ANSWERS])


def answer_of(row: SystemOfRecord) -> Answer:
    """What a row of the registry tells."""
    return Answer(
        task=row.task,
        system=row.system,
        place=row.place,
        agency=row.owner,
        contact=row.contact,
        since=row.valid_from,
        sources=row.sources,
    )


def judge(hop: Hop, registry: Registry, matter: Matter, reported_on: date) -> Referral:
    """The hop with its verdict on the day it happened, and the reason that proves it."""
    day = hop.happened_on or reported_on
    verdict, proof = _judge(hop, registry, matter, day)
    origin = registry.systems.get(hop.from_system or "")
    return Referral(
        told_by=hop.told_by,
        from_system=hop.from_system,
        from_agency=origin.owner if origin else None,
        to_system=hop.to_system,
        to_agency=hop.to_agency,
        verdict=verdict,
        proof=Reason(proof.key, proof.values, (hop.words,) if hop.words else ()),
        happened_on=hop.happened_on,
    )


def _judge(hop: Hop, registry: Registry, matter: Matter, day: date) -> tuple[Verdict, Reason]:
    to = _name(registry, hop.to_system, hop.to_agency, day)
    system = registry.systems.get(hop.to_system or "")
    if system and system.is_retired(day) and system.retired_on:
        values = {"to": to, "date": system.retired_on.isoformat(), "source": system.sources[0]}
        return Verdict.MISDIRECTED, Reason("to-retired", values)
    if matter.alleges and hop.to_agency:
        return _judge_allegation(hop.to_agency, registry, matter, to)
    here = [t for t in matter.by_sentence.get(hop.sentence, ()) if t in matter.tasks]
    proven = _agreed(here, hop, matter, registry, day) if here else None
    proven = proven or _agreed(matter.tasks, hop, matter, registry, day)
    if proven is None:
        return Verdict.UNKNOWN, Reason("to-unknown")
    way, verdict = proven
    values = {"task": registry.tasks[way.task].name, "to": to, "source": way.sources[0]}
    if way.valid_from:
        values["date"] = way.valid_from.isoformat()
    if verdict is Verdict.RIGHT:
        return verdict, Reason("to-right", values)
    right = _name(registry, way.system, way.owner, day) or way.place or ""
    return verdict, Reason("to-wrong", values | {"right": right})


def _agreed(
    tasks: Sequence[str], hop: Hop, matter: Matter, registry: Registry, day: date
) -> tuple[SystemOfRecord, Verdict] | None:
    """The verdict that the rows of all tasks give, with the first row; None when they differ."""
    found = [(way, _compare(way, hop, matter)) for way in right_ways(registry, tasks, day)]
    verdicts = {verdict for _way, verdict in found}
    return found[0] if len(verdicts) == 1 and Verdict.UNKNOWN not in verdicts else None


def _judge_allegation(
    to_agency: str, registry: Registry, matter: Matter, to: str
) -> tuple[Verdict, Reason]:
    """Of wrongdoing: an office that looks into others is right, one that is accused wrong."""
    if registry.agencies[to_agency].independent and to_agency not in matter.accused:
        return Verdict.RIGHT, Reason("to-independent", {"to": to})
    if to_agency in matter.accused:
        return Verdict.MISDIRECTED, Reason("to-accused", {"to": to})
    return Verdict.UNKNOWN, Reason("to-unknown")


def _compare(way: SystemOfRecord, hop: Hop, matter: Matter) -> Verdict:
    """Whether a place serves a task by one row of the registry."""
    if hop.to_system:
        serving = {way.system, *way.also} - {None}
        if hop.to_system in serving:
            return Verdict.RIGHT
        if serving or hop.to_system in way.wrong or hop.to_agency in way.wrong_agencies:
            return Verdict.MISDIRECTED
        return Verdict.UNKNOWN
    return _compare_office(way, hop, matter)


def _compare_office(way: SystemOfRecord, hop: Hop, matter: Matter) -> Verdict:
    """An office, by its row; what only the buyer answers: whether it is the likeliest one."""
    if hop.to_agency in way.maybe:
        return Verdict.UNKNOWN
    if way.buyer_too and hop.to_agency in matter.buyers[:1]:
        return Verdict.RIGHT
    if way.owner:
        return Verdict.RIGHT if hop.to_agency == way.owner else Verdict.MISDIRECTED
    if hop.to_agency in way.wrong_agencies:
        return Verdict.MISDIRECTED
    return _compare_buyer(hop, matter.buyers)


def _compare_buyer(hop: Hop, buyers: Sequence[str]) -> Verdict:
    """What only the buyer answers: right to it, wrong away from it."""
    if hop.to_agency in buyers:
        rightly = hop.told_by not in buyers or hop.to_agency == buyers[0]
        return Verdict.RIGHT if rightly else Verdict.MISDIRECTED
    return Verdict.MISDIRECTED if hop.told_by in buyers[:1] else Verdict.UNKNOWN


def _name(registry: Registry, system: str | None, agency: str | None, day: date) -> str:
    if system:
        return registry.systems[system].name
    return registry.agencies[agency].label_on(day) if agency else ""
