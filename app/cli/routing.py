"""Measure, train and report on the router."""

import click


@click.group("routing")
def routing_group() -> None:
    """How well the router decides, what it learned, and what the referrals tell."""
