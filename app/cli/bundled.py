"""What comes with the program: the registry and the first rule book."""

from pathlib import Path

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.core.errors import UnavailableError
from app.registry.file import parse_registry
from app.routing import queries
from app.routing.guide import Guide
from app.routing.rules import parse_rule_book

BUNDLED = Path(__file__).resolve().parents[1] / "registry" / "nyc.toml"
FIRST_RULES = BUNDLED.parents[1] / "routing" / "rules.toml"


def read_file(file: Path) -> str:
    """The text of a registry file; a message and a non-zero exit when it is not UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8 text (byte {error.start}).") from None


def current_guide() -> Guide:
    """What the router goes by; without a database, what comes with the program."""
    try:
        return queries.get_current_guide()
    except (OperationalError, ProgrammingError, UnavailableError):
        click.echo("No registry in a database: using the one that comes with Rightdesk.", err=True)
        return bundled_guide()


def bundled_guide() -> Guide:
    """The registry and the rules that come with the program."""
    registry = parse_registry(read_file(BUNDLED), revision=0)
    return Guide(registry, parse_rule_book(read_file(FIRST_RULES), registry))
