"""The measures themselves, and that the router does not get worse on our own texts."""

import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from app.cli.bundled import bundled_guide
from app.routing.baseline import decide_by_keywords
from app.routing.decide import decide
from app.routing.evaluation import Case, Scores, read_case, score
from app.routing.model import Decision, Facts

OURS = Path(__file__).parents[2] / "bench" / "routing"
GUIDE = bundled_guide()
DAY = date(2026, 6, 15)
TEXT = "The comptroller told us to use Vendex for our questionnaire."


def by_router(case: Case) -> Decision:
    return decide(case.text, Facts(), GUIDE, case.on_date or DAY)


def by_keywords(case: Case) -> Decision:
    return decide_by_keywords(case.text, GUIDE.registry, case.on_date or DAY)


def one(**labels: object) -> Scores:
    return score([read_case({"id": "x", "text": TEXT} | labels, GUIDE.registry)], by_router)


def test_what_is_not_labelled_is_not_scored() -> None:
    scores = one()
    assert scores.cases == 1
    assert scores.queues.tries == scores.verdicts.tries == 0
    assert scores.topics.wanted == scores.referrals.wanted == 0
    assert scores.misses == []


def test_a_queue_counts_by_code_acronym_or_name() -> None:
    for name in ("mocs", "MOCS", "Mayor's Office of Contract Services"):
        assert one(agency=name).queues.hits == 1
    scores = one(agency="DoITT/OTI")
    assert scores.confusion == {("oti", "mocs"): 1}
    assert [miss.what for miss in scores.misses] == ["queue"]


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="Department of Silly Walks"):
        one(agency="Department of Silly Walks")


def test_labels_count_as_topics() -> None:
    labels = ["responsibility_questionnaire", "agency_bounce", "legacy_redirect"]
    assert one(labels=labels).topics.f1 == one(topics=labels).topics.f1 == 1.0
    assert one(topics=["mwbe"]).topics.both == 0


def test_a_referral_counts_by_its_labelled_parts() -> None:
    hop = {"by": "Comptroller", "to_system": "VENDEX", "verdict": "misdirected"}
    scores = one(referrals=[hop])
    assert (scores.referrals.both, scores.verdicts.hits) == (1, 1)
    assert one(referrals=[hop | {"from_system": "PIP"}]).referrals.both == 0
    assert one(referrals=[hop | {"from_system": "PIP"}]).edges.both == 1
    assert one(referrals=[hop | {"by": "MOCS"}]).edges.both == 0
    assert one(referrals=[]).referrals.precision == 0.0
    assert one(referrals=[hop | {"verdict": "right"}]).verdicts.hits == 0


def all_own() -> list[Case]:
    lines = [
        json.loads(line)
        for file in sorted(OURS.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    return [read_case(line, GUIDE.registry) for line in lines if "text" in line]


def test_the_router_is_as_good_as_it_was_and_far_better_than_keywords() -> None:
    cases = all_own()
    assert len(cases) >= 300
    scores, baseline = score(cases, by_router), score(cases, by_keywords)
    assert (scores.queues.value or 0) >= 0.85
    assert scores.topics.f1 >= 0.82
    assert scores.referrals.f1 >= 0.8
    assert (scores.verdicts.value or 0) >= 0.85
    assert scores.referrals.f1 >= baseline.referrals.f1 + 0.2


def test_the_command_prints_measures_confusions_and_misses(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    lines = [
        {"id": "a", "text": TEXT, "agency": "DOT", "labels": ["mwbe"], "voice": "vendor"},
        {"id": "b", "text": "Vendors are directed to PASSPort.", "referrals": [], "voice": "press"},
    ]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    answer = app.test_cli_runner().invoke(args=["routing", "eval", str(file)])
    assert answer.exit_code == 0, answer.output
    assert "cases.jsonl: people's own words (1 texts)" in answer.output
    assert "cases.jsonl: official prose (1 texts)" in answer.output
    assert "1 x dot went to mocs" in answer.output
    assert "a queue: mocs, not dot. The task decides" in answer.output


def test_the_command_names_a_line_that_it_cannot_read(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "a", "text": "x", "agency": "KGB"}', encoding="utf-8")
    answer = app.test_cli_runner().invoke(args=["routing", "eval", str(file)])
    assert answer.exit_code == 1
    assert "case 1: unknown office or system: KGB" in answer.output
