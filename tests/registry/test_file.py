"""The registry file: what is refused, with the row named, and what the bundled one says."""

import json
import tomllib
from datetime import date

import pytest
from registries import SMALL

from app.cli.bundled import BUNDLED
from app.registry.catalogue import Registry
from app.registry.faults import RegistryFileError
from app.registry.file import (
    parse_registry,
    registry_from_document,
    registry_to_document,
)


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


def with_record(line: str) -> str:
    """The small file with a line more in its second system of record."""
    return SMALL.replace('place = "the counter"', f'place = "the counter"\n{line}')


def test_a_gap_between_two_rows_of_a_task_is_refused_unless_it_says_why() -> None:
    gap = SMALL.replace('valid_to = "2009-12-31"', 'valid_to = "2009-12-29"')
    (fault,) = refusal(gap)
    assert fault.startswith('system_of_record #2 (task "be-paid", from 2010-01-01)')
    assert "from 2009-12-30 to 2009-12-31, after #1" in fault
    said = with_record('gap_before = "nobody paid on those days"')
    said = said.replace('valid_to = "2009-12-31"', 'valid_to = "2009-12-29"')
    assert parse_registry(said, revision=1).system_of_record("be-paid", date(2009, 12, 30)) is None


@pytest.mark.parametrize("place", ["ledger", "counter"])
def test_a_reason_for_a_gap_that_is_none_is_refused(place: str) -> None:
    before = 'system = "ledger"\n' if place == "ledger" else 'place = "the counter"\n'
    (fault,) = refusal(SMALL.replace(before, f'{before}gap_before = "we moved"\n', 1))
    assert fault.startswith(f"system_of_record #{1 if place == 'ledger' else 2}")
    assert "gap_before" in fault


def test_a_long_row_overlaps_also_those_behind_a_short_one() -> None:
    counter = SMALL[SMALL.rindex("[[system_of_record]]") :]
    short = counter.replace('"2010-01-01"', '"2012-01-01"\nvalid_to = "2012-12-31"')
    late = counter.replace("2010-01-01", "2015-01-01")
    faults = refusal(SMALL + short + late)
    assert [fault[:19] for fault in faults] == ["system_of_record #3", "system_of_record #4"]
    assert all("overlaps #2" in fault for fault in faults)


def names(*dated: str) -> str:
    """The small file where the works department has these dated names."""
    old = '{ name = "Department of Works", valid_from = "2000-01-01" }'
    return SMALL.replace(old, ", ".join(f"{{ {one} }}" for one in dated))


FIRST_NAME = 'name = "Works Board", valid_to = "1999-12-31"'


@pytest.mark.parametrize(
    ("second", "says"),
    [
        ('name = "Works", valid_from = "2000-01-02"', "nothing holds from 2000-01-01 to"),
        ('name = "Works", valid_from = "1999-12-31"', 'overlaps "Works Board"'),
        ('name = "Works"', 'overlaps "Works'),
        ('name = "Works", valid_from = "2000-01-01", gap_before = "why"', "there is no gap"),
    ],
)
def test_each_dated_name_begins_on_the_day_after_the_one_before(second: str, says: str) -> None:
    (fault,) = refusal(names(FIRST_NAME, second))
    assert fault.startswith('agency "works", name "Works')
    assert says in fault


def test_a_gap_between_two_names_is_accepted_with_its_reason() -> None:
    second = 'name = "Works", valid_from = "2003-01-01", gap_before = "there was none"'
    agency = parse_registry(names(FIRST_NAME, second), revision=1).agencies["works"]
    assert agency.name_on(date(1999, 12, 31)) == "Works Board"
    assert agency.name_on(date(2003, 1, 1)) == "Works"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('valid_from = "2001-01-01"', 'valid_from = "2000-12-31"', "begins before"),
        ('valid_from = "2001-01-01"\nvalid_to = "2009-12-31"', "", "goes on after"),
        ('valid_to = "2009-12-31"', 'valid_to = "2009-12-30"', None),
    ],
)
def test_a_row_outside_the_life_of_its_system_is_refused(
    old: str, new: str, says: str | None
) -> None:
    alone = SMALL[: SMALL.rindex("[[system_of_record]]")]
    retired = alone.replace('aliases = ["big', 'retired_on = "2009-12-30"\naliases = ["big')
    assert old in retired
    if says is None:
        assert parse_registry(retired.replace(old, new), revision=1)
        return
    faults = refusal(retired.replace(old, new))
    assert any(f.startswith("system_of_record #1") and says in f for f in faults), faults


def test_a_row_outside_the_life_of_its_system_is_accepted_with_its_reason() -> None:
    early = SMALL.replace('valid_from = "2001-01-01"', 'valid_from = "2000-06-01"', 1)
    said = early.replace('system = "ledger"', 'system = "ledger"\noutside_life = "on trial"', 1)
    record = parse_registry(said, revision=1).system_of_record("be-paid", date(2000, 7, 1))
    assert record is not None
    assert record.system == "ledger"
    idle = SMALL.replace('system = "ledger"', 'system = "ledger"\noutside_life = "on trial"', 1)
    (fault,) = refusal(idle)
    assert "outside_life" in fault


def test_a_beginning_that_is_not_known_is_not_before_the_launch() -> None:
    registry = parse_registry(SMALL.replace('valid_from = "2001-01-01"\n', "", 1), revision=1)
    assert registry.system_of_record("be-paid", date(2000, 12, 31)) is None
    assert registry.system_of_record("be-paid", date(2001, 1, 1)) is not None


def system(code: str, after: str | None, retired: str | None = "2005-12-31") -> str:
    """A system of the works department, retired as a rule."""
    row = f'\n[[system]]\ncode = "{code}"\nname = "The {code}"\nowner = "works"\n'
    row += f'retired_on = "{retired}"\n' if retired else ""
    return row + (f'successor = "{after}"\n' if after else "") + 'sources = ["a manual"]\n'


def test_successors_in_a_circle_are_refused_each_by_its_row() -> None:
    faults = refusal(SMALL + system("one", "two") + system("two", "one"))
    assert [fault.split(":")[0] for fault in faults] == ['system "one"', 'system "two"']
    assert all("circle" in fault for fault in faults)
    (fault,) = refusal(SMALL + system("one", "one"))
    assert "one → one" in fault


def test_a_successor_that_is_retired_without_one_is_refused() -> None:
    (fault,) = refusal(SMALL + system("one", "two") + system("two", None))
    assert fault.startswith('system "one"')
    assert "two" in fault
    parse_registry(SMALL + system("one", "two") + system("two", "ledger"), revision=1)
    parse_registry(SMALL + system("one", None), revision=1)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('wrong_agencies = ["nobody"]', 'unknown agency "nobody"'),
        ('owner = "purse"\nwrong_agencies = ["purse"]', "the right one and a wrong one"),
        ('wrong = ["ledger"]\nsystem = "ledger"', "the right one and a wrong one"),
        ('also = ["ledger"]\nsystem = "ledger"', "one of the others too"),
        ('also = ["ledger"]\nwrong = ["ledger"]', "one of the others too"),
    ],
)
def test_the_wrong_ones_are_known_and_not_the_right_ones(line: str, says: str) -> None:
    (fault,) = refusal(with_record(line))
    assert fault.startswith("system_of_record #2")
    assert says in fault


def test_a_fault_says_where_it_is_for_a_form() -> None:
    with pytest.raises(RegistryFileError) as refused:
        parse_registry(with_record('wrong_agencies = ["nobody"]'), revision=1)
    (fault,) = refused.value.found
    assert (fault.section, fault.index, fault.field) == ("system_of_record", 1, "wrong_agencies")


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
