"""An exported registry says the same as the one in force."""

import tomllib
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.cli.bundled import BUNDLED
from app.registry.catalogue import (
    Agency,
    Confidence,
    DatedName,
    Registry,
    RegistryDocument,
    System,
    SystemOfRecord,
    Task,
    Topic,
)
from app.registry.file import parse_registry, registry_from_document
from app.registry.writing import registry_to_toml

codes = st.from_regex(r"\A[a-z0-9]{1,8}(-[a-z0-9]{1,4})?\Z")
words = st.text(
    st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=30
) | st.sampled_from(
    ['"', "\\", "\\u0041", "\x7f", "'''", '"""', "a = [b]", "# no", "é\u0301", "🗽"]
)
some_words = st.lists(words, max_size=3).map(tuple)
sources = st.lists(words, min_size=1, max_size=2).map(tuple)
days = st.none() | st.dates(min_value=date(1, 1, 1))
maybe = st.none() | words
names = st.builds(DatedName, name=words, valid_from=days, valid_to=days, gap_before=maybe)
agencies = st.builds(
    Agency,
    code=codes,
    acronym=words,
    names=st.lists(names, min_size=1, max_size=3).map(tuple),
    aliases=some_words,
    desk=st.booleans(),
    independent=st.booleans(),
    central=st.booleans(),
    sources=sources,
)
systems = st.builds(
    System,
    code=codes,
    name=words,
    owner=codes,
    launched_on=days,
    retired_on=days,
    successor=st.none() | codes,
    aliases=some_words,
    help=maybe,
    sources=sources,
)
records = st.builds(
    SystemOfRecord,
    task=codes,
    system=st.none() | codes,
    place=maybe,
    owner=st.none() | codes,
    contact=maybe,
    valid_from=days,
    valid_to=days,
    wrong=st.lists(codes, max_size=2).map(tuple),
    also=st.lists(codes, max_size=2).map(tuple),
    wrong_agencies=st.lists(codes, max_size=2).map(tuple),
    gap_before=maybe,
    outside_life=maybe,
    confidence=st.sampled_from(Confidence),
    note=maybe,
    reference=maybe,
    sources=sources,
)
tasks = st.builds(
    Task,
    code=codes,
    name=words,
    done=maybe,
    topic=codes,
    phrases=some_words,
    listed=st.booleans(),
    needs_system=st.booleans(),
    refines=st.lists(codes, max_size=2).map(tuple),
)


def rows(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """No row, or a few."""
    return st.lists(of, max_size=2).map(tuple)


documents = st.builds(
    RegistryDocument,
    agency=rows(agencies),
    system=rows(systems),
    topic=rows(
        st.builds(
            Topic, code=codes, name=words, phrases=some_words, innocent=some_words, hints=some_words
        )
    ),
    task=rows(tasks),
    system_of_record=rows(records),
)


@given(documents)
def test_whatever_is_written_is_read_again(document: RegistryDocument) -> None:
    text = registry_to_toml(Registry(document, 0))
    assert registry_from_document(tomllib.loads(text), 0).document == document


def test_the_bundled_registry_is_written_and_accepted_again() -> None:
    bundled = parse_registry(BUNDLED.read_text(encoding="utf-8"), revision=1)
    text = registry_to_toml(bundled)
    assert parse_registry(text, revision=1).document == bundled.document
    assert registry_to_toml(parse_registry(text, revision=1)) == text
