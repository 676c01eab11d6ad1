"""Real public words, read where they lie. Their texts stay outside the project."""

import json
from datetime import date
from pathlib import Path

import pytest
from domain import PASSAGES

from app.cli.bundled import bundled_guide
from app.registry.catalogue import GENERAL_TRIAGE
from app.routing.decide import decide
from app.routing.guide import Guide
from app.routing.model import Decision, Facts, Verdict

pytestmark = pytest.mark.skipif(
    not PASSAGES.exists(), reason="the passages are not here; set RIGHTDESK_DOMAIN to their folder"
)
ANNOTATIONS = Path(__file__).parents[2] / "bench" / "routing" / "real.jsonl"
OWN_WORDS = {"vendor", "end_user", "commentator"}
DAY = date(2026, 6, 15)


def lines_of(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def guide() -> Guide:
    return bundled_guide()


@pytest.fixture(scope="module")
def passages() -> dict[str, dict[str, str]]:
    return {passage["id"]: passage for passage in lines_of(PASSAGES)}


@pytest.fixture(scope="module")
def decisions(passages: dict[str, dict[str, str]], guide: Guide) -> dict[str, Decision]:
    return {key: decide(p["text"], Facts(), guide, DAY) for key, p in passages.items()}


def test_every_passage_is_decided(decisions: dict[str, Decision], guide: Guide) -> None:
    assert len(decisions) > 200
    for decision in decisions.values():
        assert decision.queue == GENERAL_TRIAGE or guide.registry.has_desk(decision.queue)
        assert 0 < decision.confidence <= 1
        assert decision.reasons


def test_official_prose_refers_nobody(
    passages: dict[str, dict[str, str]], decisions: dict[str, Decision]
) -> None:
    prose = [key for key, passage in passages.items() if passage["voice"] not in OWN_WORDS]
    with_referrals = [key for key in prose if decisions[key].referrals]
    assert len(with_referrals) <= 0.02 * len(prose), with_referrals


def test_the_case_that_began_it_all_is_read_rightly(decisions: dict[str, Decision]) -> None:
    decision = decisions["p001"]
    assert decision.queue == "mocs"
    (hop,) = decision.referrals
    assert (hop.told_by, hop.from_system, hop.to_system) == ("comptroller", "passport", "vendex")
    assert hop.verdict is Verdict.MISDIRECTED
    assert {answer.system for answer in decision.answers} == {"passport", "pip"}


def test_most_annotated_passages_reach_the_expected_queue(decisions: dict[str, Decision]) -> None:
    expected = {row["id"]: row["agency"] for row in lines_of(ANNOTATIONS) if "agency" in row}
    assert len(expected) >= 80
    wrong = {
        key: f"{decisions[key].queue}, not {queue}"
        for key, queue in expected.items()
        if decisions[key].queue != queue
    }
    assert len(wrong) <= 0.3 * len(expected), wrong


def test_annotated_queues_exist(guide: Guide) -> None:
    for row in lines_of(ANNOTATIONS):
        queue = row.get("agency", GENERAL_TRIAGE)
        assert queue == GENERAL_TRIAGE or guide.registry.has_desk(queue), row
