"""Help and allegation told apart in one text."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli.bundled import bundled_guide
from app.registry.catalogue import Registry
from app.routing.allegations import find_allegation
from app.routing.model import Facts

DAY = date(2026, 6, 15)
REGISTRY = bundled_guide().registry
BOTH = (
    "DSNY has not paid our invoice 4711 since March. The inspector of DSNY asked us for a kickback "
    "of 5 percent. He said that otherwise we will wait forever. Where do we send the invoice?"
)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return REGISTRY


def _find(text: str, registry: Registry):
    return find_allegation(text, Facts(), registry, DAY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "DSNY has not paid our invoice since March.",
        "The comptroller told us to use Vendex instead of PASSPort.",
    ],
)
def test_what_alleges_nothing_is_left_alone(registry, text) -> None:
    assert _find(text, registry) is None


def test_sentences_that_allege_and_those_that_go_on_are_the_allegation(registry) -> None:
    found = _find(BOTH, registry)
    assert found.help_part == (
        "DSNY has not paid our invoice 4711 since March. Where do we send the invoice?"
    )
    assert found.allegation_part == (
        "The inspector of DSNY asked us for a kickback of 5 percent. He said that otherwise we "
        "will wait forever."
    )
    assert found.kept_from == ("dsny",)


def test_paragraphs_and_punctuation_stay_as_they_were(registry) -> None:
    text = 'Hello!\n\nWe are not paid.\n\n"They take bribes (all of them)."\n\nThanks'
    found = _find(text, registry)
    assert found.allegation_part == '"They take bribes (all of them)."'
    assert found.help_part == "Hello!\n\nWe are not paid.\n\nThanks"


def test_a_text_that_only_alleges_has_no_help_part(registry) -> None:
    found = _find("A kickback is paid for each order", registry)
    assert found.help_part == ""
    assert found.allegation_part == "A kickback is paid for each order"


def test_every_named_agency_that_may_be_accused_is_kept_from_it(registry) -> None:
    found = _find("DSNY and DOT rigged the bid. I told DOI.", registry)
    assert found.kept_from == ("dsny", "dot")


@settings(deadline=None)
@given(st.text(alphabet='aDSNY bribe.!?\n;"( é。', max_size=80))
def test_no_word_is_lost_or_doubled(text: str) -> None:
    found = find_allegation(f"{text} bribery {text}", Facts(), REGISTRY, DAY)
    assert found
    parts = "".join((found.help_part + found.allegation_part).split())
    assert sorted(parts) == sorted("".join(f"{text} bribery {text}".split()))
