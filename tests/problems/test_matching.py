"""Which decisions belong together, without a database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from factories import WRONG_WAY

from app.cli.bundled import BUNDLED
from app.problems.matching import WINDOW, Edge, choose, edges_of, is_worth_matching
from app.problems.models import Problem, ProblemState
from app.problems.policy import Counts, in_fives, is_proposed, told_others
from app.registry.file import parse_registry
from app.routing.decide import decide
from app.routing.guide import Guide
from app.routing.model import Facts
from app.routing.models import DecisionRecord, ReferralRecord

GUIDE = Guide(parse_registry(BUNDLED.read_text(encoding="utf-8"), revision=1))
DAY = date(2026, 6, 15)
EDGE = Edge("comptroller", "passport", "vendex", "")


def _hop(verdict: str = "misdirected", **codes: str | None) -> ReferralRecord:
    known = {
        "told_by_code": "comptroller",
        "from_system_code": "passport",
        "to_system_code": "vendex",
        "to_agency_code": "mocs",
    }
    return ReferralRecord(position=0, verdict=verdict, proof={}, **(known | codes))


def _decision(*hops: ReferralRecord, **fields) -> DecisionRecord:
    return DecisionRecord(referrals=list(hops), **{"loop": False, "problem_id": None} | fields)


def _problem(state: ProblemState = ProblemState.PROPOSED, **fields) -> Problem:
    known = {
        "id": 1,
        "task_code": "questionnaire",
        "told_by_code": "comptroller",
        "from_system_code": "passport",
        "to_system_code": "vendex",
        "first_on": DAY,
        "last_on": DAY,
    }
    return Problem(state=state, **(known | fields))


def _choose(*problems: Problem, tasks: tuple[str, ...] = ("questionnaire",), day: date = DAY):
    return choose(problems, [EDGE], tasks, day)


def test_only_wrong_hops_make_a_problem() -> None:
    assert edges_of(_decision(_hop())) == (EDGE,)
    for verdict in ("right", "unknown"):
        assert edges_of(_decision(_hop(verdict))) == ()


def test_a_loop_makes_one_even_where_nothing_is_proved_wrong() -> None:
    back = _hop("unknown", told_by_code="mocs", to_system_code=None, to_agency_code="comptroller")
    assert edges_of(_decision(back, loop=True)) == (Edge("mocs", "passport", "", "comptroller"),)


def test_the_agency_counts_only_where_no_system_is_named() -> None:
    assert edges_of(_decision(_hop(to_agency_code=None))) == (EDGE,)
    assert edges_of(_decision(_hop(to_system_code=None))) == (
        Edge("comptroller", "passport", "", "mocs"),
    )


def test_a_wrong_hop_a_loop_or_a_rule_that_names_a_problem_is_worth_a_look() -> None:
    nothing = decide("Where is our bond?", Facts(), GUIDE, DAY)
    assert not is_worth_matching(nothing)
    assert is_worth_matching(replace(nothing, problem=7))
    assert is_worth_matching(replace(nothing, loop=True))
    assert is_worth_matching(decide(WRONG_WAY, Facts(), GUIDE, DAY))


@pytest.mark.parametrize(
    "other",
    [
        {"told_by_code": "mocs"},
        {"told_by_code": None},
        {"from_system_code": None},
        {"to_system_code": "pip"},
        {"task_code": "login"},
        {"task_code": None},
    ],
)
def test_another_hop_or_another_task_is_another_problem(other) -> None:
    assert _choose(_problem(**other)) is None
    assert _choose(_problem()) is not None


def test_one_of_several_tasks_is_enough_and_none_fits_none() -> None:
    assert _choose(_problem(), tasks=("login", "questionnaire"))
    assert _choose(_problem(task_code=None), tasks=())
    assert _choose(_problem(), tasks=()) is None


@pytest.mark.parametrize("sign", [1, -1])
def test_the_window_reaches_ninety_days_each_way(sign: int) -> None:
    a_day = timedelta(days=1)
    assert _choose(_problem(), day=DAY + sign * WINDOW)
    assert _choose(_problem(), day=DAY + sign * (WINDOW + a_day)) is None


def test_a_confirmed_problem_comes_first_and_a_solved_one_takes_nothing() -> None:
    states = ProblemState
    found = _choose(
        _problem(states.DISMISSED, id=1),
        _problem(states.PROPOSED, id=2),
        _problem(states.CONFIRMED, id=3),
        _problem(states.SOLVED, id=4),
    )
    assert found
    assert found.id == 3
    assert _choose(_problem(states.SOLVED)) is None


def test_tips_count_in_fives_only() -> None:
    assert [in_fives(n) for n in (0, 1, 4, 5, 9, 10)] == [0, 0, 0, 5, 5, 10]
    assert not is_proposed(Counts(tickets=2, tips=4))
    assert is_proposed(Counts(tickets=3))
    assert is_proposed(Counts(tips=5))


def test_fewer_than_five_others_are_never_told() -> None:
    assert [told_others(n) for n in (0, 1, 4, 5, 34)] == [None, None, None, 5, 34]
