"""Bring an installation up to date before its processes start."""

import logging

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.cli import demo
from app.cli.registry import BUNDLED, read_file
from app.core.unit_of_work import unit_of_work
from app.registry import queries as registry
from app.registry import service as registry_service
from app.vault import service as vault


@click.command()
@click.option("--demo", "with_demo", is_flag=True, help="On an empty installation, add demo data.")
@with_appcontext
def prepare(with_demo: bool) -> None:
    """Migrate, load the bundled registry if none is loaded, create missing keys. Repeatable."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    upgrade()
    if registry.find_current_registry() is None:
        registry_service.load_registry(read_file(BUNDLED))
    accounts_service.ensure_roles()
    if current_app.config["SETTINGS"].keys_dir is not None:
        with unit_of_work():
            vault.ensure_keys(queue.code for queue in registry.list_queues())
    if with_demo:
        if accounts.count_users() == 0:
            demo.create()
        demo.print_sign_ins()
