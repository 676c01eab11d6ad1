"""Show what the router decides for a text."""

import json
import sys
from datetime import date, datetime

import click
from flask.cli import with_appcontext

from app.cli.bundled import current_guide
from app.core import clock
from app.routing.decide import decide
from app.routing.model import Facts, Referral, decision_to_document
from app.routing.reasons import sentence


def _referral(referral: Referral) -> dict[str, str | None]:
    """A referral as `routing eval` reads it, with its proof as a sentence."""
    day = referral.happened_on
    return {
        "by": referral.told_by,
        "from_system": referral.from_system,
        "to_system": referral.to_system,
        "to_agency": referral.to_agency,
        "verdict": referral.verdict,
        "on": day.isoformat() if day else None,
        "because": sentence(referral.proof),
    }


@click.command()
@click.option("--text", help="The text; without it, standard input is read.")
@click.option("--task", help="Code of the task that was chosen in the form.")
@click.option("--system", help="Code of the system that was named in the form.")
@click.option("--told-by", help="Code of the office that sent the filer elsewhere.")
@click.option("--told-system", help="Code of the system the filer was sent to.")
@click.option("--on", "on_date", type=click.DateTime(["%Y-%m-%d"]), help="Day; default today.")
@with_appcontext
def route(
    text: str | None,
    task: str | None,
    system: str | None,
    told_by: str | None,
    told_system: str | None,
    on_date: datetime | None,
) -> None:
    """Print the router's decision for any text, as JSON."""
    day: date = on_date.date() if on_date else clock.today()
    facts = Facts(task=task, system=system, told_by=told_by, told_system=told_system)
    decision = decide(text if text is not None else sys.stdin.read(), facts, current_guide(), day)
    document = decision_to_document(decision)
    document["reasons"] = [sentence(reason) for reason in decision.reasons]
    document["referrals"] = [_referral(referral) for referral in decision.referrals]
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
