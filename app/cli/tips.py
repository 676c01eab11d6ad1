"""The end of tips: how long they are kept, legal holds, and the report of what was destroyed."""

from typing import TextIO

import click
from flask.cli import with_appcontext

from app.core.errors import NotFoundError, RefusedError
from app.registry import service as registry
from app.tips import destruction, queries
from app.vault import service as vault
from app.vault.errors import ProofError


@click.group("tips")
def tips_group() -> None:
    """How long tips are kept, and what was destroyed. No command shows what a tip says."""


@tips_group.command()
@click.argument("queue")
@click.argument("days", type=click.IntRange(1, 36_500))
@with_appcontext
def retention(queue: str, days: int) -> None:
    """Keep closed tips of QUEUE for DAYS days; after that they are destroyed."""
    try:
        registry.set_tip_retention(queue, days)
    except NotFoundError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Closed tips of {queue} are destroyed {days} days after they were closed.")


@tips_group.command()
@click.argument("number")
@click.option("--on/--off", "on", required=True, help="Put the tip under legal hold, or end it.")
@with_appcontext
def hold(number: str, on: bool) -> None:
    """Keep tip NUMBER (T-0a1b2c3d) whatever its age, until the hold ends."""
    try:
        tip = queries.get_tip_by_number(number)
        destruction.hold(tip, on=on)
    except (NotFoundError, RefusedError) as error:
        raise click.ClickException(str(error)) from None
    if on:
        click.echo(f"{tip.number} is under legal hold: neither time nor its source destroys it.")
    else:
        click.echo(f"{tip.number} is under no legal hold.")
        if tip.source_has_left:
            click.echo("Its source has deleted it, so it is destroyed within the hour.")


@tips_group.command()
@with_appcontext
def report() -> None:
    """Print how much was destroyed, day by day, from which queue and why."""
    click.echo(f"{'day':<12}{'queue':<28}{'cause':<11}{'tips':>6}{'messages':>10}{'files':>7}")
    for line in queries.list_destructions():
        click.echo(
            f"{line.destroyed_on:%Y-%m-%d}  {line.queue_code or '(not routed)':<28}{line.cause:<11}"
            f"{line.tips:>6}{line.messages:>10}{line.files:>7}"
        )


@tips_group.command("check-proof")
@click.argument("file", type=click.File(encoding="utf-8"))
@with_appcontext
def check_proof(file: TextIO) -> None:
    """Check a proof of filing (FILE, or - for standard input), and say what it proves."""
    try:
        statement = vault.check_proof(file.read())
    except ProofError:
        raise click.ClickException("This is not a proof that we signed.") from None
    click.echo(f"We signed it: received on {statement.day}, sealed bytes {statement.digest.hex()}.")
