"""Insight as a sheet of rows, for CSV and for plain text. Pure, but for the names of places."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date

from app.insight.measures import Figures, Insight, PlaceKind

COLUMNS = (
    "month",
    "kind",
    "code",
    "name",
    "tickets",
    "sent_around",
    "misdirections_given",
    "misdirections_received",
    "loops",
    "median_hops",
    "median_days",
    "deflected",
    "wrong_desk_given",
    "wrong_desk_received",
    "tips_given_in_fives",
    "tips_received_in_fives",
)
WHOLE_SPAN = "all"


def to_csv(insight: Insight, names: Mapping[tuple[PlaceKind, str], str]) -> str:
    """Every figure: a row for each place and month, and for each place over the whole span."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_rows(insight, names))
    return text.getvalue()


def _rows(
    insight: Insight, names: Mapping[tuple[PlaceKind, str], str]
) -> Iterator[tuple[object, ...]]:
    yield from _months(insight.total, ("total", "", "All"))
    yield from (
        (_month(month), "router", "", "Router", *[""] * 8, count, "", "", "")
        for month, count in sorted(insight.router.items(), key=_by_month)
    )
    for kind, rows in ((PlaceKind.AGENCY, insight.agencies), (PlaceKind.SYSTEM, insight.systems)):
        for code in sorted(rows):
            yield from _months(rows[code], (str(kind), code, names.get((kind, code), code)))


def _months(
    rows: Mapping[date | None, Figures], place: tuple[str, ...]
) -> Iterator[tuple[object, ...]]:
    for month, figures in sorted(rows.items(), key=_by_month):
        if not figures.is_empty():
            yield (_month(month), *place, *cells(figures))


def _by_month(item: tuple[date | None, object]) -> date:
    return item[0] or date.max


def _month(month: date | None) -> str:
    return month.strftime("%Y-%m") if month else WHOLE_SPAN


def cells(figures: Figures) -> tuple[object, ...]:
    """The figures in the order of the columns; a median that is not known is empty."""
    return (
        figures.tickets,
        figures.sent_around,
        figures.given,
        figures.received,
        figures.loops,
        "" if figures.median_hops is None else figures.median_hops,
        "" if figures.median_days is None else figures.median_days,
        figures.deflected,
        figures.house_given,
        figures.house_received,
        figures.tips_given,
        figures.tips_received,
    )
