"""Read an issue: names, tasks, topics, hops and their verdicts. Pure."""

from dataclasses import dataclass
from datetime import date

from app.registry.catalogue import Registry
from app.routing.lexicon import Kind, lexicon_of
from app.routing.mentions import Mention, codes, find_names, find_subjects
from app.routing.model import Facts, Mark, Referral, Verdict
from app.routing.referrals import Hop, find_hops
from app.routing.tokens import Token, phrase_stems, tokenise
from app.routing.verdicts import judge

ALLEGATIONS = frozenset(("wrongdoing", "retaliation"))
_MOST_TASKS = 4


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
    chosen_system: str | None
    hidden_from: tuple[str, ...] = ()
    text: str = ""
    tokens: tuple[Token, ...] = ()
    language: str = "en"

    def words_for(self, code: str) -> tuple[str, ...]:
        """The words of the text that stand for a code, each once."""
        mentions = (*self.names, *self.subjects)
        return tuple(dict.fromkeys(m.words for m in mentions if m.code == code))

    @property
    def alleges(self) -> bool:
        """True when wrongdoing or retaliation is alleged."""
        return bool(ALLEGATIONS & set(self.topics))

    @property
    def is_misdirected(self) -> bool:
        """True when an office sent the reporter the wrong way."""
        return any(r.verdict is Verdict.MISDIRECTED for r in self.referrals)

    def find_phrase(self, phrase: str) -> str | None:
        """A phrase as the text writes it, by the stems of its words; None when it is not there."""
        stems = phrase_stems(phrase)
        for place in range(len(self.tokens) - len(stems) + 1):
            window = self.tokens[place : place + len(stems)]
            if stems and tuple(token.stem for token in window) == stems:
                return self.text[window[0].start : window[-1].end]
        return None

    def marks(self) -> tuple[Mark, ...]:
        """Where in the text the names and subjects stand."""
        return tuple(
            Mark(self.tokens[m.first].start, self.tokens[m.last].end, m.kind, m.code)
            for m in (*self.names, *self.subjects)
        )


def read(text: str, facts: Facts, registry: Registry, day: date) -> Reading:
    """Read names, subjects and hops; what was chosen in the form comes first."""
    lexicon, tokens = lexicon_of(registry), tokenise(text)
    names = find_names(tokens, text, lexicon)
    subjects = find_subjects(tokens, text, lexicon)
    chosen = facts.task if facts.task in registry.tasks else None
    tasks = _tasks(chosen, subjects)
    hops = _with_form(find_hops(tokens, names, text, registry, day), facts, registry)
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
        chosen_system=facts.system if facts.system in registry.systems else None,
        hidden_from=facts.hidden_from,
        text=text,
        tokens=tuple(tokens),
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
