"""What is counted, on real rows."""

from datetime import date

import pytest
from insight_rows import make_history, make_tip_history, move, wrong
from routing_hops import hop
from sqlalchemy import event

from app.extensions import db
from app.insight.measures import Insight
from app.insight.months import Span
from app.insight.queries import get_insight
from app.tickets.models import TicketState

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
SPAN = Span(MAY, JUNE)

pytestmark = pytest.mark.usefixtures("app", "still_clock")


def _insight() -> Insight:
    return get_insight(SPAN)


def test_an_empty_house_counts_nothing() -> None:
    insight = _insight()
    assert insight.total[None].tickets == 0
    assert insight.agencies == {}


def test_misdirections_count_in_the_month_of_the_decision() -> None:
    make_history("2026-05-10", wrong("comptroller", "vendex", "passport", on="2026-03-01"))
    make_history("2026-06-10", wrong("comptroller", "vendex"))
    make_history("2026-04-30", wrong("comptroller", "vendex"))
    make_history("2026-07-01", wrong("comptroller", "vendex"))
    figures = _insight().agencies["comptroller"]
    assert (figures[MAY].given, figures[JUNE].given, figures[None].given) == (1, 1, 2)
    assert _insight().systems["vendex"][None].received == 2
    assert _insight().systems["passport"][MAY].given == 1


def test_right_and_unproven_hops_are_no_misdirections() -> None:
    make_history("2026-05-10", hop("comptroller", "vendex"))
    insight = _insight()
    assert insight.total[None].given == 0
    assert insight.total[None].sent_around == 1


def test_a_loop_counts_once_for_each_place_on_its_way() -> None:
    make_history("2026-05-10", hop("mocs", "comptroller"), hop("comptroller", "vendex"))
    make_history("2026-05-11", hop("mocs", "comptroller"))
    insight = _insight()
    assert insight.total[MAY].loops == 1
    assert insight.agencies["mocs"][MAY].loops == 1
    assert insight.agencies["comptroller"][None].loops == 1
    assert insight.systems["vendex"][None].loops == 1


def test_medians_are_of_tickets_that_were_sent_and_whose_desk_took_them_on() -> None:
    make_history("2026-05-11", hop("fisa", "mocs", on="2026-05-01"))
    make_history("2026-05-21", hop("fisa", "mocs", on="2026-05-01"), hop("mocs", "pip"))
    make_history("2026-05-30", hop("fisa", "mocs", on="2020-05-01"), state=TicketState.NEW)
    make_history("2026-05-30")
    figures = _insight().agencies["mocs"][MAY]
    assert (figures.tickets, figures.sent_around) == (4, 3)
    assert (figures.median_hops, figures.median_days) == (1.5, 15.0)


def test_a_system_has_the_tickets_that_name_it() -> None:
    make_history("2026-05-11", hop("fisa", "vendex", from_system="passport", on="2026-05-01"))
    make_history("2026-05-11", hop("fisa", "vendex"))
    systems = _insight().systems
    assert systems["vendex"][None].tickets == 2
    assert systems["passport"][MAY].median_days == 10.0


def test_days_run_to_the_last_desk_once_it_has_accepted() -> None:
    make_history("2026-05-11", moves=(move("fisa", "2026-05-15", answer="accepted"),))
    make_history("2026-05-11", moves=(move("sbs", "2026-05-19"),))
    agencies = _insight().agencies
    assert agencies["fisa"][None].median_days == 4.0
    assert agencies["sbs"][None].median_days is None
    assert agencies["sbs"][None].sent_around == 1


def test_a_solved_ticket_needs_no_acceptance() -> None:
    make_history("2026-05-11", moves=(move("sbs", "2026-05-19"),), state=TicketState.SOLVED)
    assert _insight().agencies["sbs"][None].median_days == 8.0


def test_a_desk_that_passes_on_lays_it_to_who_had_sent_it_there() -> None:
    moves = (
        move("fisa", "2026-05-12", "wrong agency", "returned"),
        move("mocs", "2026-05-13", "not ours", "accepted"),
    )
    make_history("2026-05-11", moves=moves)
    make_history("2026-05-11", moves=(move("fisa", "2026-05-12", "duplicate"),))
    insight = _insight()
    assert insight.router[None] == 1, "the router had chosen MOCS, which passed it on"
    assert insight.agencies["mocs"][None].house_received == 1
    assert insight.agencies["mocs"][None].house_given == 1, "it had sent it to FISA"
    assert insight.agencies["fisa"][None].house_received == 1
    assert insight.agencies["fisa"][None].house_given == 0


def test_what_is_put_before_the_lead_of_its_desk_went_nowhere() -> None:
    moves = (
        move("fisa", "2026-05-12", "wrong agency", "returned"),
        move("mocs", "2026-05-13", "not ours", "accepted"),
        move("mocs", "2026-05-14", "wrong agency", "accepted"),
    )
    make_history("2026-05-11", moves=moves)
    insight = _insight()
    assert insight.agencies["mocs"][None].median_hops == 2
    assert insight.agencies["mocs"][None].house_received == 1
    assert insight.agencies["fisa"][None].house_given == 0


def test_what_the_instant_answer_solved_is_counted() -> None:
    make_history("2026-05-11", state=TicketState.SOLVED, deflected=True)
    assert _insight().agencies["mocs"][MAY].deflected == 1
    assert _insight().total[None].deflected == 1


def test_tips_count_in_fives_and_only_when_their_month_is_over() -> None:
    for _ in range(6):
        make_tip_history("2026-05-11", wrong("comptroller", "vendex"))
        make_tip_history("2026-06-02", wrong("fisa", "vendex"))
    insight = _insight()
    assert insight.agencies["comptroller"][MAY].tips_given == 5
    assert insight.agencies["mocs"][None].tips_received == 5
    assert "fisa" not in insight.agencies, "June is not over on the fifteenth"
    assert insight.total[None].given == 0


def test_four_tips_are_not_told() -> None:
    for _ in range(4):
        make_tip_history("2026-05-11", wrong("comptroller", "vendex"))
    assert _insight().agencies == {}


def test_a_tip_that_tells_of_many_hops_is_one_tip() -> None:
    hops = [wrong("comptroller", place) for place in ("vendex", "pip", "mocs", "fisa", "sbs")]
    make_tip_history("2026-05-11", *hops)
    assert _insight().agencies == {}
    for _ in range(4):
        make_tip_history("2026-05-11", *hops)
    insight = _insight()
    assert insight.agencies["comptroller"][MAY].tips_given == 5
    assert insight.total[MAY].tips_given == 5


def test_more_tickets_need_no_more_queries() -> None:
    asked: list[str] = []
    count = lambda *args: asked.append(args[2])  # noqa: E731
    make_history("2026-05-10", wrong("comptroller", "vendex"))
    event.listen(db.engine, "before_cursor_execute", count)
    _insight()
    once = len(asked)
    event.remove(db.engine, "before_cursor_execute", count)
    for _ in range(4):
        make_history("2026-05-10", wrong("comptroller", "vendex"), wrong("mocs", "pip"))
    event.listen(db.engine, "before_cursor_execute", count)
    _insight()
    event.remove(db.engine, "before_cursor_execute", count)
    assert len(asked) == 2 * once
