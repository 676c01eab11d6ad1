"""Measure, train and report on the router."""

import click

from app.cli.evaluate import evaluate
from app.cli.learning import models, teach, train
from app.cli.routing_report import report


@click.group("routing")
def routing_group() -> None:
    """How well the router decides, what it learned, and what the referrals tell."""


routing_group.add_command(evaluate)
routing_group.add_command(report)
routing_group.add_command(train)
routing_group.add_command(teach)
routing_group.add_command(models)
