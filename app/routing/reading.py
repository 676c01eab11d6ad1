"""Read an issue: names, tasks, topics, hops and their verdicts. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from app.registry.catalogue import Registry
from app.routing.accusations import ALLEGATIONS, find_accused, with_unnamed
from app.routing.alleging import alleged_in, count_hints, weigh_allegations
from app.routing.buyers import find_buyers
from app.routing.languages import ENGLISH, language_of
from app.routing.lexicon import Kind, lexicon_of
from app.routing.mentions import Mention, codes, find_meant, find_names
from app.routing.model import Facts, Mark, Referral, Verdict
from app.routing.referrals import Hop, find_hops
from app.routing.tasks import find_tasks
from app.routing.taught import find_carriers, tell
from app.routing.tokens import Token, phrase_stems, tokenise
from app.routing.verdicts import Matter, judge

OTHER = "other"
_LIKELY = 0.8
_SURE = {"agency_bounce": 0.5, "legacy_redirect": 0.6}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in an issue: codes in order, and the mentions that carry them.

    `buyers` are the named agencies that may hold the contract, `accused` those that an
    allegation may be about, `places` where each stem stands. `task_weights` and `allegations`
    say how likely each is, from 0 to 1.
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
    allegations: Mapping[str, float] = field(default_factory=dict)
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
    language = language_of(tokens, text)
    learned, taught = tell(text) if language == ENGLISH else (None, {})
    allegations = weigh_allegations(taught, learned or {}, registry)
    subjects = count_hints(subjects, allegations)
    alleged = alleged_in(subjects, allegations)
    learned = _fitting(learned, alleged, registry) if learned else None
    weights = {} if chosen else find_tasks(subjects, used, registry, day, learned)
    tasks = (chosen,) if chosen else tuple(weights)
    hops = _with_form(find_hops(tokens, names, text, registry, day), facts, registry)
    subjects += _carriers((*tasks[:1], *alleged), subjects, tokens, text)
    matter = replace(
        _matter(_likely(tasks, weights), subjects, names, tokens, registry, bool(alleged)),
        by_sentence={} if chosen else _tasks_by_sentence(hops, subjects, tokens, registry, day),
    )
    referrals = tuple(judge(hop, registry, matter, day) for hop in hops)
    known = tuple(dict.fromkeys(s for s in systems if s))
    told = [topic for topic, likely in _SURE.items() if taught.get(topic, 0.0) >= likely]
    topics = _topics(
        registry, facts, _likely(tasks, weights), subjects, hops, day, (*alleged, *told)
    )
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
        allegations=allegations,
        topics=topics,
        referrals=referrals,
        chosen_task=chosen,
        chosen_system=facts.system if facts.system in registry.systems else None,
        hidden_from=facts.hidden_from,
        text=text,
        tokens=tuple(tokens),
        places=_places(tokens),
        language=language,
        buyers=matter.buyers,
        accused=accused,
    )


def _carriers(
    codes: Sequence[str], subjects: Sequence[Mention], tokens: Sequence[Token], text: str
) -> list[Mention]:
    """The words that speak for a task or an allegation of which the text has no phrase."""
    said = {mention.code for mention in subjects}
    return [
        Mention(
            Kind.TOPIC if code in ALLEGATIONS else Kind.TASK,
            code,
            place,
            place,
            text[tokens[place].start : tokens[place].end],
        )
        for code in codes
        if code not in said
        for place in find_carriers(tokens, code)
    ]


def _fitting(
    learned: Mapping[str, float], alleged: Collection[str], registry: Registry
) -> dict[str, float]:
    """The tasks of a text; one that reports something, only where something is alleged."""
    return {
        code: part
        for code, part in learned.items()
        if alleged or code not in registry.tasks or registry.tasks[code].topic not in ALLEGATIONS
    }


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
    alleges: bool,
) -> Matter:
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
    taught: Sequence[str],
) -> tuple[str, ...]:
    found = [facts.topic] if facts.topic in registry.topics else []
    found += [*codes(subjects, Kind.TOPIC), *taught]
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
