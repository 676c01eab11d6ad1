"""`flask routing eval`: how well the router decides labelled texts."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.bundled import bundled_guide, current_guide
from app.core import clock
from app.routing.baseline import decide_by_keywords
from app.routing.decide import decide
from app.routing.evaluation import (
    HIGH_CONFIDENCE,
    OWN_WORDS,
    Case,
    Miss,
    Overlap,
    Rate,
    Scores,
    read_case,
    score,
)
from app.routing.guide import Guide
from app.routing.model import Decision, Facts
from app.routing.reasons import sentence
from config import ROOT

OURS = ROOT / "bench" / "routing"
DOMAIN = Path(os.environ.get("RIGHTDESK_DOMAIN", ROOT.parent / "shared" / "domain"))
"""Where the public passages lie whose labels are in real.jsonl; their text is not ours to keep."""


@click.command("eval")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--misses/--no-misses", default=True, help="Show what was decided otherwise.")
@click.option("--bundled", is_flag=True, help="By the registry and rules of the program.")
@with_appcontext
def evaluate(files: tuple[Path, ...], *, misses: bool, bundled: bool) -> None:
    """Measure the router on FILES of labelled texts (JSON lines); without any, on its own."""
    guide = bundled_guide() if bundled else current_guide()
    for file in files or sorted(OURS.glob("*.jsonl")):
        for title, cases in _groups(file, guide).items():
            _report(f"{file.name}: {title}", cases, guide, misses=misses)


def _groups(file: Path, guide: Guide) -> dict[str, list[Case]]:
    """The cases of a file; people's own words apart from official prose, and splits apart."""
    groups: dict[str, list[Case]] = {}
    for number, line in enumerate(_lines(file), 1):
        try:
            case = read_case(line, guide.registry)
        except (KeyError, ValueError, TypeError) as error:
            raise click.ClickException(f"{file}, case {number}: {error}") from None
        whose = "all"
        if case.voice:
            whose = "people's own words" if case.voice in OWN_WORDS else "official prose"
        split = f", {line['split']}" if "split" in line else ""
        groups.setdefault(whose + split, []).append(case)
    return groups


def _lines(file: Path) -> Iterator[dict[str, object]]:
    """Lines with their texts; labels without a text get that of the public passage, if here."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
    passages = DOMAIN / "passages.jsonl"
    known = {}
    if any("text" not in line for line in lines):
        if not passages.exists():
            click.echo(f"{file.name}: left out, {passages} is not here", err=True)
            return
        texts = passages.read_text(encoding="utf-8").splitlines()
        known = {passage["id"]: passage for passage in map(json.loads, texts)}
    for line in lines:
        yield known.get(line["id"], {}) | line


def _report(title: str, cases: list[Case], guide: Guide, *, misses: bool) -> None:
    def by_router(case: Case) -> Decision:
        return decide(case.text, Facts(), guide, case.on_date or clock.today())

    def by_keywords(case: Case) -> Decision:
        return decide_by_keywords(case.text, guide.registry, case.on_date or clock.today())

    scores, baseline = score(cases, by_router), score(cases, by_keywords)
    click.secho(f"\n{title} ({scores.cases} texts)", bold=True)
    click.echo(f"{'':36}{'router':>9}{'keywords':>10}")
    for name, read in MEASURES:
        click.echo(f"{name:<36}{read(scores):>9}{read(baseline):>10}")
    for (wanted, found), count in scores.confusion.most_common():
        click.echo(f"  {count:>3} x {wanted} went to {found}")
    if misses:
        for miss in scores.misses:
            _show(miss)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _rate(read: Callable[[Scores], Rate]) -> Callable[[Scores], str]:
    return lambda scores: _percent(read(scores).value)


def _overlap(
    read: Callable[[Scores], Overlap], part: Callable[[Overlap], float]
) -> Callable[[Scores], str]:
    def show(scores: Scores) -> str:
        overlap = read(scores)
        return _percent(part(overlap)) if overlap.found or overlap.wanted else "-"

    return show


MEASURES: tuple[tuple[str, Callable[[Scores], str]], ...] = (
    ("right queue", _rate(lambda s: s.queues)),
    (f"right queue, confidence ≥ {HIGH_CONFIDENCE}", _rate(lambda s: s.sure_queues)),
    ("  share of labelled queues so sure", lambda s: _share(s.sure_queues, s.queues)),
    ("topics, F1", _overlap(lambda s: s.topics, lambda o: o.f1)),
    ("referrals, precision", _overlap(lambda s: s.referrals, lambda o: o.precision)),
    ("referrals, recall", _overlap(lambda s: s.referrals, lambda o: o.recall)),
    ("referrals, F1", _overlap(lambda s: s.referrals, lambda o: o.f1)),
    ("  F1 of who sent whom where to", _overlap(lambda s: s.edges, lambda o: o.f1)),
    ("verdicts of found referrals", _rate(lambda s: s.verdicts)),
)


def _share(some: Rate, of: Rate) -> str:
    return _percent(some.tries / of.tries if of.tries else None)


def _show(miss: Miss) -> None:
    reasons = " ".join(sentence(reason) for reason in miss.decision.reasons)
    click.echo(f"  {miss.case.id} {miss.what}: {miss.found}, not {miss.wanted}. {reasons}")
