"""Hold each hop against the registry, and find the right ways. Pure."""

from collections.abc import Sequence
from datetime import date

from app.registry.catalogue import Confidence, Registry, SystemOfRecord
from app.routing.model import Answer, Reason, Referral, Verdict
from app.routing.referrals import Hop

_MOST_ANSWERS = 3


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


def judge(hop: Hop, registry: Registry, tasks: Sequence[str], day: date) -> Referral:
    """The hop with its verdict and the reason that proves it."""
    verdict, proof = _judge(hop, registry, right_ways(registry, tasks, day), day)
    origin = registry.systems.get(hop.from_system or "")
    return Referral(
        told_by=hop.told_by,
        from_system=hop.from_system,
        from_agency=origin.owner if origin else None,
        to_system=hop.to_system,
        to_agency=hop.to_agency,
        verdict=verdict,
        proof=Reason(proof.key, proof.values, (hop.words,) if hop.words else ()),
    )


def _judge(
    hop: Hop, registry: Registry, ways: Sequence[SystemOfRecord], day: date
) -> tuple[Verdict, Reason]:
    to = _name(registry, hop.to_system, hop.to_agency, day)
    system = registry.systems.get(hop.to_system or "")
    if system and system.is_retired(day) and system.retired_on:
        date_words = system.retired_on.isoformat()
        return Verdict.MISDIRECTED, Reason("to-retired", {"to": to, "date": date_words})
    for way in ways:
        if _leads_to(way, hop):
            values = {"task": registry.tasks[way.task].name, "to": to}
            return Verdict.RIGHT, Reason("to-right", values)
    for way in ways:
        if hop.to_system in way.wrong or (hop.to_system and way.system):
            right = _name(registry, way.system, way.owner, day)
            values = {"task": registry.tasks[way.task].name, "right": right, "to": to}
            return Verdict.MISDIRECTED, Reason("to-wrong", values)
    return Verdict.UNKNOWN, Reason("to-unknown")


def _leads_to(way: SystemOfRecord, hop: Hop) -> bool:
    if hop.to_system:
        return way.system == hop.to_system
    return way.owner is not None and way.owner == hop.to_agency


def _name(registry: Registry, system: str | None, agency: str | None, day: date) -> str:
    if system:
        return registry.systems[system].name
    return registry.agencies[agency].label_on(day) if agency else ""
