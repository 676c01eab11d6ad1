"""Before a member is let in to a desk: tips that name them are kept from them."""

from app.accounts.models import User
from app.core.unit_of_work import unit_of_work
from app.members import service as members
from app.members.circles import Circle
from app.tips import queries
from app.tips import service as tips
from app.tips.models import Tip
from app.tips.named import is_named
from app.vault import service as vault
from app.vault.models import KeyKind
from app.vault.openers import Opener


def grant(actor: User, opener: Opener, circle: Circle, member: User) -> None:
    """Let a fellow member open what a circle opens, but no tip that names them.

    Such a tip is sealed to those alone who could open it until now. Raises RefusedError as
    `members.grant` does.
    """
    with unit_of_work():
        if circle.kind == KeyKind.DESK:
            for tip in queries.list_all(circle.holder):
                if _names(tip, member, opener):
                    tips.seal_to_present_readers(tip, opener)
        members.grant(actor, opener, circle, member)


def _names(tip: Tip, member: User, opener: Opener) -> bool:
    content = vault.try_to_open(tip.content, opener)
    return content is not None and is_named(member.name, content["text"])
