"""Find who sent the reporter where: "we were told by the comptroller to use VENDEX".

A hop needs words of sending, somebody of the reporter's side or a plain order, and a place to
go to. Official prose ("vendors are directed to PASSPort") has no such person and is left alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.registry.catalogue import Registry
from app.routing.days import find_day
from app.routing.destinations import destination
from app.routing.hearing import find_tellings
from app.routing.lexicon import Kind
from app.routing.mentions import Mention
from app.routing.origins import origin
from app.routing.passage import Passage
from app.routing.tellings import Heard, Telling
from app.routing.tokens import Token

_PLACE_REACH = 40
_QUOTE_REACH = 80


@dataclass(frozen=True, slots=True)
class Hop:
    """One referral as the text tells it; codes of the registry, None where it does not say.

    `private`: somebody who is none of the city's gave the advice. `happened_on`: the day told.
    `sentence`: where it stands.
    """

    told_by: str | None
    from_system: str | None
    to_system: str | None
    to_agency: str | None
    words: str
    private: bool = False
    happened_on: date | None = None
    sentence: int = 0


@dataclass(slots=True)
class _Told:
    """What was found so far.

    The hops, the places that others named, who was heard last, and the office that the
    reporter was sent to last.
    """

    hops: list[Hop] = field(default_factory=list)
    places: set[int] = field(default_factory=set)
    heard: Heard = field(default_factory=Heard)
    reported_on: date | None = None
    days: dict[int, date | None] = field(default_factory=dict)

    def day_of(self, sentence: int, passage: Passage) -> date | None:
        """The day that a sentence tells; looked for once."""
        if self.reported_on and sentence not in self.days:
            begin, end = passage.start_of(sentence), passage.end_of(sentence)
            self.days[sentence] = find_day(passage.tokens, begin, end, self.reported_on)
        return self.days.get(sentence)


def find_hops(
    tokens: Sequence[Token],
    names: Sequence[Mention],
    text: str,
    registry: Registry,
    day: date | None = None,
) -> list[Hop]:
    """The hops of a text in the order in which it tells them, reported on a day."""
    passage = Passage(text, tokens, names)
    if not names:
        return []
    told = _Told(reported_on=day)
    for found in find_tellings(passage, told.heard):
        _add(found, passage, registry, told)
    return told.hops


def _add(found: Telling, passage: Passage, registry: Registry, told: _Told) -> None:
    teller = found.teller.mention
    place = destination(
        passage, found.begin, found.end, bare=found.bare, asked=found.asked, skip=teller
    )
    if teller:
        told.heard.last = teller
    place = place or _there(passage, found)
    if place is None:
        return
    told_by = teller.code if teller and teller.kind is Kind.AGENCY else None
    if teller and teller.kind is Kind.SYSTEM:
        told_by = registry.systems[teller.code].owner
    to_system = place.code if place.kind is Kind.SYSTEM else place.system
    to_agency = registry.systems[place.code].owner if place.kind is Kind.SYSTEM else place.code
    sentence = passage.tokens[found.verb].sentence
    if to_system is None and to_agency == told_by:
        if teller is None or passage.tokens[teller.first].sentence == sentence:
            return
        told_by = None  # nobody sends to themselves: somebody else was meant by "they"
    hop = Hop(
        told_by=told_by,
        from_system=origin(passage, found.verb, found.end, place, teller, told.places)
        or _left_behind(told.hops, told_by, to_system),
        to_system=to_system,
        to_agency=to_agency,
        words=passage.quote(min(found.verb, place.first), max(place.last, found.verb)),
        private=found.teller.private,
        happened_on=told.day_of(sentence, passage),
        sentence=sentence,
    )
    told.places.add(place.first)
    told.heard.reached = place if place.kind is Kind.AGENCY else None
    if not (told.hops and _same(told.hops[-1], hop)):
        told.hops.append(hop)


def _there(passage: Passage, found: Telling) -> Mention | None:
    """As in "told us to direct questions there": the office named before, not the teller's."""
    words = passage.words(found.begin, found.end)
    if "there" not in words or not _GOING & set(words[: words.index("there")]):
        return None
    names = passage.names_between(passage.begin_before(found.verb, 1), found.verb)
    told = found.teller.mention.code if found.teller.mention else None
    return next((m for m in reversed(names) if m.code != told), None)


_GOING = frozenset(("to", "ask", "call", "go", "direct", "take", "try"))


def _left_behind(hops: Sequence[Hop], told_by: str | None, to_system: str | None) -> str | None:
    """In a chain: the system that somebody else had sent the reporter to just before."""
    if not hops or told_by is None or hops[-1].told_by == told_by:
        return None
    return hops[-1].to_system if to_system and hops[-1].to_system != to_system else None


def _same(one: Hop, two: Hop) -> bool:
    """The same hop told twice, in other words or in the same sentence."""
    if (one.to_system, one.to_agency) != (two.to_system, two.to_agency):
        return False
    if one.happened_on != two.happened_on:
        return False
    return one.told_by == two.told_by or two.told_by is None
