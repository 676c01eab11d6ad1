"""The registry file: what is refused, with the row named, and what the bundled one says."""

import json
import tomllib
from datetime import date

import pytest

from app.cli.bundled import BUNDLED
from app.registry.catalogue import Registry
from app.registry.file import (
    RegistryFileError,
    parse_registry,
    registry_from_document,
    registry_to_document,
)

SMALL = """
[[agency]]
code = "works"
acronym = "WORKS"
names = [{ name = "Department of Works", valid_from = "2000-01-01" }]
aliases = ["works department"]
desk = true
sources = ["a charter"]

[[agency]]
code = "purse"
acronym = "PURSE"
names = [{ name = "Office of the Purse" }]
sources = ["a charter"]

[[system]]
code = "ledger"
name = "Ledger"
owner = "works"
launched_on = "2001-01-01"
aliases = ["big book"]
sources = ["a manual"]

[[topic]]
code = "money"
name = "Money"

[[task]]
code = "be-paid"
name = "Be paid"
topic = "money"

[[system_of_record]]
task = "be-paid"
system = "ledger"
owner = "works"
valid_from = "2001-01-01"
valid_to = "2009-12-31"
confidence = "high"
sources = ["a manual"]

[[system_of_record]]
task = "be-paid"
place = "the counter"
valid_from = "2010-01-01"
confidence = "low"
sources = ["a manual"]
"""


def refusal(text: str) -> list[str]:
    """The faults for which a file is refused."""
    with pytest.raises(RegistryFileError) as refused:
        parse_registry(text, revision=1)
    assert all(fault in str(refused.value) for fault in refused.value.faults)
    return refused.value.faults


@pytest.fixture(scope="module")
def bundled() -> Registry:
    return parse_registry(BUNDLED.read_text(encoding="utf-8"), revision=7)


def test_a_small_file_is_accepted() -> None:
    registry = parse_registry(SMALL, revision=3)
    assert registry.revision == 3
    assert set(registry.agencies) == {"works", "purse"}
    assert registry.has_desk("works")
    assert not registry.has_desk("purse")


def test_a_file_that_is_not_toml_is_refused() -> None:
    (fault,) = refusal('[[agency]\ncode = "works"')
    assert fault.startswith("This is not TOML")
    assert "line 1" in fault


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('owner = "works"\nlaunched', 'owner = "nobody"\nlaunched', ("system", "ledger", "nobody")),
        ('topic = "money"', 'topic = "love"', ("task", "be-paid", "love")),
        ('task = "be-paid"\nplace', 'task = "be-sad"\nplace', ("system_of_record #2", "be-sad")),
        ('system = "ledger"', 'system = "abacus"', ("system_of_record #1", "be-paid", "abacus")),
        ('system = "ledger"', 'wrong = ["abacus"]', ("system_of_record #1", "abacus")),
    ],
)
def test_an_unknown_code_is_refused_with_its_row(
    old: str, new: str, fault: tuple[str, ...]
) -> None:
    assert old in SMALL
    faults = refusal(SMALL.replace(old, new, 1))
    assert any(all(part in one for part in (*fault, "unknown")) for one in faults), faults


@pytest.mark.parametrize("section", ["agency", "system", "topic", "task"])
def test_a_code_that_is_there_twice_is_refused(section: str) -> None:
    content = tomllib.loads(SMALL)
    code = content[section][0]["code"]
    begin = SMALL.index(f"[[{section}]]")
    end = SMALL.find("\n[[", begin + 1)
    row = SMALL[begin : end if end > 0 else None]
    assert f'{section} "{code}": is there twice' in refusal(f"{SMALL}\n{row}\n")


def test_the_code_of_general_triage_is_kept_for_it() -> None:
    faults = refusal(SMALL.replace('code = "purse"', 'code = "general-triage"'))
    assert any("general-triage" in fault and "kept" in fault for fault in faults)


@pytest.mark.parametrize("alias", ["works department", "Works  Department", "works"])
def test_an_alias_shared_by_two_things_is_refused(alias: str) -> None:
    (fault,) = refusal(SMALL.replace('"big book"', f'"{alias}"'))
    assert fault.startswith('system "ledger"')
    assert 'agency "works"' in fault
    assert " ".join(alias.casefold().split()) in fault


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (
            'valid_from = "2000-01-01" }',
            'valid_from = "2000-01-01", valid_to = "1999-12-31" }',
            'agency "works", name "Department of Works"',
        ),
        (
            'launched_on = "2001-01-01"',
            'launched_on = "2001-01-01"\nretired_on = "2000-12-31"',
            'system "ledger"',
        ),
        ('valid_to = "2009-12-31"', 'valid_to = "1999-12-31"', "system_of_record #1"),
    ],
)
def test_dates_out_of_order_are_refused_with_their_row(old: str, new: str, where: str) -> None:
    assert old in SMALL
    (fault,) = refusal(SMALL.replace(old, new, 1))
    assert fault.startswith(where)


@pytest.mark.parametrize("last", ['valid_to = "2010-01-01"', 'valid_to = "2031-12-31"', ""])
def test_overlapping_systems_of_record_are_refused(last: str) -> None:
    (fault,) = refusal(SMALL.replace('valid_to = "2009-12-31"', last))
    assert fault.startswith('system_of_record #2 (task "be-paid", from 2010-01-01)')
    assert "overlaps #1" in fault


@pytest.mark.parametrize(
    ("section", "number", "code"),
    [("agency", 2, "purse"), ("system", 1, "ledger"), ("system_of_record", 1, "be-paid")],
)
def test_a_missing_source_is_refused_with_its_row(section: str, number: int, code: str) -> None:
    begin = SMALL.index(f"[[{section}]]")
    for _ in range(number - 1):
        begin = SMALL.index(f"[[{section}]]", begin + 1)
    head, tail = SMALL[:begin], SMALL[begin:]
    source = next(line for line in tail.splitlines() if line.startswith("sources"))
    for without in (tail.replace(source, "", 1), tail.replace(source, "sources = []", 1)):
        (fault,) = refusal(head + without)
        assert fault.startswith(f'{section} #{number} ("{code}"), sources')


def test_a_place_or_a_system_is_owed() -> None:
    (fault,) = refusal(SMALL.replace('place = "the counter"', ""))
    assert fault.startswith("system_of_record #2")


@pytest.mark.parametrize("character", ["\\u0000", "\\n", "\\u001f"])
def test_a_control_character_in_a_name_is_refused(character: str) -> None:
    (fault,) = refusal(SMALL.replace('name = "Ledger"', f'name = "Led{character}ger"'))
    assert fault.startswith('system #1 ("ledger"), name')


@pytest.mark.parametrize("character", ["\\u0000", "\\r"])
def test_a_control_character_in_a_dated_name_is_refused(character: str) -> None:
    text = SMALL.replace("Office of the Purse", f"Office of{character}the Purse")
    assert refusal(text)[0].startswith('agency #2 ("purse"), names.0.name')


def test_an_unknown_field_is_refused_with_its_row() -> None:
    (fault,) = refusal(SMALL.replace("desk = true", "desk = true\ncolour = 1"))
    assert fault.startswith('agency #1 ("works"), colour')


def test_a_section_of_the_wrong_shape_is_refused_without_a_crash() -> None:
    for text in ("agency = 1", "agency = [1]", 'agency = [{ code = ["x"] }]', ""):
        assert refusal(text)


def test_many_faults_are_counted_and_the_first_are_shown() -> None:
    row = '\n[[task]]\ncode = "{}"\nname = "x"\ntopic = "gone"\n'
    text = SMALL + "".join(row.format(f"t{number}") for number in range(40))
    with pytest.raises(RegistryFileError) as refused:
        parse_registry(text, revision=1)
    assert len(refused.value.faults) == 40
    assert str(refused.value).endswith("… and 10 more")


def test_the_bundled_file_is_accepted(bundled: Registry) -> None:
    assert bundled.revision == 7
    assert len(bundled.agencies) >= 50
    assert {"passport", "vendex", "pip"} <= set(bundled.systems)
    assert all(row.sources for row in bundled.document.system_of_record)


def test_the_bundled_file_has_a_way_today_for_most_listed_tasks(bundled: Registry) -> None:
    listed = [task.code for task in bundled.document.task if task.listed]
    ways = [code for code in listed if bundled.system_of_record(code, date(2026, 6, 15))]
    assert ways == listed


def test_a_registry_round_trips_through_json(bundled: Registry) -> None:
    document = json.loads(json.dumps(registry_to_document(bundled)))
    again = registry_from_document(document, 7)
    assert again.document == bundled.document
    assert registry_to_document(again) == registry_to_document(bundled)


@pytest.mark.parametrize(
    ("agency", "day", "name"),
    [
        ("mocs", date(2026, 6, 1), "Mayor's Office of Contract Services"),
        ("mocs", date(2026, 6, 2), "Office of Contract Services"),
        ("oti", date(2022, 1, 18), "Department of Information Technology and Telecommunications"),
        ("oti", date(2022, 1, 19), "Office of Technology and Innovation"),
    ],
)
def test_an_agency_is_called_by_the_name_of_the_day(
    bundled: Registry, agency: str, day: date, name: str
) -> None:
    assert bundled.agencies[agency].name_on(day) == name


@pytest.mark.parametrize(
    ("day", "system"),
    [
        (date(2016, 5, 4), "vendex"),
        (date(2017, 7, 31), "vendex"),
        (date(2017, 8, 1), "passport"),
        (date(2026, 6, 15), "passport"),
    ],
)
def test_the_system_of_record_for_questionnaires_goes_by_the_day(
    bundled: Registry, day: date, system: str
) -> None:
    row = bundled.system_of_record("questionnaire", day)
    assert row is not None
    assert row.system == system


def test_there_is_no_system_of_record_before_the_first(bundled: Registry) -> None:
    assert bundled.system_of_record("questionnaire", date(1986, 12, 31)) is None
    assert bundled.system_of_record("no-such-task", date(2026, 6, 15)) is None


@pytest.mark.parametrize("section", ["agency", "system", "topic", "task"])
def test_a_missing_section_is_named(bundled: Registry, section: str) -> None:
    document = registry_to_document(bundled)
    del document[section]
    with pytest.raises(RegistryFileError, match=section):
        registry_from_document(document, 1)
