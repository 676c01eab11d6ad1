"""Hold each hop against the registry on its day, and find the right ways. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.registry.catalogue import Confidence, Registry, SystemOfRecord
from app.routing.model import Answer, Reason, Referral, Verdict
from app.routing.referrals import Hop

_MOST_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Matter:
    """What hops are held against.

    The tasks that the text may be about, the likeliest first, the agencies that may hold the
    vendor's contract, and the agencies that it accuses.
    """

    tasks: tuple[str, ...] = ()
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
    return tuple(
        Answer(
            task=row.task,
            system=row.system,
            place=row.place,
            agency=row.owner,
            contact=row.contact,
            since=row.valid_from,
            sources=row.sources,
        )
        for row in proven[:_MOST_ANSWERS]
    )


def buyers_of(agencies: Iterable[str], registry: Registry) -> tuple[str, ...]:
    """The named agencies that may have bought: those that do not serve all the others."""
    return tuple(code for code in agencies if not registry.agencies[code].central)


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
    found = [
        (way, _compare(way, hop, matter, registry))
        for way in right_ways(registry, matter.tasks, day)
    ]
    verdicts = {verdict for _way, verdict in found}
    if len(verdicts) != 1 or Verdict.UNKNOWN in verdicts:
        return Verdict.UNKNOWN, Reason("to-unknown")
    way, verdict = found[0]
    values = {"task": registry.tasks[way.task].name, "to": to, "source": way.sources[0]}
    if way.valid_from:
        values["date"] = way.valid_from.isoformat()
    if verdict is Verdict.RIGHT:
        return verdict, Reason("to-right", values)
    right = _name(registry, way.system, way.owner, day) or way.place or ""
    return verdict, Reason("to-wrong", values | {"right": right})


def _judge_allegation(
    to_agency: str, registry: Registry, matter: Matter, to: str
) -> tuple[Verdict, Reason]:
    """Of wrongdoing: an office that looks into others is right, one that is accused wrong."""
    if registry.agencies[to_agency].independent and to_agency not in matter.accused:
        return Verdict.RIGHT, Reason("to-independent", {"to": to})
    if to_agency in matter.accused:
        return Verdict.MISDIRECTED, Reason("to-accused", {"to": to})
    return Verdict.UNKNOWN, Reason("to-unknown")


def _compare(way: SystemOfRecord, hop: Hop, matter: Matter, registry: Registry) -> Verdict:
    """Whether a place serves a task by one row of the registry."""
    if hop.to_system:
        serving = {way.system, *way.also} - {None}
        if hop.to_system in serving:
            return Verdict.RIGHT
        if serving or hop.to_system in way.wrong or hop.to_agency in way.wrong_agencies:
            return Verdict.MISDIRECTED
        return Verdict.UNKNOWN
    return _compare_office(way, hop.to_agency or "", matter, registry)


def _compare_office(
    way: SystemOfRecord, office: str, matter: Matter, registry: Registry
) -> Verdict:
    if way.owner:
        return Verdict.RIGHT if office == way.owner else Verdict.MISDIRECTED
    if office in way.wrong_agencies:
        return Verdict.MISDIRECTED
    if not registry.agencies[office].central and office in matter.buyers:
        return Verdict.RIGHT
    return Verdict.UNKNOWN


def _name(registry: Registry, system: str | None, agency: str | None, day: date) -> str:
    if system:
        return registry.systems[system].name
    return registry.agencies[agency].label_on(day) if agency else ""
