"""The recovery key, and a look at who could open what."""

import json
import sys
from collections.abc import Iterator

import click
from flask import current_app
from flask.cli import with_appcontext

from app.accounts import queries as accounts
from app.core.errors import NotFoundError, RefusedError
from app.members import recovery
from app.vault import inspection
from app.vault import recovery_key as recovery_keys
from app.vault.errors import RecoveryError
from app.vault.models import KeyKind
from app.vault.openers import Holder

ADVICE = """
Each share is 33 words. Write each on paper, or print it, and give each to another person; no
file, no photograph, no mail. {enough} of them open everything that the desks can open.
They are shown now and never again. When all are on paper, clear this screen.
Members who have a vault pass their keys on to the recovery key when they next unlock:
`flask --app wsgi vault inspect` shows which keys it has."""


@click.group("vault")
def vault_group() -> None:
    """Keys: the recovery key, and who could open what."""


@vault_group.command("recovery-key")
@click.option("--threshold", default=1, show_default=True, help="How many shares restore it.")
@click.option("--shares", default=1, show_default=True, help="How many shares are made.")
@click.option("--replace", is_flag=True, help="Make a new one; the old one opens nothing more.")
@with_appcontext
def recovery_key(threshold: int, shares: int, replace: bool) -> None:
    """Make the recovery key, once, and print its shares, once."""
    try:
        mnemonics = recovery.create_key(threshold, shares, replace=replace)
    except RecoveryError as error:
        raise click.ClickException(str(error)) from None
    for number, mnemonic in enumerate(mnemonics, start=1):
        click.echo(f"Share {number} of {shares}:\n{_in_lines(mnemonic)}\n")
    enough = "Any holder" if threshold == 1 else f"Any {threshold}"
    click.echo(ADVICE.format(enough=enough).strip())
    if current_app.config["SETTINGS"].keys_dir is None:
        click.echo("What waits for the router now is not sealed to it: KEYS_DIR is not set here.")


def _in_lines(mnemonic: str) -> str:
    words = mnemonic.split()
    return "\n".join("  " + " ".join(words[start : start + 11]) for start in range(0, 33, 11))


@vault_group.command()
@click.option("--member", help="Mail address of a member who has set a new vault passphrase.")
@click.option("--router", is_flag=True, help="What waits for router keys of a lost disk.")
@with_appcontext
def restore(member: str | None, router: bool) -> None:
    """Use the recovery key. Asks for its shares; or reads them from standard input, one a line."""
    if bool(member) == router:
        raise click.UsageError("Say either --member or --router.")
    try:
        user = accounts.get_user_by_email(member) if member else None
        on_paper = recovery_keys.open_recovery(list(_ask_for_shares()))
        if user is None:
            _restore_router(on_paper)
            return
        for circle, granted, versions in recovery.restore_member(on_paper, user):
            click.echo(f"{circle.name}: {granted} of {versions} versions of its key")
    except (RecoveryError, RefusedError, NotFoundError) as error:
        raise click.ClickException(str(error)) from None


def _ask_for_shares() -> Iterator[str]:
    """Shares as they are typed, unseen, until an empty line; or the lines of standard input."""
    if not sys.stdin.isatty():
        yield from (line for line in sys.stdin if line.strip())
        return
    click.echo("One share at a time; nothing is shown. An empty line ends.")
    number = 1
    while share := click.prompt(f"Share {number}", hide_input=True, default="", show_default=False):
        yield share
        number += 1


def _restore_router(on_paper: Holder) -> None:
    if current_app.config["SETTINGS"].keys_dir is None:
        raise RefusedError("Run this on a worker: KEYS_DIR is not set here.")
    rescued, lost = recovery.restore_router(on_paper)
    click.echo(f"{rescued} records are sealed to today's router key and go on.")
    if lost:
        click.echo(f"{lost} records were never sealed to the recovery key: nobody can open them.")


@vault_group.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def inspect(as_json: bool) -> None:
    """Show for each key who could open it, and how much is sealed to it. Nothing secret."""
    found, boxes = inspection.list_keys(), inspection.count_mailboxes()
    people = {key.holder for key in found if key.kind == KeyKind.MEMBER}
    ids = {int(person) for person in people} | {m for key in found for m in key.members}
    names = {user.id: user.name for user in accounts.list_users(ids)}
    rows = [_row(key, names) for key in found]
    if as_json:
        mailboxes = {"keys": boxes.keys, "records": boxes.records}
        click.echo(json.dumps({"keys": rows, "mailboxes": mailboxes}, indent=2))
        return
    click.echo(
        f"{'key':<11}{'of':<28}{'version':>7}  {'made':<12}{'retired':<12}{'records':>7}  opened by"
    )
    for row in rows:
        click.echo(
            f"{row['kind']:<11}{row['holder']:<28}{row['version']:>7}  {row['created_on']:<12}"
            f"{row['retired_on'] or '-':<12}{row['records']:>7}  {_opened_by(row)}"
        )
    click.echo(f"{boxes.keys} mailboxes of tips: {boxes.records} records, opened by receipts only")


def _row(key: inspection.KeyReport, names: dict[int, str]) -> dict[str, object]:
    member = key.kind == KeyKind.MEMBER
    return {
        "id": str(key.id),
        "kind": str(key.kind),
        "holder": names.get(int(key.holder), "(no account)") if member else key.holder or "-",
        "version": key.version,
        "created_on": key.created_on.isoformat(),
        "retired_on": key.retired_on.isoformat() if key.retired_on else None,
        "records": key.records,
        "members": [names.get(person, "(no account)") for person in key.members],
        "recovery": key.recovery,
        "on_worker": key.on_worker,
        "on_paper": key.kind == KeyKind.RECOVERY and key.retired_on is None,
    }


def _opened_by(row: dict[str, object]) -> str:
    members = row["members"]
    ways = [str(name) for name in members] if isinstance(members, list) else []
    ways += ["recovery key"] if row["recovery"] else []
    ways += ["this worker"] if row["on_worker"] else []
    ways += ["its shares on paper"] if row["on_paper"] else []
    return ", ".join(ways) or ("(file missing here)" if row["on_worker"] is False else "nobody")
