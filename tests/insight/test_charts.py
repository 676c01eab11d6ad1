"""Charts: every number is where the eye reads it."""

import pytest

from app.insight import charts


def test_columns_stand_on_the_ground_and_on_each_other() -> None:
    drawn = charts.columns(["May", "Jun"], [("one", [3, 0]), ("two", [1, 4])])
    first, second, third = drawn.bars
    assert first.y + first.height == pytest.approx(charts.BOTTOM)
    assert second.y + second.height == pytest.approx(first.y)
    assert third.height == pytest.approx(first.height + second.height)
    assert first.x == second.x < third.x


def test_the_scale_ends_at_a_round_number_above_all() -> None:
    for highest, top in ((0, "1"), (3, "3"), (7, "8"), (12, "15"), (96, "100"), (1234, "1,500")):
        drawn = charts.columns(["May"], [("one", [highest])])
        assert drawn.scale[-1].words == top
        assert all(bar.y >= charts.TOP for bar in drawn.bars)


def test_a_line_is_broken_where_nothing_is_known() -> None:
    drawn = charts.line(["A", "B", "C", "D", "E"], [1, 2, None, 4, 4.5])
    assert len(drawn.strokes) == 2
    assert [words for _x, _y, words in drawn.dots] == ["1", "2", "4", "4.5"]


def test_a_line_of_nothing_is_empty() -> None:
    drawn = charts.line(["A"], [None])
    assert (drawn.strokes, drawn.dots) == ((), ())


def test_many_months_are_not_all_named() -> None:
    drawn = charts.columns([str(n) for n in range(60)], [("one", [1] * 60)])
    assert len(drawn.bars) == 60
    assert len(drawn.months) <= 12


def test_streams_are_as_thick_as_they_are_many_and_fit_their_banks() -> None:
    drawn = charts.flow([("MOCS", "PIP", 30), ("MOCS", "VENDEX", 10), ("FISA", "PIP", 5)])
    assert [bank.name for bank in drawn.senders] == ["MOCS", "FISA"]
    assert [bank.count for bank in drawn.places] == [35, 10]
    mocs, fisa = drawn.senders
    assert mocs.height / fisa.height == pytest.approx(8, rel=0.05)
    assert mocs.y + mocs.height <= fisa.y
    assert max(b.y + b.height for b in (*drawn.senders, *drawn.places)) <= drawn.height
    assert len(drawn.bands) == 3


def test_no_stream_is_no_flow() -> None:
    assert charts.flow([]).bands == ()
