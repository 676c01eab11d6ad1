"""Whether the rows of a registry fit together: codes, successors, aliases, days. Pure."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator

from app.registry.catalogue import GENERAL_TRIAGE, Registry, System, SystemOfRecord
from app.registry.days import faults_of_days
from app.registry.faults import Fault, record_name


def find_faults(registry: Registry) -> list[Fault]:
    """Everything that is wrong with a registry, row by row."""
    return [
        *_repeated_codes(registry),
        *_unknown_codes(registry),
        *_contradictions(registry),
        *_successors(registry),
        *_shared_aliases(registry),
        *faults_of_days(registry),
    ]


def _repeated_codes(registry: Registry) -> Iterator[Fault]:
    for section in ("agency", "system", "topic", "task"):
        rows = getattr(registry.document, section)
        counts = Counter(row.code for row in rows)
        last = {row.code: index for index, row in enumerate(rows)}
        for code, count in counts.items():
            if count > 1:
                name = f'{section} "{code}"'
                yield Fault(section, last[code], name, "is there twice", "code")
            if section == "agency" and code == GENERAL_TRIAGE:
                words = "this code is kept for the queue of that name"
                yield Fault(section, last[code], f'agency "{code}"', words, "code")


def _unknown(
    fault: Fault, kind: str, codes: Iterable[str | None], known: Container[str]
) -> Iterator[Fault]:
    for code in codes:
        if code is not None and code not in known:
            words = f'unknown {kind} "{code}"'
            yield Fault(fault.section, fault.index, fault.row, words, fault.field)


def _unknown_codes(registry: Registry) -> Iterator[Fault]:
    document, agencies, systems = registry.document, registry.agencies, registry.systems
    for index, system in enumerate(document.system):
        name = f'system "{system.code}"'
        owner = Fault("system", index, name, "", "owner")
        yield from _unknown(owner, "agency", [system.owner], agencies)
        successor = Fault("system", index, name, "", "successor")
        yield from _unknown(successor, "system", [system.successor], systems)
    for index, task in enumerate(document.task):
        topic = Fault("task", index, f'task "{task.code}"', "", "topic")
        yield from _unknown(topic, "topic", [task.topic], registry.topics)
        refines = Fault("task", index, f'task "{task.code}"', "", "refines")
        yield from _unknown(refines, "task", task.refines, registry.tasks)
    for index, record in enumerate(document.system_of_record):
        for field, kind, codes, known in (
            ("task", "task", [record.task], registry.tasks),
            ("system", "system", [record.system], systems),
            ("wrong", "system", record.wrong, systems),
            ("also", "system", record.also, systems),
            ("owner", "agency", [record.owner], agencies),
            ("wrong_agencies", "agency", record.wrong_agencies, agencies),
            ("maybe", "agency", record.maybe, agencies),
        ):
            row = Fault("system_of_record", index, record_name(index, record), "", field)
            yield from _unknown(row, kind, codes, known)


def _contradictions(registry: Registry) -> Iterator[Fault]:
    for index, record in enumerate(registry.document.system_of_record):
        for field, words in _contradictions_of(record):
            yield Fault("system_of_record", index, record_name(index, record), words, field)


def _contradictions_of(record: SystemOfRecord) -> Iterator[tuple[str, str]]:
    if record.system is None and record.place is None:
        yield "system", "has neither a system nor a place"
    if record.system in record.wrong:
        yield "wrong", f'the system "{record.system}" is the right one and a wrong one'
    for code in record.also:
        if code == record.system or code in record.wrong:
            yield "also", f'the system "{code}" is one of the others too'
    if record.owner in record.wrong_agencies:
        yield "wrong_agencies", f'the agency "{record.owner}" is the right one and a wrong one'


def _successors(registry: Registry) -> Iterator[Fault]:
    for index, system in enumerate(registry.document.system):
        chain = _chain(system, registry)
        name = f'system "{system.code}"'
        if len(chain) > 1 and chain[-1] == system.code:
            words = f"its successors go round in a circle: {' → '.join(chain)}"
            yield Fault("system", index, name, words, "successor")
        after = registry.systems.get(system.successor or "")
        if after and after.retired_on and after.successor is None:
            words = (
                f'its successor "{after.code}" is retired itself, since {after.retired_on}, '
                "and has no successor"
            )
            yield Fault("system", index, name, words, "successor")


def _chain(system: System, registry: Registry) -> list[str]:
    """The system and those after it, up to the end or to the first that comes again."""
    chain = [system.code]
    following = registry.systems.get(system.successor or "")
    while following is not None:
        known = following.code in chain
        chain.append(following.code)
        following = None if known else registry.systems.get(following.successor or "")
    return chain


def _shared_aliases(registry: Registry) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    document = registry.document
    named = [("agency", i, a.code, (*a.aliases, a.acronym)) for i, a in enumerate(document.agency)]
    named += [("system", i, s.code, (*s.aliases, s.name)) for i, s in enumerate(document.system)]
    for section, index, code, aliases in named:
        name = f'{section} "{code}"'
        for alias in sorted({" ".join(alias.casefold().split()) for alias in aliases}):
            holder = owners.setdefault(alias, name)
            if holder != name:
                words = f'the alias "{alias}" belongs to {holder} already'
                yield Fault(section, index, name, words, "aliases")
