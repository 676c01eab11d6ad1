"""The rule book: what is refused, which conditions a rule has, and what it may do."""

from datetime import date
from typing import Any

import pytest

from app.cli.bundled import bundled_guide
from app.registry.catalogue import GENERAL_TRIAGE
from app.routing.decide import decide
from app.routing.guide import Guide
from app.routing.model import ChosenBy, Decision, Facts, Priority
from app.routing.rules import (
    RuleBookError,
    check_rule_book,
    parse_rule_book,
    rule_book_from_document,
    rule_book_to_document,
)

DAY = date(2026, 6, 15)
GUIDE = bundled_guide()
RULE = {"code": "all", "because": "There is only one desk.", "queue": "dcas"}


def decide_by(text: str, *rules: dict[str, Any], **book: Any) -> Decision:
    checked = check_rule_book({"rule": list(rules), **book}, GUIDE.registry)
    return decide(text, Facts(system="pip"), Guide(GUIDE.registry, checked, 7), DAY)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"queue": "nowhere"}, 'rule "all": unknown queue "nowhere"'),
        ({"queue": "ppb"}, 'rule "all": unknown queue "ppb"'),
        ({"copy_to": ["nowhere"]}, 'rule "all": unknown queue "nowhere"'),
        ({"topics": ["love"]}, 'rule "all": unknown topic "love"'),
        ({"add_topics": ["love"]}, 'rule "all": unknown topic "love"'),
        ({"tasks": ["nap"]}, 'rule "all": unknown task "nap"'),
        ({"systems": ["tin"]}, 'rule "all": unknown system "tin"'),
        ({"to_systems": ["tin"]}, 'rule "all": unknown system "tin"'),
        ({"agencies": ["kgb"]}, 'rule "all": unknown agency "kgb"'),
        ({"told_by": ["kgb"]}, 'rule "all": unknown agency "kgb"'),
        ({"queue": None}, 'rule "all": does nothing'),
    ],
)
def test_a_faulty_rule_is_refused_and_named(change: dict[str, Any], fault: str) -> None:
    with pytest.raises(RuleBookError) as refused:
        check_rule_book({"rule": [RULE | change]}, GUIDE.registry)
    assert fault in refused.value.faults


def test_a_rule_that_is_there_twice_and_text_that_is_not_toml_are_refused() -> None:
    with pytest.raises(RuleBookError, match="is there twice"):
        check_rule_book({"rule": [RULE, RULE]}, GUIDE.registry)
    with pytest.raises(RuleBookError, match="not TOML"):
        parse_rule_book("[[rule", GUIDE.registry)
    with pytest.raises(RuleBookError, match="confidence"):
        check_rule_book({"rule": [RULE | {"confidence": 2}]}, GUIDE.registry)


def test_a_book_round_trips_through_json() -> None:
    document = rule_book_to_document(GUIDE.book)
    assert rule_book_from_document(document) == GUIDE.book


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ({"topics": ["login"]}, True),
        ({"topics": ["mwbe"]}, False),
        ({"systems": ["vendex"]}, True),
        ({"agencies": ["comptroller"]}, True),
        ({"agencies": ["dot"]}, False),
        ({"words": ["telling nobody"]}, True),
        ({"words": ["telling everybody"]}, False),
        ({"told_by": ["comptroller"], "to_systems": ["vendex"]}, True),
        ({"told_by": ["mocs"], "to_systems": ["vendex"]}, False),
        ({"verdicts": ["misdirected"]}, True),
        ({"verdicts": ["right"]}, False),
        ({"misdirected": True}, True),
        ({"chosen_task": True}, False),
        ({"chosen_systems": ["pip"]}, True),
        ({"chosen_systems": ["fms"]}, False),
        ({"active": False}, False),
    ],
)
def test_a_rule_fits_when_its_condition_holds(condition: dict[str, Any], fits: bool) -> None:
    text = "My password is lost. The comptroller told us to use Vendex, telling nobody else."
    decision = decide_by(text, RULE | condition)
    assert (decision.queue == "dcas") is fits
    assert decision.chosen_by is (ChosenBy.RULE if fits else ChosenBy.NOBODY)


def test_a_rule_without_a_queue_adds_and_lets_the_next_ones_decide() -> None:
    urgent = {
        "code": "payroll",
        "because": "Wages depend on it.",
        "words": ["payroll"],
        "priority": "urgent",
        "add_topics": ["payment_late"],
        "copy_to": ["comptroller"],
        "problem": 4,
    }
    late = {"code": "late", "because": "Never reached.", "priority": "low"}
    decision = decide_by("Payroll is on Friday.", urgent, RULE, late)
    assert (decision.queue, decision.priority) == ("dcas", Priority.URGENT)
    assert "payment_late" in decision.topics
    assert decision.copies == ("comptroller",)
    assert decision.problem == 4
    assert decision.book_revision == 7


def test_a_copy_never_goes_to_the_accused() -> None:
    copy = {"code": "copy", "because": "They asked.", "copy_to": ["comptroller"]}
    assert decide_by("The comptroller takes bribes.", copy, RULE).copies == ()


def test_below_the_confidence_of_a_queue_a_person_decides_and_sees_what_was_thought_of() -> None:
    decision = decide_by("Hello", RULE | {"confidence": 0.6}, least_confidence={"dcas": 0.7})
    assert (decision.queue, decision.certain) == (GENERAL_TRIAGE, False)
    assert [candidate.queue for candidate in decision.candidates] == ["dcas"]
    assert decision.reasons[0].key == "unsure"
    sure = decide_by("Hello", RULE | {"confidence": 0.8}, least_confidence={"dcas": 0.7})
    assert (sure.queue, sure.certain) == ("dcas", True)
