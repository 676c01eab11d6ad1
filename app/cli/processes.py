"""The long-running processes besides the web server."""

import click
from flask.cli import with_appcontext

from app.core import background


@click.command()
@click.option("--burst", is_flag=True, help="Stop when the queues are empty.")
@with_appcontext
def worker(burst: bool) -> None:
    """Carry out RQ jobs. Start as many as there is work for."""
    background.run_worker(burst=burst)


@click.command()
@with_appcontext
def scheduler() -> None:
    """Enqueue the periodic jobs. One is enough; two do no harm."""
    background.run_scheduler()
