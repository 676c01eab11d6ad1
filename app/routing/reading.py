"""Read an issue: names, tasks, topics, hops and their verdicts. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from app.registry.catalogue import Registry
from app.routing.accusations import ALLEGATIONS, find_accused, with_unnamed
from app.routing.buyers import find_buyers
from app.routing.languages import language_of
from app.routing.lexicon import Kind, lexicon_of
from app.routing.mentions import Mention, codes, find_meant, find_names
from app.routing.model import Facts, Mark, Referral, Verdict
from app.routing.referrals import Hop, find_hops
from app.routing.tasks import find_tasks
from app.routing.tokens import Token, phrase_stems, tokenise
from app.routing.verdicts import Matter, judge

OTHER = "other"
_LIKELY = 0.8


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in an issue: codes in order, and the mentions that carry them.

    `buyers` are the named agencies that may hold the contract, `accused` those that an
    allegation may be about, `places` where each stem stands.
    """

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
    places: Mapping[str, Sequence[int]] = field(default_factory=dict)
    language: str = "en"
    task_weights: Mapping[str, float] = field(default_factory=dict)
    buyers: tuple[str, ...] = ()
    accused: tuple[str, ...] = ()

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
        for place in self.places.get(stems[0], ()) if stems else ():
            window = self.tokens[place : place + len(stems)]
            if tuple(token.stem for token in window) == stems:
                return self.text[window[0].start : window[-1].end]
        return None

    def marks(self) -> tuple[Mark, ...]:
        """Where in the text the names and subjects stand."""
        return tuple(
            Mark(self.tokens[m.first].start, self.tokens[m.last].end, m.kind, m.code)
            for m in (*self.names, *self.subjects)
            if m.kind is not Kind.TASK or m.code in self.tasks
        )


def read(text: str, facts: Facts, registry: Registry, day: date) -> Reading:
    """Read names, subjects and hops; what was chosen in the form comes first."""
    lexicon, tokens = lexicon_of(registry), tokenise(text)
    names = find_names(tokens, text, lexicon)
    subjects = find_meant(tokens, names, text, lexicon)
    systems = [facts.system] if facts.system in registry.systems else []
    systems += [code for m in names if (code := m.system_code)]
    chosen = facts.task if facts.task in registry.tasks else None
    used = [m.code for m in names if m.kind is Kind.SYSTEM and not m.negated] or systems
    weights = {} if chosen else find_tasks(subjects, used, registry, day)
    tasks = (chosen,) if chosen else tuple(weights)
    hops = _with_form(find_hops(tokens, names, text, registry, day), facts, registry)
    matter = replace(
        _matter(_likely(tasks, weights), subjects, names, tokens, registry),
        by_sentence={} if chosen else _tasks_by_sentence(hops, subjects, tokens, registry, day),
    )
    referrals = tuple(judge(hop, registry, matter, day) for hop in hops)
    known = tuple(dict.fromkeys(s for s in systems if s))
    topics = _topics(registry, facts, _likely(tasks, weights), subjects, hops, day)
    accused = matter.accused
    if ALLEGATIONS & set(topics):
        accused = with_unnamed(accused, known, facts, registry)
    return Reading(
        names=tuple(names),
        subjects=tuple(subjects),
        systems=known,
        agencies=codes(names, Kind.AGENCY),
        tasks=tasks,
        task_weights=weights,
        topics=topics,
        referrals=referrals,
        chosen_task=chosen,
        chosen_system=facts.system if facts.system in registry.systems else None,
        hidden_from=facts.hidden_from,
        text=text,
        tokens=tuple(tokens),
        places=_places(tokens),
        language=language_of(tokens, text),
        buyers=matter.buyers,
        accused=accused,
    )


def _places(tokens: Sequence[Token]) -> dict[str, list[int]]:
    """Where each stem stands."""
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens):
        places.setdefault(token.stem, []).append(place)
    return places


def _matter(
    tasks: tuple[str, ...],
    subjects: Sequence[Mention],
    names: Sequence[Mention],
    tokens: Sequence[Token],
    registry: Registry,
) -> Matter:
    alleges = any(m.code in ALLEGATIONS for m in subjects if m.kind is Kind.TOPIC)
    return Matter(
        tasks=tasks,
        buyers=find_buyers(names, tokens, registry),
        accused=find_accused(names, subjects, tokens, registry) if alleges else (),
        alleges=alleges,
    )


def _tasks_by_sentence(
    hops: Sequence[Hop],
    subjects: Sequence[Mention],
    tokens: Sequence[Token],
    registry: Registry,
    day: date,
) -> dict[int, tuple[str, ...]]:
    """The tasks of those sentences that tell hops."""
    wanted = {hop.sentence for hop in hops}
    found: dict[int, list[Mention]] = {}
    for mention in subjects:
        if (sentence := tokens[mention.first].sentence) in wanted:
            found.setdefault(sentence, []).append(mention)
    return {
        sentence: tuple(find_tasks(mentions, (), registry, day))
        for sentence, mentions in found.items()
    }


def _likely(tasks: tuple[str, ...], weights: Mapping[str, float]) -> tuple[str, ...]:
    """The tasks that come near enough to the first one to tell what the issue is about."""
    best = max(weights.values(), default=0.0)
    return tuple(task for task in tasks if weights.get(task, best) >= _LIKELY * best)


def _topics(
    registry: Registry,
    facts: Facts,
    tasks: tuple[str, ...],
    subjects: Sequence[Mention],
    hops: Sequence[Hop],
    day: date,
) -> tuple[str, ...]:
    found = [facts.topic] if facts.topic in registry.topics else []
    found += codes(subjects, Kind.TOPIC)
    found += [registry.tasks[task].topic for task in tasks]
    if any(not hop.private for hop in hops):
        found.append("agency_bounce")
    destinations = [registry.systems.get(hop.to_system or "") for hop in hops]
    if any(system and system.is_retired(day) for system in destinations):
        found.append("legacy_redirect")
    found = [topic for topic in found if topic in registry.topics] or [OTHER]
    return tuple(dict.fromkeys(topic for topic in found if topic in registry.topics))


def _with_form(hops: list[Hop], facts: Facts, registry: Registry) -> list[Hop]:
    """Complete what the text tells by what was chosen in the form; the form alone is a hop too."""
    told_by = facts.told_by if facts.told_by in registry.agencies else None
    told_system = facts.told_system if facts.told_system in registry.systems else None
    origin = facts.system if facts.system in registry.systems else None
    if told_system and not any(hop.to_system == told_system for hop in hops):
        owner = registry.systems[told_system].owner
        hops = [*hops, Hop(told_by, None, told_system, owner, "")]
    return [
        replace(
            hop,
            told_by=hop.told_by or told_by,
            from_system=hop.from_system or (origin if origin != hop.to_system else None),
        )
        for hop in hops
    ]
