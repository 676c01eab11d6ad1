"""Chains of hops: where they come back, and where they only look so."""

from datetime import date

import pytest
from routing_hops import hop

from app.cli.bundled import bundled_guide
from app.routing.chains import PlaceKind, find_loop, legs_of
from app.routing.decide import decide
from app.routing.model import Facts, Referral

LOOPS = {
    "A sends to B, B sends to A": (hop("mocs", "comptroller"), hop("comptroller", "mocs")),
    "B is not named again": (hop("mocs", "comptroller"), hop(None, "mocs")),
    "a system counts as its owner's": (hop("mocs", "comptroller"), hop("comptroller", "vendex")),
    "over three places": (hop("dycd", "mocs"), hop("mocs", "fisa"), hop("fisa", "dycd")),
    "back to the middle": (hop("dycd", "mocs"), hop("mocs", "fisa"), hop("fisa", "passport")),
    "a further office sends back to the first": (hop("mocs", "comptroller"), hop("fisa", "mocs")),
    "back to the system they came from": (
        hop("fisa", "comptroller", from_system="passport"),
        hop("comptroller", "passport"),
    ),
    "from system to system of one agency, and back": (
        hop("mocs", "passport", from_system="vendex"),
        hop("mocs", "vendex", from_system="passport"),
    ),
    "told in the wrong order, but dated": (
        hop("comptroller", "mocs", on="2026-05-02"),
        hop("mocs", "comptroller", on="2026-03-01"),
    ),
}

NO_LOOPS = {
    "nothing": (),
    "one hop": (hop("comptroller", "vendex"),),
    "one hop between two systems of one owner": (hop("comptroller", "vendex", "passport"),),
    "two systems inside one agency": (hop("mocs", "vendex"), hop("mocs", "passport")),
    "from one system to the next of its owner": (hop("mocs", "passport", from_system="vendex"),),
    "a line": (hop("dycd", "mocs"), hop("mocs", "fisa"), hop("fisa", "comptroller")),
    "two offices send to the same place": (hop("comptroller", "vendex"), hop("fisa", "vendex")),
    "the same is said twice": (hop("mocs", "comptroller"), hop("mocs", "comptroller")),
    "one office, two places": (hop("mocs", "comptroller"), hop("mocs", "pip")),
    "who only used a system was not sent away by its office": (
        hop("fisa", "comptroller", from_system="passport"),
        hop("comptroller", "vendex"),
    ),
}


@pytest.mark.parametrize("hops", LOOPS.values(), ids=LOOPS)
def test_a_way_back_is_a_loop(hops: tuple[Referral, ...]) -> None:
    assert find_loop(hops)


@pytest.mark.parametrize("hops", NO_LOOPS.values(), ids=NO_LOOPS)
def test_other_ways_are_none(hops: tuple[Referral, ...]) -> None:
    assert find_loop(hops) is None


def test_a_loop_says_from_where_to_where() -> None:
    loop = find_loop([hop("dycd", "mocs"), hop("mocs", "fisa"), hop("fisa", "passport")])
    assert loop
    assert (loop.place.code, loop.begun_by, loop.closed_by) == ("passport", 1, 2)


def test_legs_follow_each_other_where_the_sender_is_where_they_were() -> None:
    legs = legs_of([hop("dycd", "passport"), hop("mocs", "pip"), hop("comptroller", "vendex")])
    assert [leg.follows for leg in legs] == [False, True, False]
    assert [leg.origin.code for leg in legs] == ["dycd", "passport", "comptroller"]


def test_a_hop_of_a_system_s_own_desk_starts_at_the_system() -> None:
    [leg] = legs_of([hop("fisa", "vendex", from_system="pip")])
    assert (leg.origin.kind, leg.origin.code) == (PlaceKind.SYSTEM, "pip")


def test_a_hop_of_nobody_starts_nowhere() -> None:
    [leg] = legs_of([hop(None, "vendex")])
    assert leg.origin.kind is PlaceKind.UNKNOWN


@pytest.mark.parametrize(
    ("text", "loop"),
    [
        ("MOCS sent us to DYCD. Then DYCD sent us to MOCS.", True),
        ("MOCS sent us to DYCD. Then DYCD sent us to PIP.", False),
    ],
)
def test_a_decision_says_that_the_chain_came_back(text: str, loop: bool) -> None:
    assert decide(text, Facts(), bundled_guide(), date(2026, 6, 15)).loop is loop
