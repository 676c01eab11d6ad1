"""Insight in words, tables and charts, for the pages of staff."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import format_date, format_decimal, gettext

from app.insight import charts
from app.insight.measures import Figures, Insight, PlaceKind, Rows
from app.insight.names import Names
from app.insight.ticket_queries import What
from app.registry.catalogue import Registry

MOST_STREAMS = 12
_LONGEST_NAME = 12
_FEW_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure. `what`: the tickets behind it can be listed."""

    words: str
    what: What | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A place, or a month, with its figures."""

    code: str
    name: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, and the numbers that it was made from."""

    code: str
    kind: str
    title: str
    about: str
    drawing: charts.Columns | charts.Line | charts.Flow
    legend: Sequence[tuple[str, str]]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the tables: how to head it, fill it, sort by it, and look behind it."""

    key: str
    value: Callable[[Figures], float | None]
    what: What | None = None


COLUMNS = (
    Column("tickets", lambda f: f.tickets, What.TICKETS),
    Column("sent", lambda f: f.sent_around, What.SENT),
    Column("given", lambda f: f.given, What.GIVEN),
    Column("received", lambda f: f.received, What.RECEIVED),
    Column("loops", lambda f: f.loops, What.LOOPS),
    Column("hops", lambda f: f.median_hops),
    Column("days", lambda f: f.median_days),
    Column("deflected", lambda f: f.deflected, What.DEFLECTED),
    Column("house", lambda f: f.house_given, What.HOUSE),
    Column("tips", lambda f: f.tips_given + f.tips_received),
)


def heads() -> list[tuple[str, str]]:
    """Key and words of every column after the name."""
    return [
        ("tickets", gettext("Tickets")),
        ("sent", gettext("Sent around")),
        ("given", gettext("Wrong ways told")),
        ("received", gettext("Wrongly sent here")),
        ("loops", gettext("Loops")),
        ("hops", gettext("Median hops")),
        ("days", gettext("Median days")),
        ("deflected", gettext("Solved at once")),
        ("house", gettext("Wrong desk chosen")),
        ("tips", gettext("In tips")),
    ]


def place_rows(rows: Rows, kind: PlaceKind, names: Names, sort: str) -> list[Row]:
    """A row for each place with any figure, sorted by a column; most first, names from A."""
    found = [
        (names.get((kind, code), code), code, months[None])
        for code, months in rows.items()
        if None in months and not months[None].is_empty()
    ]
    column = next((c for c in COLUMNS if c.key == sort), None)
    if column is None:
        found.sort(key=lambda row: row[0].casefold())
    else:
        found.sort(key=lambda row: (-(column.value(row[2]) or 0), row[0].casefold()))
    return [Row(code, name, _cells(figures)) for name, code, figures in found]


def month_rows(insight: Insight, months: Mapping[date | None, Figures]) -> list[Row]:
    """A row for each month of the span."""
    return [
        Row(f"{month:%Y-%m}", str(format_date(month, "MMMM y")), _cells(figures))
        for month, figures in insight.months(months)
    ]


def _cells(figures: Figures) -> list[Cell]:
    cells = []
    for column in COLUMNS:
        value = column.value(figures)
        cells.append(Cell(_number(value), column.what if value else None))
    return cells


def _number(value: float | None) -> str:
    return "-" if value is None else str(format_decimal(value))


def month_charts(
    insight: Insight, months: Mapping[date | None, Figures], *, place: bool
) -> list[Chart]:
    """Charts by month: of all, or of one place."""
    series = [figures for _month, figures in insight.months(months)]
    made = _Charts([month for month, _figures in insight.months(months)])
    told = (gettext("told by offices"), [f.given for f in series])
    inside = [f.house_given if place else f.house_received for f in series]
    house = (gettext("by our router and desks"), inside)
    sent = (gettext("sent around"), [f.sent_around for f in series])
    straight = (gettext("came straight"), [f.tickets - f.sent_around for f in series])
    found = [
        made.columns("tickets", gettext("Tickets"), [straight, sent]),
        made.columns("given", gettext("Wrong ways told"), [told, house]),
    ]
    if place:
        received = (gettext("wrongly sent here"), [f.received for f in series])
        found.append(made.columns("received", gettext("Wrongly sent here"), [received]))
    loops = (gettext("loops"), [f.loops for f in series])
    days, hops = [f.median_days for f in series], [f.median_hops for f in series]
    found += [
        made.columns("loops", gettext("Chains that came back"), [loops]),
        made.line("days", gettext("Median days to the right desk"), gettext("days"), days),
        made.line("hops", gettext("Median hops to the right desk"), gettext("hops"), hops),
    ]
    return found


class _Charts:
    """Makes charts over the same months."""

    def __init__(self, months: Sequence[date]) -> None:
        self._long = [str(format_date(month, "MMMM y")) for month in months]
        self._short = [
            str(format_date(month, "MMM yy" if len(months) > _FEW_MONTHS else "MMM"))
            for month in months
        ]

    def columns(self, code: str, title: str, series: Sequence[tuple[str, Sequence[int]]]) -> Chart:
        looks = [f"series-{number}" for number in range(1, len(series) + 1)]
        names = [name for name, _numbers in series]
        numbers = [values for _name, values in series]
        drawing = charts.columns(self._short, list(zip(looks, numbers, strict=True)))
        rows = [
            (month, *map(_number, values))
            for month, *values in zip(self._long, *numbers, strict=True)
        ]
        sums = ", ".join(f"{name}: {_number(sum(values))}" for name, values in series)
        legend = list(zip(looks, names, strict=True)) if len(series) > 1 else []
        return Chart(
            code, "columns", title, sums, drawing, legend, [gettext("Month"), *names], rows
        )

    def line(self, code: str, title: str, unit: str, numbers: Sequence[float | None]) -> Chart:
        rows = [(m, _number(n)) for m, n in zip(self._long, numbers, strict=True)]
        known = [n for n in numbers if n is not None]
        about = gettext("nothing is known yet")
        if known:
            values = {"least": _number(min(known)), "most": _number(max(known)), "unit": unit}
            about = gettext("from %(least)s to %(most)s %(unit)s", **values)
        drawing = charts.line(self._short, numbers)
        return Chart(code, "line", title, about, drawing, [], [gettext("Month"), unit], rows)


def flow_chart(
    insight: Insight, names: Names, about: Callable[[str | None, PlaceKind, str], bool]
) -> Chart | None:
    """Who sends whom the wrong way, as far as `about` lets it in; the picture shows the most."""
    somebody = gettext("Somebody")
    edges = [
        (
            names.get((PlaceKind.AGENCY, by), by) if by else somebody,
            names.get((kind, code), code),
            n,
        )
        for (by, kind, code), n in insight.flow.items()
        if about(by, kind, code)
    ]
    if not edges:
        return None
    edges.sort(key=lambda edge: (-edge[2], edge[0], edge[1]))
    drawing = charts.flow([(_short(a), _short(b), n) for a, b, n in edges[:MOST_STREAMS]])
    return Chart(
        "flow",
        "flow",
        gettext("Who sends whom the wrong way"),
        _most(edges),
        drawing,
        [],
        [gettext("Office"), gettext("sends to"), gettext("Times")],
        [(sender, place, _number(count)) for sender, place, count in edges],
    )


def _most(edges: Sequence[tuple[str, str, int]]) -> str:
    sender, place, count = edges[0]
    return str(
        gettext(
            "most often %(sender)s to %(place)s: %(count)s times",
            sender=sender,
            place=place,
            count=_number(count),
        )
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"


def tiles(insight: Insight) -> list[tuple[str, str]]:
    """The few numbers that say it all, with their words."""
    total = insight.total.get(None, Figures())
    return [
        (_number(total.tickets), gettext("tickets")),
        (_share(total.sent_around, total.tickets), gettext("were sent around")),
        (_number(total.given), gettext("wrong ways told")),
        (_number(total.loops), gettext("chains came back")),
        (_number(total.median_days), gettext("days to the right desk, median")),
        (_share(total.deflected, total.tickets), gettext("solved by the instant answer")),
        (_share(insight.router.get(None, 0), total.tickets), gettext("sent to a wrong desk by us")),
    ]


def _share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else "-"


def streams_of(
    registry: Registry, of: PlaceKind, place: str
) -> Callable[[str | None, PlaceKind, str], bool]:
    """Whether a stream begins or ends at a place; the systems of an agency are its own."""

    def is_about(by: str | None, kind: PlaceKind, code: str) -> bool:
        if of is PlaceKind.SYSTEM:
            return (kind, code) == (of, place)
        system = registry.systems.get(code) if kind is PlaceKind.SYSTEM else None
        return place in (by, system.owner if system else code)

    return is_about
