"""Load and check the registry of agencies, systems and tasks."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cases.left_behind import refuse_to_leave_behind
from app.cli.bundled import read_file
from app.core.errors import UnavailableError
from app.registry import queries, service
from app.registry.faults import RegistryFileError
from app.registry.file import parse_registry
from app.registry.writing import registry_to_toml

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group("registry")
def registry_group() -> None:
    """Agencies, systems, tasks and rules, with their dates."""


@registry_group.command()
@_FILE
def check(file: Path) -> None:
    """Check a registry file; name every row that cannot be accepted."""
    try:
        found = parse_registry(read_file(file), revision=0)
    except RegistryFileError as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"{file}: {len(found.agencies)} agencies, {len(found.systems)} systems, "
        f"{len(found.tasks)} tasks. No faults."
    )


@registry_group.command()
@_FILE
@click.option("--note", default="", help="Why; the history keeps it.")
@with_appcontext
def load(file: Path, note: str) -> None:
    """Check a registry file and put it in force."""
    before, text = queries.find_current_registry(), read_file(file)
    try:
        refuse_to_leave_behind(parse_registry(text, revision=0))
        loaded = service.load_registry(text, note=note[:200])
    except RegistryFileError as error:
        raise click.ClickException(str(error)) from None
    if before and before.revision == loaded.revision:
        click.echo(f"Nothing changed: revision {loaded.revision} is in force already.")
    else:
        click.echo(f"Revision {loaded.revision} is in force.")


@registry_group.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@with_appcontext
def export(file: Path | None) -> None:
    """Write the registry in force as a file that `check` and `load` accept."""
    try:
        text = registry_to_toml(queries.get_current_registry())
    except UnavailableError as error:
        raise click.ClickException(str(error)) from None
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
        click.echo(f"Written to {file}.")
