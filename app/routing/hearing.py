"""Find the words that tell of a hop: active, passive, reported, nominal, a dialogue. Pure."""

from collections.abc import Callable, Iterator

from app.routing import telling
from app.routing.afterthoughts import is_afterthought, is_doubt, is_fact, said_before
from app.routing.lexicon import Kind
from app.routing.passage import Passage
from app.routing.passives import is_passive, passive_tellings
from app.routing.tellers import (
    PRIVATE,
    UNNAMED,
    Teller,
    meant,
    teller_after,
    teller_aside,
    teller_before,
)
from app.routing.tellings import PLACE_REACH, Heard, Telling, end_of_telling
from app.routing.tokens import word_set

_QUOTE_REACH = 80


def find_tellings(passage: Passage, heard: Heard) -> Iterator[Telling]:
    """Every telling of a text in order; `heard` is kept by whoever reads them."""
    for place, token in enumerate(passage.tokens):
        if passage.name_at[place]:
            if _speaks(passage, place) or _leads_on(passage, place):
                yield _dialogue(passage, place)
        elif _is_quoted_order(passage, place):
            yield _order(passage, place, heard)
        elif token.word in telling.TRIGGERS and is_passive(passage, place):
            yield from passive_tellings(passage, place, heard)
        elif token.word in _READERS and (found := _READERS[token.word](passage, place, heard)):
            yield found


def _is_quoted_order(passage: Passage, place: int) -> bool:
    """As in "Buyer: 'Ask the Comptroller.'", "'Look in PIP,' and she hung up"."""
    if passage.word(place) not in _ORDERS or not passage.gap(place).endswith(_OPENING):
        return False
    before = passage.words(max(passage.begin_before(place), place - _SAID_REACH), place)
    return not telling.TRIGGERS & set(before)


_OPENING = ("'", '"', "\u2018", "\u201c")
_SAID_REACH = 8


def _order(passage: Passage, place: int, heard: Heard) -> Telling:
    """The order in quotes; whoever was spoken of last gave it."""
    end = place + 1
    last = min(passage.end_of(passage.tokens[place].sentence), place + PLACE_REACH)
    while end < last and not (_QUOTES & set(passage.gap(end)) and "'" not in passage.gap(end)):
        end += 1
    return Telling(place, meant(passage, place, heard.last), place, end, bare=False)


def _leads_on(passage: Passage, place: int) -> bool:
    """As in "DOT > MOCS > Comptroller"."""
    mention = passage.name_at[place]
    if mention is None or mention.last != place:
        return False
    return passage.gap(place + 1).strip() in _ARROWS


_ARROWS = frozenset((">", "->", "-->", "=>", "\u2192", ">>"))


def _demands(passage: Passage, verb: int, teller: Teller) -> bool:
    """As in "wants this in PASSPort", "still asks for VENDEX": an office wants a system."""
    if teller.mention is None or passage.word(verb) not in _DEMANDING:
        return False
    for mention in passage.names_between(verb + 1, verb + 6):
        between = passage.words(verb + 1, mention.first)
        return mention.kind is Kind.SYSTEM and bool(_INTO & set(between[-2:]))
    return False


_DEMANDING = frozenset(("wants", "want", "wanted", "requires", "required", "needs"))
_INTO = frozenset(("in", "through", "via", "on", "into", "for"))


def _speaks(passage: Passage, place: int) -> bool:
    """As in "PIP help desk: go to PASSPort"."""
    mention = passage.name_at[place]
    if mention is None or mention.last != place or mention.negated:
        return False
    after, last = place + 1, len(passage.tokens) - 1
    while after - place < _LONGEST_TITLE and passage.gap(after) == " ":
        after += 1
    gap = passage.gap(after)
    if ":" not in gap and not ("?" in gap and _QUOTES & set(gap)):
        return False
    return passage.word(after) in _ORDERS or passage.name_at[min(after, last)] is not None


_LONGEST_TITLE = 5
_QUOTES = frozenset("'\"\u2018\u201c")
_ORDERS = word_set(
    """
    youre thats reply bring then open put take add talk speak go type enter look upload email
    try use call contact ask see file register submit check send you its no not please get we
    do complete your have that back
    """
)


def _dialogue(passage: Passage, place: int) -> Telling:
    end = end_of_telling(passage, place)
    if _leads_on(passage, place):
        following = passage.names_between(place + 1, end)
        end = min(end, following[0].last + 1) if following else end
    return Telling(place, Teller(passage.name_at[place]), place + 1, end, bare=True)


_GIVING = frozenset(("gave", "gives"))
_HEARING = frozenset(("get", "got", "hear", "heard"))


def _given(passage: Passage, verb: int, heard: Heard) -> Telling | None:
    """As in "gave me the number of X", "gave us X as the address"."""
    if passage.word(verb + 1) not in telling.HEARER:
        return None
    end = end_of_telling(passage, verb)
    for mention in passage.names_between(verb + 2, min(end, verb + 9)):
        between = set(passage.words(verb + 2, mention.first))
        after = set(passage.words(mention.last + 1, mention.last + 4))
        if telling.ADDRESS & between or telling.ADDRESS & after:
            teller = teller_before(passage, verb, heard.last)
            begin = mention.first
            return Telling(verb, teller, begin, mention.last + 1, bare=True) if teller else None
    return None


def _got_from(passage: Passage, verb: int, _heard: Heard) -> Telling | None:
    """As in "all I get from MOCS is 'call HRA'"."""
    if passage.word(verb + 1) != "from":
        return None
    for mention in passage.names_between(verb + 2, verb + 5):
        after = mention.last + 1
        while passage.word(after) in telling.PEOPLE:
            after += 1
        if passage.word(after) in {"is", "was"} or ":" in passage.gap(after):
            return Telling(verb, Teller(mention), after, end_of_telling(passage, after), bare=True)
    return None


def _advice(passage: Passage, noun: int, heard: Heard) -> Telling | None:
    """As in "the advice from X was to use Y", "X's answer was to try Y", "X's suggestion was Y"."""
    sentence = passage.tokens[noun].sentence
    start, end = passage.start_of(sentence), passage.end_of(sentence)
    was = next(
        (p for p in range(noun + 1, min(noun + 14, end)) if passage.word(p) in ("was", "is")), None
    )
    if was is None and (":" in passage.gap(noun + 1) or _QUOTES & set(passage.gap(noun + 1))):
        return _quoted(passage, noun)
    if was is None:
        return None
    around = [
        *passage.names_between(noun + 1, was),
        *reversed(passage.names_between(max(start, noun - 6), noun)),
    ]
    if not around and passage.word(noun - 1) in {"their", "its", "his", "her", "the"}:
        office = passage.last_office(noun, passage.begin_before(noun, 1)) or heard.last
        return Telling(noun, Teller(office), was + 1, end_of_telling(passage, was), bare=True)
    if not around:
        private = telling.PRIVATE & set(passage.words(max(start, noun - PLACE_REACH), noun))
        return (
            Telling(noun, PRIVATE, was + 1, end_of_telling(passage, was), bare=True)
            if private
            else None
        )
    return Telling(noun, Teller(around[0]), was + 1, end_of_telling(passage, was), bare=True)


def _quoted(passage: Passage, noun: int) -> Telling | None:
    """As in "X's answer? 'Please contact Y.'": the words in quotes are the advice."""
    names = passage.names_between(passage.begin_before(noun), noun)
    end = passage.end_of(passage.tokens[min(noun + 1, len(passage.tokens) - 1)].sentence)
    return Telling(noun, Teller(names[-1]), noun + 1, end, bare=True) if names else None


def _active(passage: Passage, verb: int, heard: Heard) -> Telling | None:
    if not _is_listened_to(passage, verb):
        return None
    if inverted := _inverted(passage, verb):
        return inverted
    teller = (
        teller_after(passage, verb)
        or teller_aside(passage, verb)
        or teller_before(passage, verb, heard.last)
    )
    if teller is None or (passage.word(verb) in telling.THINK and teller == UNNAMED):
        return None
    begin, end = verb + 1, end_of_telling(passage, verb)
    if is_afterthought(passage, verb, end):
        return said_before(passage, verb, teller)
    if is_fact(passage, begin) or is_doubt(passage, verb, teller):
        return None
    if passage.word(verb) == "wrote" and teller.mention:
        end = _end_of_quote(passage, verb)
    bare = passage.word(verb) not in telling.SEND
    return Telling(verb, teller, begin, end, bare=bare)


def _is_listened_to(passage: Passage, verb: int) -> bool:
    """Tell whether somebody hears it, and it did happen."""
    start = passage.begin_before(verb)
    before = set(passage.words(max(start, verb - 2), verb))
    if telling.DENYING & before or passage.word(verb - 1) in {"would", "might", "could"}:
        return False
    if passage.word(verb) in telling.SAY | telling.THINK:
        return _may_say(passage, verb)
    return _has_hearer(passage, verb)


_NOT_THEY = word_set("arent isnt dont doesnt cant cannot not")
_BEFORE_HEARER = word_set("all both back each of to vendors people companies contractors like")
_POINTING = frozenset(("pointed", "points", "pointing", "deferred", "defers"))
_THAT_WE = (["that", "we"], ["that", "i"], ["that", "our"], ["we", "should"], ["to", "use"])


def _inverted(passage: Passage, verb: int) -> Telling | None:
    """As in "we belong in PASSPort, says DOT."."""
    if passage.word(verb) not in telling.SAY or "," not in passage.gap(verb):
        return None
    end = passage.end_of(passage.tokens[verb].sentence)
    names = passage.names_between(verb + 1, verb + 4)
    if not names or names[0].last + 2 < end:
        return None
    return Telling(verb, Teller(names[0]), passage.begin_before(verb), verb, bare=True)


def _has_hearer(passage: Passage, verb: int) -> bool:
    """As in "told us", "sent my partner", "asks our client", "transferred the call"."""
    word, after = passage.word(verb), passage.words(verb + 1, verb + 3)
    if (word in telling.TELL and after in _THAT_WE) or (
        word in _POINTING and after[:1] in (["at"], ["to"])
    ):
        return True
    for place in range(verb + 1, verb + 4):
        word = passage.word(place)
        if word in telling.HEARER:
            return True
        if word in telling.OWN:
            return _is_ours(passage, verb, place)
        if word not in _BEFORE_HEARER:
            return word in telling.PRIVATE
    return False


_OURS = frozenset(("my", "our"))


def _is_ours(passage: Passage, verb: int, place: int) -> bool:
    """Tell whether somebody, or a call, of the reporter's is meant by "our", "the" …."""
    if passage.word(verb) in telling.SEND:
        sent = passage.words(place + 1, place + 3)
        if sent[:1] and sent[0] in telling.MATTERS:
            return True
        if passage.word(place) in _OURS and sent[1:] == ["to"] and sent[0] not in telling.THINGS:
            return True
    after = set(passage.words(place + 1, place + 4))
    return bool(after & (telling.FOLK | telling.PRIVATE))


def _may_say(passage: Passage, verb: int) -> bool:
    """Saying needs no hearer, but not what rules say of vendors in general."""
    after = passage.words(verb + 1, verb + 5)
    general = {"vendors", "payees", "applicants", "bidders", "providers"} & set(after)
    return not general or bool(_NOT_THEY & set(after))


def _wanted(passage: Passage, verb: int, heard: Heard) -> Telling | None:
    """As in "wants us to use", "had me call", "wants this in PASSPort"."""
    if passage.word(verb) == "like" and passage.word(verb - 1) != "would":
        return None
    teller = teller_before(passage, verb, heard.last)
    if teller is None or not (_has_hearer(passage, verb) or _demands(passage, verb, teller)):
        return None
    return Telling(verb, teller, verb + 2, end_of_telling(passage, verb), bare=False)


_BY_WORD = frozenset(("per", "according"))
_CONDITIONS = frozenset(("unless", "until"))


def _by_word_of(passage: Passage, place: int, _heard: Heard) -> Telling | None:
    """As in "according to DCAS we need to use X"."""
    names = passage.names_between(place + 1, place + 6)
    end = passage.end_of(passage.tokens[place].sentence)
    if not names or not telling.PERSONAL & set(passage.words(names[0].last + 1, end)):
        return None
    return Telling(place, Teller(names[0]), names[0].last + 1, end, bare=False)


def _conditional(passage: Passage, place: int, heard: Heard) -> Telling | None:
    """As in "won't register us unless we go through X"."""
    if passage.word(place + 1) not in {"we", "i"}:
        return None
    teller = teller_before(passage, place, heard.last)
    if teller is None or teller.mention is None:
        return None
    return Telling(place, teller, place + 2, end_of_telling(passage, place), bare=False)


def _end_of_quote(passage: Passage, verb: int) -> int:
    """As in "On Monday X wrote:" and lines that begin with a ">"."""
    if ":" not in passage.gap(verb + 1):
        return end_of_telling(passage, verb)
    for place in range(verb + 1, min(len(passage.tokens), verb + _QUOTE_REACH)):
        gap = passage.gap(place)
        if passage.word(place) == "wrote" or ("\n" in gap and ">" not in gap):
            return place
    return min(len(passage.tokens), verb + _QUOTE_REACH)


_KINDS: tuple[tuple[frozenset[str], Callable[[Passage, int, Heard], Telling | None]], ...] = (
    (telling.TRIGGERS, _active),
    (telling.ADVICE, _advice),
    (telling.WANT, _wanted),
    (_GIVING, _given),
    (_HEARING, _got_from),
    (_CONDITIONS, _conditional),
    (_BY_WORD, _by_word_of),
)
"""Words that may begin a telling, and what reads it: the first that knows the word."""

_READERS = {word: read for words, read in reversed(_KINDS) for word in words}
