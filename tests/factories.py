"""Make what a test needs, through the same acts as everybody."""

import os
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import update

from app.accounts import service as accounts
from app.accounts.models import RoleName, User
from app.cases.matching import match_tips
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.members import service as members
from app.problems import service as problems
from app.problems.models import Problem, ProblemState
from app.routing.model import Facts
from app.routing.models import DecisionRecord
from app.tickets import service as tickets
from app.tickets.models import Ticket
from app.tickets.queries import get_ticket_by_link
from app.tips import queries as tips
from app.tips.models import Tip, TipMessage, TipMessageKind
from app.vault import service as vault
from app.vault.openers import Holder

PASSWORD = "a long enough password"
PASSPHRASE = "orbit velvet cactus lantern"
WRONG_WAY = (
    "We must file our responsibility questionnaire. The comptroller's office told us to use "
    "Vendex instead of PASSPort."
)
"""The words of a vendor who was sent from PASSPort to VENDEX."""
OTHER_TASK = "We cannot sign in. The comptroller told us to use Vendex instead of PASSPort."
"""The same wrong way on another errand: the task is told, so that it is no matter of guessing."""


def make_agent(*queues: str, email: str = "agent@rightdesk.example") -> User:
    """An agent who works the queues."""
    return accounts.create_user(email, "Avery Agent", PASSWORD, [RoleName.AGENT], queues)


def make_lead(*queues: str, email: str = "lead@rightdesk.example", name: str = "Lee Lead") -> User:
    """An agent who works and leads the queues."""
    return accounts.create_user(email, name, PASSWORD, [RoleName.AGENT], queues, queues)


def make_custodian(email: str = "custodian@rightdesk.example") -> User:
    """A custodian of identities."""
    return accounts.create_user(email, "Cruz Custodian", PASSWORD, [RoleName.CUSTODIAN])


def open_vault(user: User) -> Holder:
    """Give a member a vault; return what an unlocked vault gives."""
    return members.set_passphrase(user, PASSPHRASE)


def make_ticket(text: str = "I cannot log in to PASSPort.", **facts: str) -> Ticket:
    """A ticket, not yet routed."""
    token = tickets.file_ticket(
        tickets.Filing(
            submission=uuid4(),
            text=text,
            company="Harbor Light Signs",
            name="Rosa Delgado",
            mail="rosa@harborlight.example",
            phone="212 555 0100",
            facts=Facts(**facts),
        )
    )
    return get_ticket_by_link(token)


def make_wrongly_sent(text: str = WRONG_WAY) -> str:
    """A ticket of a vendor like no other, who was sent the wrong way; its private link's token."""
    return tickets.file_ticket(
        tickets.Filing(
            submission=uuid4(),
            text=text,
            company="Harbor Light Signs",
            name="Rosa Delgado",
            mail=f"{uuid4().hex}@vendors.example",
        )
    )


def make_problem(**fields: object) -> Problem:
    """A proposed problem without members, of a hop that no ticket of the tests tells of."""
    today = clock.today()
    known = {"title": "Sent to PIP for a bond", "state": ProblemState.PROPOSED, "task_code": None}
    days = {"first_on": today, "last_on": today, "proposed_on": today}
    with unit_of_work():
        problem = Problem(to_system_code="pip", **(known | days | fields))
        db.session.add(problem)
    return problem


def let_a_day_pass() -> None:
    """Everything was decided a day earlier; what the clock does then is done with tips."""
    with unit_of_work():
        a_day_earlier = DecisionRecord.decided_on - timedelta(days=1)
        db.session.execute(update(DecisionRecord).values(decided_on=a_day_earlier))
    with unit_of_work():
        match_tips()
    problems.tidy()


def find_tip(words: str) -> Tip:
    """The tip of a receipt."""
    tip = tips.find_tip_by_lookup(vault.derive_receipt(words).lookup_id)
    assert tip
    return tip


def make_reply(tip: Tip, text: str = "Which month was it?") -> TipMessage:
    """A reply of the desk, which the source can read."""
    with unit_of_work():
        message = TipMessage(
            id=uuid4(),
            tip_id=tip.id,
            position=tips.next_position(tip),
            submission_hash=os.urandom(32),
            kind=TipMessageKind.REPLY,
            written_on=clock.today(),
            content=vault.seal_like(
                tip.content, "tip-message", {"text": text}, mailbox=tip.mailbox
            ),
        )
        db.session.add(message)
    return message
