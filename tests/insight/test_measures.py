"""How figures add up, and that nobody learns of a single tip."""

from datetime import date

from app.insight.measures import (
    Edge,
    Found,
    HouseCount,
    Insight,
    LoopCount,
    PlaceKind,
    TicketFigures,
    TipCount,
    assemble,
)
from app.insight.months import Span

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
SPAN = Span(MAY, JUNE)


def _edge(count: int, month: date = MAY, told_by: str | None = "comptroller") -> Edge:
    return Edge(month, told_by, "passport", "mocs", "vendex", count)


def _assemble(**found) -> Insight:
    return assemble(SPAN, Found(**found))


def test_a_misdirection_counts_for_who_gave_it_and_for_where_it_led() -> None:
    insight = _assemble(edges=[_edge(3), _edge(2, JUNE)])
    assert insight.agencies["comptroller"][None].given == 5
    assert insight.agencies["comptroller"][MAY].given == 3
    assert insight.agencies["mocs"][None].received == 5
    assert insight.systems["vendex"][JUNE].received == 2
    assert insight.systems["passport"][None].given == 5, "they were sent away from it"
    assert insight.total[None].given == 5


def test_a_misdirection_of_nobody_counts_where_it_led_and_in_all() -> None:
    insight = _assemble(edges=[_edge(4, told_by=None)])
    assert insight.total[None].given == 4
    assert insight.agencies["mocs"][None].received == 4
    assert insight.flow == {(None, PlaceKind.SYSTEM, "vendex"): 4}


def test_a_move_in_the_house_counts_for_the_desk_that_had_sent_it_or_for_the_router() -> None:
    counts = [HouseCount(MAY, None, "mocs", 7), HouseCount(MAY, "mocs", "fisa", 2)]
    insight = _assemble(house=counts)
    assert insight.router[None] == 7
    assert insight.agencies["mocs"][None].house_given == 2
    assert insight.agencies["mocs"][None].house_received == 7
    assert insight.agencies["fisa"][None].house_received == 2
    assert insight.total[MAY].house_given == 2


def test_loops_count_for_each_place_and_once_in_all() -> None:
    loops = [
        LoopCount(MAY, None, "", 3),
        LoopCount(MAY, PlaceKind.AGENCY, "mocs", 3),
        LoopCount(MAY, PlaceKind.SYSTEM, "vendex", 1),
    ]
    insight = _assemble(loops=loops)
    assert insight.total[None].loops == 3
    assert insight.agencies["mocs"][MAY].loops == 3
    assert insight.systems["vendex"][None].loops == 1


def test_medians_and_counts_of_tickets_stand_where_they_belong() -> None:
    insight = _assemble(
        desks=[
            TicketFigures(None, None, 9, 4, 1, 2.0, 30.5),
            TicketFigures(MAY, "mocs", 5, 2, 0, 1.0, None),
        ],
        systems=[TicketFigures(None, "pip", 3, 3, 0, 1.0, 4.0)],
    )
    assert insight.total[None].median_days == 30.5
    assert insight.agencies["mocs"][MAY].tickets == 5
    assert insight.systems["pip"][None].median_days == 4.0


def _tips(count: int, month: date = MAY) -> TipCount:
    return TipCount(month, PlaceKind.AGENCY, "comptroller", given=True, tips=count)


def test_fewer_than_five_tips_of_a_month_are_not_told() -> None:
    insight = _assemble(tips=[_tips(4), _tips(4, JUNE)])
    assert "comptroller" not in insight.agencies


def test_tips_are_told_in_fives_so_that_one_more_does_not_show() -> None:
    assert _assemble(tips=[_tips(9)]).agencies["comptroller"][MAY].tips_given == 5
    assert _assemble(tips=[_tips(10)]).agencies["comptroller"][MAY].tips_given == 10


def test_a_span_adds_up_what_its_months_tell_and_no_more_than_that() -> None:
    insight = _assemble(tips=[_tips(9), _tips(4, JUNE)])
    assert insight.agencies["comptroller"][None].tips_given == 5


def test_tips_change_no_figure_of_tickets_and_no_flow() -> None:
    insight = _assemble(edges=[_edge(1)], tips=[_tips(25)])
    assert insight.agencies["comptroller"][None].given == 1
    assert sum(insight.flow.values()) == 1


def test_every_month_of_the_span_is_shown() -> None:
    insight = _assemble(edges=[_edge(3)])
    assert [(month, row.given) for month, row in insight.months(insight.total)] == [
        (MAY, 3),
        (JUNE, 0),
    ]
