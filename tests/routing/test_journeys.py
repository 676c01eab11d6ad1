"""The way of an issue from its first hop to the desk that has it, and its picture."""

from datetime import date

from routing_hops import hop

from app.routing.drawing import Label, Signpost, Words, draw
from app.routing.journeys import DeskMove, House, Journey, StepKind, journey_of

FILED = date(2026, 6, 15)


def _way(journey: Journey) -> list[str]:
    return [place.code or str(place.kind) for place in journey.stations]


def _house(**changes) -> House:
    return House(**({"filed_on": FILED, "first_desk": "mocs", "routed_on": FILED} | changes))


def test_hops_that_follow_each_other_share_a_station() -> None:
    journey = journey_of([hop("dycd", "mocs"), hop("mocs", "pip")])
    assert _way(journey) == ["dycd", "mocs", "pip"]
    assert [step.kind for step in journey.steps] == [StepKind.SENT] * 2


def test_a_way_without_being_sent_stands_between_hops_that_do_not_follow() -> None:
    journey = journey_of([hop("dycd", "mocs"), hop("comptroller", "pip")])
    assert _way(journey) == ["dycd", "mocs", "comptroller", "pip"]
    assert [str(step.kind) for step in journey.steps] == ["sent", "went", "sent"]


def test_the_system_that_they_used_is_where_they_began() -> None:
    journey = journey_of([hop("comptroller", "vendex", from_system="passport")])
    assert _way(journey) == ["passport", "comptroller", "vendex"]


def test_a_loop_names_the_two_stations() -> None:
    journey = journey_of([hop("dycd", "mocs"), hop("mocs", "comptroller"), hop(None, "passport")])
    assert _way(journey) == ["dycd", "mocs", "comptroller", "passport"]
    assert journey.loops == ((1, 3),)


def test_a_loop_back_to_a_system_begins_at_that_system() -> None:
    journey = journey_of(
        [hop("fisa", "comptroller", from_system="passport"), hop("comptroller", "passport")]
    )
    assert _way(journey) == ["passport", "fisa", "comptroller", "passport"]
    assert journey.loops == ((0, 3),)


def test_the_way_goes_on_inside_the_house() -> None:
    moves = [DeskMove("fisa", date(2026, 6, 17), "not ours"), DeskMove("mocs", FILED, "not ours")]
    journey = journey_of([hop("comptroller", "vendex")], _house(moves=moves))
    assert _way(journey) == ["comptroller", "vendex", "mocs", "fisa", "mocs"]
    assert journey.loops == ((2, 4),), "back at the first desk"
    assert journey.hops == 3


def test_who_was_never_sent_nor_moved_made_no_hop() -> None:
    assert journey_of([], _house()).hops == 0


def test_days_are_lost_from_the_first_hop_until_the_desk_took_it_on() -> None:
    hops = [hop("comptroller", "vendex", on="2026-05-01"), hop("mocs", "pip")]
    open_still = journey_of(hops, _house())
    assert open_still.days_lost(date(2026, 6, 20)) == 50
    assert not open_still.ended
    moves = [DeskMove("fisa", date(2026, 6, 17), "not ours")]
    settled = journey_of(hops, _house(moves=moves, settled=True))
    assert settled.days_lost(date(2026, 6, 30)) == 47
    assert settled.ended


def test_without_a_day_in_the_text_the_filing_counts() -> None:
    journey = journey_of([hop("comptroller", "vendex")], _house())
    assert journey.days_lost(date(2026, 6, 18)) == 3


def test_of_a_tip_no_day_is_known() -> None:
    assert journey_of([hop("comptroller", "vendex")]).days_lost(FILED) is None


def test_a_picture_puts_boxes_below_each_other_with_arrows_between() -> None:
    words = Words(
        labels=[Label("A", "an office with a name that needs more than one line of letters")] * 3,
        looks=["at-office"] * 3,
        signposts=[Signpost("the wrong way", "1 May 2026", "way-misdirected")] * 2,
        loops=["Loop: back to A"],
        title="A → A → A",
        summary="2 hops",
        facts=["one", "two"],
    )
    picture = draw(words, [(0, 2)])
    tops = [box.y for box in picture.boxes]
    assert tops == sorted(tops)
    assert all(len(box.lines) == 2 for box in picture.boxes)
    for arrow, before, after in zip(picture.arrows, picture.boxes, picture.boxes[1:], strict=False):
        assert (arrow.y, arrow.end) == (before.y + before.height, after.y)
    [back] = picture.returns
    assert picture.boxes[0].y < back.end < back.y < picture.height
    assert picture.boxes[-1].y + picture.boxes[-1].height <= picture.height
