"""Create staff accounts."""

import click
from flask import current_app
from flask.cli import with_appcontext

from app.accounts import queries as accounts
from app.accounts import service
from app.accounts.models import RoleName
from app.core.errors import NotFoundError, RefusedError
from app.members import service as members
from app.registry import queries as registry


@click.group("staff")
def staff_group() -> None:
    """Accounts of help-desk staff."""


@staff_group.command()
@click.argument("email")
@click.option("--name", prompt=True, help="As colleagues see it.")
@click.option("--queue", "queues", multiple=True, help="Code of a queue; may be repeated.")
@click.option("--lead", "leads", multiple=True, help="Code of a queue this person leads.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([r.value for r in RoleName]),
    default=[RoleName.AGENT.value],
)
@click.password_option()
@with_appcontext
def create(
    email: str,
    name: str,
    queues: tuple[str, ...],
    leads: tuple[str, ...],
    roles: tuple[str, ...],
    password: str,
) -> None:
    """Create an account."""
    shortest = current_app.config["SECURITY_PASSWORD_LENGTH_MIN"]
    if len(password) < shortest:
        raise click.ClickException(f"A password has at least {shortest} characters.")
    known = {queue.code for queue in registry.list_queues()}
    if unknown := {*queues, *leads} - known:
        raise click.ClickException(f"No such queue: {', '.join(sorted(unknown))}")
    service.ensure_roles()
    try:
        service.create_user(
            email, name, password, [RoleName(role) for role in roles], {*queues, *leads}, leads
        )
    except RefusedError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{email} can sign in at /staff/sign-in.")


@staff_group.command()
@click.argument("email")
@click.argument("queue_code")
@click.option("--lead", is_flag=True, help="This person runs the queue.")
@with_appcontext
def join(email: str, queue_code: str, lead: bool) -> None:
    """Make somebody a member of a queue. It opens nothing: a fellow member grants that."""
    try:
        queue = registry.get_queue(queue_code)
        members.join_queue(None, accounts.get_user_by_email(email), queue.code, lead=lead)
    except NotFoundError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{email} works {queue_code}. A fellow member grants the key at /desk/vault.")


@staff_group.command()
@click.argument("email")
@click.argument("queue_code")
@with_appcontext
def leave(email: str, queue_code: str) -> None:
    """End a membership; the desk's key changes for those who stay."""
    try:
        members.leave_queue(None, accounts.get_user_by_email(email), queue_code)
    except (NotFoundError, RefusedError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{email} has left {queue_code}.")


@staff_group.command()
@click.argument("email")
@with_appcontext
def close(email: str) -> None:
    """Close an account: it signs in no more, and every key that it held changes."""
    try:
        members.deactivate(None, accounts.get_user_by_email(email))
    except (NotFoundError, RefusedError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"The account of {email} is closed.")


@staff_group.command("forget-vault")
@click.argument("email")
@click.confirmation_option(prompt="What only this person can open is lost then. Sure?")
@with_appcontext
def forget_vault(email: str) -> None:
    """Drop the vault of somebody who lost the passphrase and was the only one to open a desk."""
    try:
        members.forget_vault(None, accounts.get_user_by_email(email))
    except NotFoundError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{email} can set a new vault passphrase at /desk/vault.")
