"""Bring an installation up to date before its processes start."""

import logging

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.cli import demo
from app.cli.bundled import BUNDLED, FIRST_RULES, read_file
from app.registry import queries as registry
from app.registry import service as registry_service
from app.routing import service as routing_service
from app.tips import destruction
from app.vault import worker_keys


@click.command()
@click.option("--demo", "with_demo", is_flag=True, help="On an empty installation, add demo data.")
@with_appcontext
def prepare(with_demo: bool) -> None:
    """Migrate, load the bundled registry and rules if none are, create missing keys. Repeatable.

    Tips that an old backup has brought back are destroyed again.
    """
    logging.getLogger("alembic").setLevel(logging.WARNING)
    upgrade()
    if registry.find_current_registry() is None:
        registry_service.load_registry(read_file(BUNDLED))
    routing_service.ensure_rule_book(read_file(FIRST_RULES))
    accounts_service.ensure_roles()
    if current_app.config["SETTINGS"].keys_dir is not None:
        worker_keys.ensure_worker_keys()
        worker_keys.rotate_router()
        destruction.destroy_restored()
    if with_demo and current_app.config["SETTINGS"].production:
        raise click.ClickException("Demo accounts have public passwords: not in production.")
    if with_demo:
        if accounts.count_users() == 0:
            demo.create()
        demo.print_sign_ins()
