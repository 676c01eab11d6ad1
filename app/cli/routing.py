"""Measure the router and what it has seen: `flask --app wsgi routing …`."""

import click


@click.group("routing")
def routing_group() -> None:
    """How well the router does, and where vendors are sent the wrong way."""
