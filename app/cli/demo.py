"""Demo staff and tickets for the first `make run`. The texts are our own."""

from uuid import uuid4

import click

from app.accounts import queries as accounts_queries
from app.accounts import service as accounts
from app.accounts.models import RoleName
from app.members import service as members
from app.members.circles import circles_of
from app.registry import queries as registry
from app.routing.model import Facts
from app.tickets import service as tickets
from app.tips import service as tips

PASSWORD = "demo-rightdesk-2026"  # noqa: S105 (printed at each start, for development only)
PASSPHRASE = "harbor lantern violet stone ribbon"  # noqa: S105 (as above)
"""For the demo accounts of development only; `prepare --demo` refuses production."""

TICKETS = (
    (
        "We won our first contract and want to be paid for the work of last spring. In the new "
        "system, the Ivalua one, our account got stuck, and the comptroller's office told us "
        "on the phone to fill in the old Vendex forms instead. Which one is it?",
        "Harbor Light Signs LLC",
        "Rosa Delgado",
        "rosa@harborlight.example",
        Facts(told_by="comptroller"),
    ),
    (
        "Our bank changed. Somebody at PASSPort support sent us to PIP for the direct deposit, "
        "is that right? We do not want the checks to go to the old account.",
        "Fourth Avenue Catering",
        "Minh Tran",
        "office@fourthavenue.example",
        Facts(task=None, system="pip"),
    ),
    (
        "invoice from march still not paid. dycd says ask mocs, mocs says ask the agency. "
        "we are 9 people and payroll is friday",
        "Bright Steps Youth Inc",
        "Denise Okafor",
        "denise@brightsteps.example",
        Facts(),
    ),
    (
        "I cannot log in to PASSPort any more since I have a new phone. The code never arrives.",
        "Kessler & Daughters Plumbing",
        "Ann Kessler",
        "ann@kesslerplumbing.example",
        Facts(),
    ),
    (
        "Hello, how do we renew our M/WBE certificate? The letter has no address on it.",
        "Sunrise Print Shop",
        "Amara Diallo",
        "amara@sunriseprint.example",
        Facts(),
    ),
    (
        "Somebody called about our application last week and we missed it. Who was that?",
        "Old Mill Movers",
        "Peter Novak",
        "peter@oldmill.example",
        Facts(),
    ),
)

TIP = (
    "A project manager at a city agency lets one company see the other bids before the "
    "deadline. I have seen the messages twice. People who asked about it lost their next order."
)

CONTACT = "I sit two desks away. Ask for Sam in the evening, 212 555 0199."

STAFF = (
    (
        "agent@rightdesk.example",
        "Avery Agent",
        (RoleName.AGENT,),
        ("mocs", "fisa", "general-triage"),
        (),
    ),
    ("lead@rightdesk.example", "Lee Lead", (RoleName.AGENT,), None, None),
    ("custodian@rightdesk.example", "Cruz Custodian", (RoleName.CUSTODIAN,), (), ()),
    ("admin@rightdesk.example", "Ada Admin", (RoleName.ADMIN,), (), ()),
)
"""Address, name, roles, queues, queues led. None: every queue."""


def create() -> None:
    """Create the demo staff, tickets and one tip, through the same doors as everybody's."""
    every = [queue.code for queue in registry.list_queues()]
    for email, name, roles, queues, leads in STAFF:
        mine = every if queues is None else [code for code in queues if code in every]
        accounts.create_user(email, name, PASSWORD, roles, mine, every if leads is None else leads)
    _open_vaults()
    for text, company, name, mail, facts in TICKETS:
        filing = tickets.Filing(
            submission=uuid4(), text=text, company=company, name=name, mail=mail, facts=facts
        )
        tickets.file_ticket(filing)
    tips.file_tip(tips.TipFiling(submission=uuid4(), text=TIP, topic="wrongdoing", contact=CONTACT))


def _open_vaults() -> None:
    """Give those who work with sealed things a vault; the lead grants the agent."""
    lead = accounts_queries.get_user_by_email("lead@rightdesk.example")
    agent = accounts_queries.get_user_by_email("agent@rightdesk.example")
    custodian = accounts_queries.get_user_by_email("custodian@rightdesk.example")
    opener = members.set_passphrase(lead, PASSPHRASE)
    for member in (agent, custodian):
        members.set_passphrase(member, PASSPHRASE)
    for circle in circles_of(agent):
        members.grant(lead, opener, circle, agent)


def print_sign_ins() -> None:
    """Say how to sign in as each of the demo staff."""
    click.echo(f"Demo sign-ins, all with the password {PASSWORD}")
    click.echo(f"and the vault passphrase “{PASSPHRASE}”:")
    for email, _name, roles, queues, _leads in STAFF:
        scope = "every queue" if queues is None else ", ".join(queues) or "no queue"
        click.echo(f"  {email:<30}{', '.join(roles)} ({scope})")
