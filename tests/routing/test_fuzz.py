"""Any text is decided: never an error, never a word kept where none may be, linear work."""

import json
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli.bundled import bundled_guide
from app.registry.catalogue import GENERAL_TRIAGE
from app.routing.decide import decide
from app.routing.guide import Guide
from app.routing.lexicon import lexicon_of
from app.routing.mentions import find_names, find_subjects
from app.routing.model import Facts, decision_to_document
from app.routing.reasons import sentence
from app.routing.referrals import find_hops
from app.routing.tokens import Token, tokenise

GUIDE: Guide = bundled_guide()
DAY = date(2026, 6, 15)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=3_000)
SMALL_WORDS = (
    *("we", "us", "told", "by", "to", "not", "instead", "of", "sent", "said", "says"),
    *("no", "longer", "was", "asked", ".", "!", "\n\n", ",", "'"),
)
PIECES = sorted(
    {
        *(
            alias
            for system in GUIDE.registry.systems.values()
            for alias in (system.name, *system.aliases)
        ),
        *(agency.acronym for agency in GUIDE.registry.agencies.values()),
        *(phrase for task in GUIDE.registry.tasks.values() for phrase in task.phrases),
        *SMALL_WORDS,
    }
)
VENDOR_TEXT = st.lists(st.sampled_from(PIECES), max_size=120).map(" ".join)
CODES = st.sampled_from(
    [
        None,
        "",
        "no-such",
        *GUIDE.registry.tasks,
        *GUIDE.registry.systems,
        *GUIDE.registry.agencies,
        *GUIDE.registry.topics,
    ]
)
FACTS = st.builds(Facts, task=CODES, system=CODES, told_by=CODES, told_system=CODES, topic=CODES)
DAYS = st.dates(date(1980, 1, 1), date(2040, 12, 31))


def check(text: str, facts: Facts, day: date) -> None:
    """Decide, and hold the decision against what every decision owes."""
    decision = decide(text, facts, GUIDE, day)
    assert decision == decide(text, facts, GUIDE, day)
    assert decision.queue == GENERAL_TRIAGE or GUIDE.registry.has_desk(decision.queue)
    assert 0 < decision.confidence <= 1
    proofs = [referral.proof for referral in decision.referrals]
    for reason in (*decision.reasons, *proofs):
        assert sentence(reason)
        assert all(words in text for words in reason.words)
    bare = decision.without_words()
    assert not any(r.words for r in (*bare.reasons, *(ref.proof for ref in bare.referrals)))
    json.dumps(decision_to_document(decision))


@settings(max_examples=60, deadline=None)
@given(text=ANY_TEXT, facts=FACTS, day=DAYS)
def test_any_text_is_decided(text: str, facts: Facts, day: date) -> None:
    check(text, facts, day)


@settings(max_examples=60, deadline=None)
@given(text=VENDOR_TEXT, facts=FACTS, day=DAYS)
def test_any_jumble_of_names_and_phrases_is_decided(text: str, facts: Facts, day: date) -> None:
    check(text[:3_000], facts, day)


@settings(max_examples=60, deadline=None)
@given(text=VENDOR_TEXT)
def test_an_allegation_reaches_no_office_it_names_unless_that_one_is_independent(text: str) -> None:
    tip = f"bribery and fraud {text}"
    named = {
        mention.code
        for mention in find_names(tokenise(tip), tip, lexicon_of(GUIDE.registry))
        if mention.code in GUIDE.registry.agencies
    }
    queue = decide(tip, Facts(), GUIDE, DAY).queue
    assert queue not in named or GUIDE.registry.agencies[queue].independent


@settings(max_examples=60, deadline=None)
@given(text=VENDOR_TEXT)
def test_mentions_lie_within_the_text_and_names_do_not_overlap(text: str) -> None:
    tokens, lexicon = tokenise(text), lexicon_of(GUIDE.registry)
    names = find_names(tokens, text, lexicon)
    for mention in (*names, *find_subjects(tokens, text, lexicon)):
        assert 0 <= mention.first <= mention.last < len(tokens)
        assert mention.words in text
    places = sorted({(mention.first, mention.last) for mention in names})
    assert all(one[1] < two[0] for one, two in pairwise(places))


@pytest.mark.parametrize(
    "piece",
    [
        "we were told by MOCS to use VENDEX ",
        "we were told by MOCS to use VENDEX. ",
        "register as a vendor ",
        "office of the office of the ",
        "told us ",
        "PIP ",
        "not ",
        "mayors office of contract ",
        "a",
        ". ",
    ],
)
def test_work_grows_with_the_length_of_the_text(piece: str) -> None:
    """Counted, not timed: ten times the text gives about ten times the things found."""
    lexicon = lexicon_of(GUIDE.registry)

    def found(times: int) -> int:
        text = piece * times
        tokens = tokenise(text)
        names = find_names(tokens, text, lexicon)
        subjects = find_subjects(tokens, text, lexicon)
        return sum(
            map(len, (tokens, names, subjects, find_hops(tokens, names, text, GUIDE.registry)))
        )

    assert found(500) <= 10 * found(50) + 20


class CountedWords(list[Token]):
    """Words that count how often one of them is looked at."""

    looks = 0

    def __getitem__(self, place):
        found = super().__getitem__(place)
        self.looks += len(found) if isinstance(place, slice) else 1
        return found


@pytest.mark.parametrize("end", ["", ". ", "\n\n"])
def test_looks_at_words_grow_with_the_length_of_the_text(end: str) -> None:
    """Also in one endless sentence full of verbs of sending and names."""

    def looks(times: int) -> int:
        text = f"we were told by MOCS to leave PIP and use VENDEX {end}" * times
        words = CountedWords(tokenise(text))
        find_hops(words, find_names(words, text, lexicon_of(GUIDE.registry)), text, GUIDE.registry)
        return words.looks

    assert looks(1_000) <= 11 * looks(100)
