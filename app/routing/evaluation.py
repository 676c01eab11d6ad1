"""Measure the router against labelled texts: queues, topics, referrals, verdicts. Pure.

A case is a line `{id, text, on_date, topics | labels, agency, referrals: [{by, from_system,
to_system, to_agency, verdict}]}`. What a line does not label is not scored. Names of offices
and systems may be codes, acronyms, names or aliases.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.registry.catalogue import GENERAL_TRIAGE, Registry
from app.routing.lexicon import Node, lexicon_of
from app.routing.model import Decision, Referral
from app.routing.tokens import phrase_words

HIGH_CONFIDENCE = 0.8
"""What is sure enough to go out without a person."""

OWN_WORDS = frozenset(("vendor", "end_user", "commentator"))
"""Voices of people; every other is an institution's prose."""

FIELDS = ("by", "from_system", "to_system", "to_agency")
EDGE = ("by", "to_system", "to_agency")
_UNSCORED = object()


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled text; what is None is not labelled. `hops` are normalised referrals."""

    id: str
    text: str
    on_date: date | None
    topics: frozenset[str] | None
    queue: str | None
    hops: tuple[dict[str, Any], ...] | None
    voice: str = ""


@dataclass(slots=True)
class Rate:
    """Hits among tries."""

    hits: int = 0
    tries: int = 0

    def add(self, *, hit: bool) -> None:
        """Count one try."""
        self.tries += 1
        self.hits += hit

    @property
    def value(self) -> float | None:
        """From 0 to 1; None before the first try."""
        return self.hits / self.tries if self.tries else None


@dataclass(slots=True)
class Overlap:
    """What was found, what should have been, and what is in both."""

    found: int = 0
    wanted: int = 0
    both: int = 0

    @property
    def precision(self) -> float:
        """How much of what was found is right; 1 where nothing was found."""
        return self.both / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """How much of what is right was found; 1 where nothing was to be found."""
        return self.both / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.found + self.wanted
        return 2 * self.both / total if total else 1.0


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that was decided otherwise than labelled."""

    case: Case
    what: str
    wanted: str
    found: str
    decision: Decision


@dataclass(slots=True)
class Scores:
    """All measures over some cases. `edges` leave out where the reporter came from."""

    cases: int = 0
    queues: Rate = field(default_factory=Rate)
    sure_queues: Rate = field(default_factory=Rate)
    topics: Overlap = field(default_factory=Overlap)
    referrals: Overlap = field(default_factory=Overlap)
    edges: Overlap = field(default_factory=Overlap)
    verdicts: Rate = field(default_factory=Rate)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    misses: list[Miss] = field(default_factory=list)


def read_case(line: dict[str, Any], registry: Registry) -> Case:
    """Build a case from a line; raise ValueError naming an unknown office or system."""
    topics = line.get("topics", line.get("labels"))
    referrals, day = line.get("referrals"), line.get("on_date")
    agency = line.get("agency")
    return Case(
        id=str(line["id"]),
        text=line["text"],
        on_date=date.fromisoformat(day) if day else None,
        topics=frozenset(topics) if topics is not None else None,
        queue=_code(agency, registry) if agency else None,
        hops=None if referrals is None else tuple(_hop(hop, registry) for hop in referrals),
        voice=line.get("voice", ""),
    )


def _code(name: str, registry: Registry) -> str:
    """The code of an agency, a system, or of whoever runs the system of that name."""
    if name in registry.agencies or name in registry.systems or name == GENERAL_TRIAGE:
        return name
    for variant in (name, *name.split("/")):
        node = lexicon_of(registry).names
        for word in phrase_words(variant):
            node = node.after.get(word, Node())
        if node.entries:
            return node.entries[0].code
    raise ValueError(f"unknown office or system: {name}")


def _agency(name: str, registry: Registry) -> str:
    code = _code(name, registry)
    return registry.systems[code].owner if code in registry.systems else code


def _hop(line: dict[str, Any], registry: Registry) -> dict[str, Any]:
    hop = {key: line[key] for key in (*FIELDS, "verdict") if key in line}
    for key in ("by", "to_agency"):
        if hop.get(key):
            hop[key] = _agency(hop[key], registry)
    for key in ("from_system", "to_system"):
        if hop.get(key):
            hop[key] = _code(hop[key], registry)
    if hop.get("to_system") in registry.systems and not hop.get("to_agency"):
        hop["to_agency"] = registry.systems[hop["to_system"]].owner
    return hop


def score(
    cases: Iterable[Case], decide: Callable[[Case], Decision], into: Scores | None = None
) -> Scores:
    """Decide every case and measure."""
    scores = into or Scores()
    for case in cases:
        decision = decide(case)
        scores.cases += 1
        _score_queue(case, decision, scores)
        _score_topics(case, decision, scores)
        _score_referrals(case, decision, scores)
    return scores


def _score_queue(case: Case, decision: Decision, scores: Scores) -> None:
    if case.queue is None:
        return
    hit = decision.queue == case.queue
    scores.queues.add(hit=hit)
    if decision.certain and decision.confidence >= HIGH_CONFIDENCE:
        scores.sure_queues.add(hit=hit)
    if not hit:
        scores.confusion[case.queue, decision.queue] += 1
        scores.misses.append(Miss(case, "queue", case.queue, decision.queue, decision))


def _score_topics(case: Case, decision: Decision, scores: Scores) -> None:
    if case.topics is None:
        return
    found = set(decision.topics) or {"other"}
    scores.topics.found += len(found)
    scores.topics.wanted += len(case.topics)
    scores.topics.both += len(found & case.topics)
    if found != case.topics:
        wanted, got = (", ".join(sorted(topics)) for topics in (case.topics, found))
        scores.misses.append(Miss(case, "topics", wanted, got, decision))


def _score_referrals(case: Case, decision: Decision, scores: Scores) -> None:
    if case.hops is None:
        return
    whole = _matches(case.hops, decision.referrals, FIELDS)
    edges = _matches(case.hops, decision.referrals, EDGE)
    for overlap, pairs in ((scores.referrals, whole), (scores.edges, edges)):
        overlap.found += len(decision.referrals)
        overlap.wanted += len(case.hops)
        overlap.both += len(pairs)
    for hop, referral in edges:
        if hop.get("verdict"):
            hit = hop["verdict"] == referral.verdict
            scores.verdicts.add(hit=hit)
            if not hit:
                miss = Miss(case, "verdict", hop["verdict"], referral.verdict, decision)
                scores.misses.append(miss)
    if len(whole) < max(len(case.hops), len(decision.referrals)):
        wanted = "; ".join(_words(hop) for hop in case.hops) or "none"
        found = "; ".join(_words(_fields(referral)) for referral in decision.referrals) or "none"
        scores.misses.append(Miss(case, "referrals", wanted, found, decision))


def _fields(referral: Referral) -> dict[str, Any]:
    return {
        "by": referral.told_by,
        "from_system": referral.from_system,
        "to_system": referral.to_system,
        "to_agency": referral.to_agency,
    }


def _words(hop: dict[str, Any]) -> str:
    to = hop.get("to_system") or hop.get("to_agency")
    return f"{hop.get('by') or '?'}: {hop.get('from_system') or '?'} → {to or '?'}"


def _matches(
    hops: Sequence[dict[str, Any]], referrals: Sequence[Referral], keys: Sequence[str]
) -> list[tuple[dict[str, Any], Referral]]:
    """Pairs of labelled and found hops that agree in every labelled key, each used once."""
    left, pairs = list(referrals), []
    for hop in hops:
        for referral in left:
            found = _fields(referral)
            if all(hop.get(key, _UNSCORED) in (_UNSCORED, found[key]) for key in keys):
                pairs.append((hop, referral))
                left.remove(referral)
                break
    return pairs
