"""`flask --app wsgi routing report`: the runaround, in plain tables."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.core import clock
from app.insight.measures import Figures, Insight, PlaceKind, Rows
from app.insight.months import Span, parse_month
from app.insight.names import Names, full_names, short_names
from app.insight.queries import get_insight
from app.insight.sheet import to_csv
from app.registry import queries as registry

HEADS = ("tickets", "sent", "given", "recvd", "loops", "hops", "days", "solved", "house", "tips")
LEGEND = """\
sent    tickets whose requester was sent somewhere first, or that moved from desk to desk
given   misdirections told by the office (of a system: told away from it)
recvd   misdirections that led there
loops   chains through it that came back to where they had been
hops, days   medians until the right desk took it on, of tickets that were sent
solved  by the instant answer
house   moves away from a desk that was not right, counted for the desk that had sent them there
tips    tips that tell of ways given or received so: months that are over only, in fives"""
NAME_WIDTH = 34


class _Month(click.ParamType[date]):
    name = "YYYY-MM"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            return parse_month(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.option("--from", "first", type=_Month(), help="First month; default eleven before the last.")
@click.option("--to", "last", type=_Month(), help="Last month; default this one.")
@click.option(
    "--csv",
    "file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write every figure to a CSV file instead.",
)
@with_appcontext
def report(first: date | None, last: date | None, file: Path | None) -> None:
    """Print misdirections, loops, hops and days, by month, office and system."""
    usual = Span.of_year_to(last or clock.today())
    span = Span(first or usual.first, last or usual.last)
    if fault := span.fault():
        raise click.BadParameter(fault, param_hint="--from, --to")
    insight, catalogue = get_insight(span), registry.get_current_registry()
    if file is not None:
        names = full_names(catalogue, clock.today())
        file.write_text(to_csv(insight, names), encoding="utf-8", newline="")
        click.echo(f"Written to {file}.")
        return
    for line in _lines(insight, short_names(catalogue)):
        click.echo(line)


def _lines(insight: Insight, names: Names) -> Iterable[str]:
    yield f"The runaround from {insight.span.first:%Y-%m} to {insight.span.last:%Y-%m}"
    yield ""
    yield from _table(
        "By month",
        [
            *((f"{month:%Y-%m}", figures) for month, figures in insight.months(insight.total)),
            ("all", insight.total.get(None, Figures())),
        ],
    )
    for title, kind, rows in (
        ("By office", PlaceKind.AGENCY, insight.agencies),
        ("By system", PlaceKind.SYSTEM, insight.systems),
    ):
        yield from _table(title, _places(rows, kind, names))
    for title, kind, rows in (
        ("By office and month", PlaceKind.AGENCY, insight.agencies),
        ("By system and month", PlaceKind.SYSTEM, insight.systems),
    ):
        yield from _table(title, _months(rows, kind, names))
    yield from _flow(insight, names)
    moved = insight.router.get(None, 0)
    yield f"The router: {insight.total[None].tickets} tickets, {moved} moved on by its first desk."
    yield ""
    yield LEGEND


def _places(rows: Rows, kind: PlaceKind, names: Names) -> list[tuple[str, Figures]]:
    found = [
        (names.get((kind, code), code), months.get(None, Figures()))
        for code, months in rows.items()
    ]
    return sorted(found, key=lambda row: (-row[1].given - row[1].received, row[0]))


def _months(rows: Rows, kind: PlaceKind, names: Names) -> list[tuple[str, Figures]]:
    return [
        (f"{month:%Y-%m} {names.get((kind, code), code)}", figures)
        for code, months in sorted(rows.items())
        for month, figures in sorted((m, f) for m, f in months.items() if m is not None)
    ]


def _table(title: str, rows: Sequence[tuple[str, Figures]]) -> Iterable[str]:
    shown = [(name, figures) for name, figures in rows if not figures.is_empty()]
    yield f"{title:<{NAME_WIDTH}}" + "".join(f"{head:>8}" for head in HEADS)
    if not shown:
        yield "nothing yet"
    for name, figures in shown:
        yield f"{_short(name):<{NAME_WIDTH}}" + "".join(f"{cell:>8}" for cell in _cells(figures))
    yield ""


def _short(name: str) -> str:
    return name if len(name) < NAME_WIDTH else name[: NAME_WIDTH - 2] + "…"


def _cells(figures: Figures) -> tuple[object, ...]:
    return (
        figures.tickets,
        figures.sent_around,
        figures.given,
        figures.received,
        figures.loops,
        _median(figures.median_hops),
        _median(figures.median_days),
        figures.deflected,
        figures.house_given,
        figures.tips_given + figures.tips_received,
    )


def _median(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _flow(insight: Insight, names: Names) -> Iterable[str]:
    yield "Who sends whom the wrong way"
    pairs = sorted(insight.flow.items(), key=lambda item: (-item[1], str(item[0])))
    for (told_by, kind, code), count in pairs:
        office = names.get((PlaceKind.AGENCY, told_by or ""), told_by or "somebody")
        yield f"{count:>8}  {office} → {names.get((kind, code), code)}"
    if not pairs:
        yield "nothing yet"
    yield ""
