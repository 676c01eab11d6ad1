"""Find who sent the reporter where: "we were told by the comptroller to use VENDEX".

A hop needs a verb of sending, somebody of the reporter's side in the sentence (I, we, us …),
and a place to go to. Official prose ("vendors are directed to PASSPort") has no such person
and is left alone.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from app.registry.catalogue import Registry
from app.routing.lexicon import Kind
from app.routing.mentions import Mention
from app.routing.tokens import Token

_SENDING = frozenset(
    [
        "told",
        "tell",
        "tells",
        "asked",
        "ask",
        "asks",
        "instructed",
        "instructs",
        "advised",
        "advises",
        "directed",
        "directs",
        "referred",
        "refers",
        "transferred",
        "transfers",
        "redirected",
        "redirects",
        "sent",
        "send",
        "sends",
        "pointed",
        "points",
        "forwarded",
        "forwards",
        "bounced",
        "said",
        "says",
        "say",
        "suggested",
        "insisted",
        "insists",
        "pushing",
        "telling",
        "asking",
        "sending",
        "saying",
        "directing",
        "referring",
        "wants",
        "forced",
        "forces",
    ]
)
_PERSON = frozenset(
    [
        "i",
        "we",
        "us",
        "me",
        "our",
        "my",
        "he",
        "him",
        "she",
        "her",
        "they",
        "them",
        "client",
        "company",
        "owner",
        "boss",
        "im",
        "ive",
        "weve",
    ]
)
_OBJECT = frozenset(["us", "me", "him", "her", "them", "our", "my"])
_TELLER = frozenset(["i", "we"])
_MOVED = frozenset(["sent", "forwarded", "transferred", "referred"])
_SENT_PERSON = frozenset(["i", "we", "he", "she", "they", "client", "company", "owner", "boss"])
_DENIED = frozenset(["never", "not", "nobody", "didnt", "doesnt", "wasnt", "werent", "havent"])
_BE = frozenset(["was", "were", "been", "be", "being", "get", "got", "are", "am", "is"])
_SPEAKER_REACH = 10
_PLACE_REACH = 25
_ORIGIN_REACH = 8


@dataclass(frozen=True, slots=True)
class Hop:
    """One referral as the text tells it; codes of the registry, None where it does not say."""

    told_by: str | None
    from_system: str | None
    to_system: str | None
    to_agency: str | None
    words: str


@dataclass(frozen=True, slots=True)
class _Scene:
    """What one verb of sending has around it: near names of its sentence, systems named before."""

    tokens: Sequence[Token]
    verb: int
    names: Sequence[Mention]
    earlier: Sequence[Mention]

    @property
    def reach(self) -> int:
        """The word after the last one where the place may stand: at the next verb of sending."""
        end = min(len(self.tokens), self.verb + 1 + _PLACE_REACH)
        for place in range(self.verb + 1, end):
            token = self.tokens[place]
            if token.sentence != self.tokens[self.verb].sentence or token.word in _SENDING:
                return place
        return end

    def before(self) -> list[Mention]:
        return [m for m in self.names if m.last < self.verb]

    def after(self) -> list[Mention]:
        return [m for m in self.names if self.verb < m.first < self.reach]

    def word(self, offset: int) -> str:
        place = self.verb + offset
        if not 0 <= place < len(self.tokens):
            return ""
        token = self.tokens[place]
        return token.word if token.sentence == self.tokens[self.verb].sentence else ""


def find_hops(
    tokens: Sequence[Token], names: Sequence[Mention], text: str, registry: Registry
) -> list[Hop]:
    """The hops of a text in the order in which it tells them."""
    personal = {token.sentence for token in tokens if token.word in _PERSON}
    starts = [mention.first for mention in names]
    systems = [mention for mention in names if mention.kind is Kind.SYSTEM]
    ends = [mention.last for mention in systems]
    hops: list[Hop] = []
    for verb, token in enumerate(tokens):
        if token.word in _SENDING and token.sentence in personal:
            known = bisect_left(ends, verb)
            earlier = systems[max(0, known - _ORIGIN_REACH) : known]
            begin = bisect_left(starts, verb - _PLACE_REACH)
            near = names[begin : bisect_left(starts, verb + _PLACE_REACH + 1)]
            same = [m for m in near if tokens[m.first].sentence == token.sentence]
            scene = _Scene(tokens, verb, same, earlier)
            hop = _read(scene, text, registry)
            if hop and not (hops and _same(hops[-1], hop)):
                hops.append(hop)
    return hops


def _same(one: Hop, two: Hop) -> bool:
    places = (one.to_system, one.to_agency) == (two.to_system, two.to_agency)
    return places and (two.told_by is None or one.told_by == two.told_by)


def _read(scene: _Scene, text: str, registry: Registry) -> Hop | None:
    passive = scene.word(-1) in _BE or scene.word(-2) in _BE
    told = _is_of_a_person(scene) if passive else _is_to_reporter(scene)
    if not told or _is_denied(scene):
        return None
    speaker = _speaker_after(scene) if passive else _speaker_before(scene)
    told_by = _as_agency(speaker, registry) if speaker else None
    place = _destination(scene, speaker)
    if place is None:
        return None
    to_system = place.code if place.kind is Kind.SYSTEM else None
    to_agency = place.code if place.kind is Kind.AGENCY else registry.systems[place.code].owner
    origin = _origin(scene, place)
    if to_system is None and to_agency == told_by:
        return None
    end = max(place.last, scene.verb)
    return Hop(
        told_by=told_by,
        from_system=origin.code if origin else None,
        to_system=to_system,
        to_agency=to_agency,
        words=text[scene.tokens[scene.verb].start : scene.tokens[end].end],
    )


def _is_denied(scene: _Scene) -> bool:
    """Nobody was sent: "never told us", "nobody told us", "no one told us"."""
    before = (scene.word(-2), scene.word(-1))
    return bool(_DENIED & set(before)) or before == ("no", "one")


def _is_of_a_person(scene: _Scene) -> bool:
    """Passive voice: a mail or an invoice is sent too, so of those verbs a person is asked."""
    if scene.word(0) not in _MOVED:
        return True
    return bool(_SENT_PERSON & {scene.word(offset) for offset in (-4, -3, -2, -1)})


def _is_to_reporter(scene: _Scene) -> bool:
    """Active voice: "told us", "sent me", "says to ask"; not what the reporter told others."""
    if scene.word(-1) in _TELLER:
        return False
    nearby = {scene.word(1), scene.word(2)}
    return bool(nearby & _OBJECT) or scene.word(0) in {"said", "says", "say"}


def _speaker_after(scene: _Scene) -> Mention | None:
    """Passive: who stands after "by" ("told by the comptroller's office")."""
    for mention in scene.after():
        between = [scene.tokens[i].word for i in range(scene.verb + 1, mention.first)]
        if "by" in between and len(between) <= _SPEAKER_REACH and "to" not in between:
            return mention
        if "by" in between[-4:]:
            return mention
    for mention in scene.before():
        if "by" in [scene.tokens[i].word for i in range(max(0, mention.first - 3), mention.first)]:
            return mention
    return None


def _speaker_before(scene: _Scene) -> Mention | None:
    """Active: the nearest name before the verb, within reach."""
    near = [m for m in scene.before() if scene.verb - m.last <= _SPEAKER_REACH]
    agencies = [m for m in near if m.kind is Kind.AGENCY]
    return next(reversed(agencies or near), None)


def _as_agency(speaker: Mention, registry: Registry) -> str | None:
    """The office behind a name: people say "PIP told us" and mean its help desk."""
    if speaker.kind is Kind.AGENCY:
        return speaker.code
    return registry.systems[speaker.code].owner


def _destination(scene: _Scene, speaker: Mention | None) -> Mention | None:
    """The first place after the verb that is not the speaker and not denied; systems first."""
    after = [m for m in scene.after() if m != speaker and not m.negated and not _is_left(scene, m)]
    systems = [m for m in after if m.kind is Kind.SYSTEM]
    return next(iter(systems or after), None)


def _is_left(scene: _Scene, mention: Mention) -> bool:
    """The place that the reporter came from: "sent us from X to Y"."""
    before = [t.word for t in scene.tokens[max(0, mention.first - 2) : mention.first]]
    return before[-1:] == ["from"] or before == ["from", "the"]


def _origin(scene: _Scene, place: Mention) -> Mention | None:
    """Where the reporter was: "instead of X", "from X" after the verb, else the last before it."""
    systems = [m for m in scene.after() if m.kind is Kind.SYSTEM and m.code != place.code]
    denied = [m for m in systems if m.negated or _is_left(scene, m)]
    earlier = [m for m in scene.earlier if m.code != place.code]
    return next(iter(denied or earlier[-1:]), None)
