"""`routing report`, as somebody at a terminal uses it."""

import csv
from pathlib import Path

import pytest
from flask import Flask
from insight_rows import make_history, move, wrong


@pytest.fixture
def run(app: Flask, still_clock):
    return app.test_cli_runner().invoke


def test_the_report_shows_months_offices_systems_and_who_sends_whom(run) -> None:
    make_history("2026-05-10", wrong("comptroller", "vendex", on="2026-05-01"))
    make_history("2026-06-01", moves=(move("fisa", "2026-06-02", answer="accepted"),))
    printed = run(args=["routing", "report", "--from", "2026-05", "--to", "2026-06"])
    assert printed.exit_code == 0, printed.output
    assert "The runaround from 2026-05 to 2026-06" in printed.output
    assert "Comptroller → VENDEX" in printed.output
    row = next(line for line in printed.output.splitlines() if line.startswith("2026-05  "))
    assert row.split()[1:] == ["1", "1", "1", "1", "0", "1", "9", "0", "0", "0"]
    assert "The router: 2 tickets, 1 moved on by its first desk." in printed.output


def test_the_report_of_an_empty_house_says_so(run) -> None:
    printed = run(args=["routing", "report"])
    assert printed.exit_code == 0
    assert "nothing yet" in printed.output
    assert "from 2025-07 to 2026-06" in printed.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--from", "May"], "not a month"),
        (["--from", "2026-06", "--to", "2026-05"], "before the first"),
        (["--from", "1990-01", "--to", "2026-05"], "more than 60 months"),
    ],
)
def test_months_that_cannot_be_counted_are_refused(run, options, words) -> None:
    printed = run(args=["routing", "report", *options])
    assert printed.exit_code == 2
    assert words in printed.output


def test_the_csv_has_every_figure_of_every_month(run, tmp_path: Path) -> None:
    make_history("2026-05-10", wrong("comptroller", "vendex", on="2026-05-01"))
    file = tmp_path / "report.csv"
    assert run(args=["routing", "report", "--csv", str(file)]).exit_code == 0
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    [may] = [r for r in rows if (r["month"], r["code"]) == ("2026-05", "comptroller")]
    assert (may["kind"], may["misdirections_given"]) == ("agency", "1")
    [whole] = [r for r in rows if (r["month"], r["kind"], r["code"]) == ("all", "system", "vendex")]
    assert (whole["misdirections_received"], whole["median_days"]) == ("1", "9.0")
