"""Commands, as somebody at a terminal uses them."""

import json
from pathlib import Path

import pytest
from factories import make_ticket
from flask import Flask

from app.accounts.models import User
from app.cli.bundled import BUNDLED
from app.outbox.models import OutboxItem
from app.registry import queries as registry


@pytest.fixture
def run(app: Flask):
    return app.test_cli_runner().invoke


def test_route_prints_the_decision_as_json(run) -> None:
    text = "The comptroller's office told us to register in Vendex instead of PASSPort."
    printed = run(args=["route", "--text", text, "--on", "2026-06-15"])
    assert printed.exit_code == 0
    decision = json.loads(printed.stdout)
    wanted = {"queue", "agency", "systems", "topics", "referrals", "confidence", "reasons"}
    assert wanted <= decision.keys()
    assert decision["queue"] == "mocs"
    [referral] = decision["referrals"]
    assert (referral["by"], referral["to_system"]) == ("comptroller", "vendex")
    assert all(isinstance(reason, str) for reason in decision["reasons"])


def test_route_reads_standard_input(run) -> None:
    printed = run(args=["route"], input="I forgot my PIP password.")
    assert json.loads(printed.stdout)["queue"] == "fisa"


def test_the_same_registry_again_changes_nothing(run) -> None:
    before = registry.get_current_registry().revision
    assert "Nothing changed" in run(args=["registry", "load", str(BUNDLED)]).output
    assert registry.get_current_registry().revision == before


def test_a_faulty_registry_is_refused_by_row_and_the_old_one_stays(run, tmp_path: Path) -> None:
    before = registry.get_current_registry().revision
    text = BUNDLED.read_text(encoding="utf-8").replace('owner = "fisa"', 'owner = "fizza"', 1)
    faulty = tmp_path / "faulty.toml"
    faulty.write_text(text, encoding="utf-8")
    for command in ("check", "load"):
        printed = run(args=["registry", command, str(faulty)])
        assert printed.exit_code == 1
        assert 'system "pip": unknown agency "fizza"' in printed.output
    assert registry.get_current_registry().revision == before


def test_a_registry_that_is_not_text_is_refused(run, tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    printed = run(args=["registry", "check", str(tmp_path / "binary.toml")])
    assert printed.exit_code == 1
    assert "is not UTF-8" in printed.output


def test_a_new_registry_takes_effect_at_once(run, tmp_path: Path) -> None:
    before = registry.get_current_registry()
    text = BUNDLED.read_text(encoding="utf-8").replace(
        'name = "Checkbook NYC"', 'name = "Checkbook"'
    )
    (tmp_path / "new.toml").write_text(text, encoding="utf-8")
    assert "is in force" in run(args=["registry", "load", str(tmp_path / "new.toml")]).output
    assert registry.get_current_registry().systems["checkbook"].name == "Checkbook"
    run(args=["registry", "load", str(BUNDLED)])
    assert registry.get_current_registry().systems["checkbook"].name == "Checkbook NYC"
    assert registry.get_current_registry().revision == before.revision + 2


def test_an_exported_registry_is_accepted_and_is_the_same(run, tmp_path: Path) -> None:
    before = registry.get_current_registry()
    file = str(tmp_path / "export.toml")
    assert run(args=["registry", "export", file]).output == f"Written to {file}.\n"
    assert "No faults" in run(args=["registry", "check", file]).output
    assert "Nothing changed" in run(args=["registry", "load", file]).output
    assert registry.get_current_registry().revision == before.revision
    assert run(args=["registry", "export"]).output == Path(file).read_text(encoding="utf-8")


def test_a_registry_without_what_the_rules_name_is_not_loaded(run, tmp_path: Path) -> None:
    before = registry.get_current_registry().revision
    text = BUNDLED.read_text(encoding="utf-8")
    begin = text.index('[[agency]]\ncode = "sca"')
    end = text.index("[[agency]]", begin + 1)
    (tmp_path / "new.toml").write_text(text[:begin] + text[end:], encoding="utf-8")
    printed = run(args=["registry", "load", str(tmp_path / "new.toml")])
    assert printed.exit_code == 1
    assert 'unknown agency "sca"' in printed.output
    assert registry.get_current_registry().revision == before


def test_a_load_keeps_its_note(run, tmp_path: Path) -> None:
    text = BUNDLED.read_text(encoding="utf-8").replace('"Checkbook NYC"', '"Checkbook"')
    (tmp_path / "new.toml").write_text(text, encoding="utf-8")
    run(args=["registry", "load", str(tmp_path / "new.toml"), "--note", "Renamed"])
    assert registry.list_revisions(1)[0].note == "Renamed"
    run(args=["registry", "load", str(BUNDLED)])


def test_the_doctor_names_each_fault_and_the_remedy(run) -> None:
    printed = run(args=["doctor"])
    assert printed.exit_code == 1, "no worker runs in this test"
    lines = dict(line.split()[:2][::-1] for line in printed.output.splitlines())
    assert lines["database"] == lines["migrations"] == lines["redis"] == "ok"
    assert lines["keys"] == lines["registry"] == lines["secrets"] == "ok"
    assert lines["workers"] == "fault"
    assert "Start `flask --app wsgi worker`." in printed.output


def test_the_doctor_sees_effects_that_were_given_up(run, still_clock) -> None:
    make_ticket()
    item = OutboxItem.query.one()
    item.failed_at = still_clock.now
    assert "1 effects were given up" in run(args=["doctor"]).output


def test_staff_are_created_with_their_queues(run) -> None:
    command = ["staff", "create", "new@rightdesk.example", "--name", "Nia New"]
    password = ["--password", "a long enough password"]
    assert run(args=[*command, "--queue", "mocs", *password]).exit_code == 0
    assert User.query.one().memberships[0].queue_code == "mocs"
    assert "already" in run(args=[*command, *password]).output
    command[2] = "other@rightdesk.example"
    assert "No such queue" in run(args=[*command, "--queue", "nowhere", *password]).output
    assert "12 characters" in run(args=[*command, "--password", "short"]).output
