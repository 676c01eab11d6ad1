"""Make what a test needs, through the same acts as everybody."""

from uuid import uuid4

from app.accounts import service as accounts
from app.accounts.models import RoleName, User
from app.members import service as members
from app.routing.model import Facts
from app.tickets import service as tickets
from app.tickets.models import Ticket
from app.tickets.queries import get_ticket_by_link
from app.vault.openers import Holder

PASSWORD = "a long enough password"
PASSPHRASE = "orbit velvet cactus lantern"


def make_agent(*queues: str, email: str = "agent@rightdesk.example") -> User:
    """An agent who works the queues."""
    return accounts.create_user(email, "Avery Agent", PASSWORD, [RoleName.AGENT], queues)


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
