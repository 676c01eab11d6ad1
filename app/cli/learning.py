"""Train the learner, and list what was trained with its figures."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.evaluate import OURS
from app.core import background
from app.core.errors import RefusedError
from app.routing import queries, taught
from app.routing.models import LearnedModel
from config import ROOT

TEXTS = ROOT / "app" / "learning" / "texts"


@click.command()
@with_appcontext
def train() -> None:
    """Learn now from the tickets that ended; the nightly job does the same."""
    try:
        number = background.job("learning.train_now")()
    except RefusedError as error:
        raise click.ClickException(str(error)) from None
    [model] = queries.list_learned_models(limit=1)
    kept = "is in use now" if model.in_use else "is no better than what is in use: not kept"
    click.echo(f"Model {number} {kept}.")
    _print(model)


@click.command()
@with_appcontext
def models() -> None:
    """List what was trained, newest first; the star marks the model in use."""
    found = queries.list_learned_models()
    if not found:
        click.echo("Nothing was trained yet: `flask --app wsgi routing train`.")
    for model in found:
        _print(model)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def teach(files: tuple[Path, ...]) -> None:
    """Learn tasks and topics from FILES of labelled texts (JSON lines); without any, from ours."""
    count = background.job("learning.teach")(files or _our_texts())
    for file in (taught.TASKS, taught.TOPICS):
        click.echo(f"{file.name}: {file.stat().st_size:,} bytes, from {count} texts")


def _our_texts() -> list[Path]:
    """Those written to learn from, and those on which the router was improved."""
    return [*sorted(TEXTS.glob("*.jsonl")), *sorted(OURS.glob("tuned*.jsonl"))]


def _print(model: LearnedModel) -> None:
    figures = model.figures
    click.echo(
        f"{'*' if model.in_use else ' '} {model.id:>4}  {model.trained_at:%Y-%m-%d %H:%M}  "
        f"{model.examples} tickets, {figures['queues']} desks; of {figures['held_out']} held out:"
    )
    _print_measures("this model", figures)
    if figures["before"]:
        _print_measures(f"model {figures['before_id']}", figures["before"])
    rules, left = figures["rules"], figures["left_over"]
    click.echo(
        f"         rules         right {rules['accuracy']:.1%}, where they decided "
        f"({rules['decided']:.1%}) {rules['decided_accuracy']:.1%}"
    )
    click.echo(
        f"         this model on the {left['tickets']} that rules left over: "
        f"right {left['accuracy']:.1%}"
    )


def _print_measures(who: str, measures: dict[str, float]) -> None:
    click.echo(
        f"         {who:<13} right {measures['accuracy']:.1%}, among three "
        f"{measures['among_three']:.1%}, log loss {measures['log_loss']:.3f}, calibration error "
        f"{measures['calibration_error']:.3f}, sure of {measures['certain']:.1%} "
        f"(right {measures['certain_accuracy']:.1%})"
    )
