"""Vaults of staff: who of the members can open what their queues hold, and how that changes.

Membership says who works a queue; it opens nothing. A member opens a desk's tips only after a
fellow member who can has granted it, so nobody who configures accounts can read by that.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.accounts.models import RoleName, User
from app.audit import service as audit
from app.core import background
from app.core.errors import RefusedError
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.members.circles import CUSTODIANS, Circle, circles_of, desk
from app.outbox import service as outbox
from app.vault import lockers, member_vaults, passphrases, shared_keys
from app.vault import queries as vault
from app.vault.errors import KeyMissingError, NotHeldError, WrongPassphraseError
from app.vault.models import KeyKind
from app.vault.openers import Holder, Opener

UNLOCKED = lockers.LockerKind("unlocked", idle=15 * 60, longest=12 * 3600)
TRIES = 5
TRIES_WITHIN = 15 * 60


def has_vault(user: User) -> bool:
    """True once the member has set a vault passphrase."""
    return vault.find_member_vault(str(user.id)) is not None


def set_passphrase(user: User, passphrase: str) -> Holder:
    """Give a member a vault, or after a lost passphrase a new one; raise RefusedError if weak.

    Circles that nobody else can open begin anew with this member. In all others a fellow
    member has to grant.
    """
    _check_strength(user, passphrase)
    with unit_of_work():
        for circle in circles_of(user):
            _check_not_last(circle, user)
        holder = member_vaults.create_member_vault(str(user.id), passphrase)
        audit.record("members.set_passphrase", "user", user.id, user.id)
        for circle in circles_of(user):
            _found_if_empty(circle, user)
            _settle(circle)
        return holder


def forget_vault(actor: User | None, user: User) -> None:
    """Drop a member's vault, though nobody else may be able to open what it opened."""
    with unit_of_work():
        member_vaults.drop_member_vault(str(user.id))
        audit.record("members.forget_vault", "user", user.id, actor.id if actor else None)


def _check_strength(user: User, passphrase: str) -> None:
    known = (user.name, user.email, *user.name.split(), "rightdesk")
    if fault := passphrases.weakness(passphrase, known):
        raise RefusedError(fault)


def _found_if_empty(circle: Circle, user: User) -> None:
    if shared_keys.found_if_empty(*circle, str(user.id)):
        audit.record("members.found", "queue", circle.holder, user.id)
        _settle(circle)


def _settle(circle: Circle) -> None:
    """Hand to a desk that has a key what was waiting for one."""
    if circle.kind == KeyKind.DESK:
        outbox.promise("tickets.settle", queue_code=circle.holder)
        outbox.promise("tips.settle", queue_code=circle.holder)


def unlock(user: User, passphrase: str) -> str:
    """Open a member's vault; return the cookie that keeps it open.

    Raises RefusedError for a wrong passphrase and after too many tries.
    """
    with _limited(user):
        holder = member_vaults.unlock_member_vault(str(user.id), passphrase)
    return open_for(user, holder)


@contextmanager
def _limited(user: User) -> Iterator[None]:
    """Let a passphrase be tried a few times; RefusedError for a wrong one, and after those."""
    name = f"rightdesk:unlock-tries:{user.id}"
    if background.count_up(name, TRIES_WITHIN) > TRIES:
        raise RefusedError("Too many tries. Please wait a quarter of an hour.")
    try:
        yield
    except WrongPassphraseError:
        raise RefusedError("This is not your vault passphrase.") from None
    background.forget(name)


def open_for(user: User, holder: Holder) -> str:
    """Keep a vault open for a visit; return the cookie. Recovery gets what it does not have."""
    shared_keys.complete_recovery(holder)
    return lockers.keep(UNLOCKED, str(user.id), holder)


def find_opener(user: User, cookie: str | None) -> Opener | None:
    """The member's opener while the vault is unlocked; None when it is locked."""
    holder = lockers.look(UNLOCKED, str(user.id), cookie)
    current = vault.find_member_vault(str(user.id)) if holder else None
    return holder if holder and current and current.key_id == holder.key_id else None


def lock(cookie: str | None) -> None:
    """Lock a vault."""
    lockers.empty(UNLOCKED, cookie)


def change_passphrase(user: User, old: str, new: str) -> None:
    """Change a vault passphrase; raise RefusedError when the old one is wrong or the new weak."""
    _check_strength(user, new)
    with _limited(user), unit_of_work():
        member_vaults.change_passphrase(str(user.id), old, new)
        audit.record("members.change_passphrase", "user", user.id, user.id)


def grant(actor: User, opener: Opener, circle: Circle, member: User) -> None:
    """Let a fellow member open what the circle opens; both must belong to it."""
    with unit_of_work():
        shared_keys.lock(*circle)
        db.session.refresh(member)
        if circle not in circles_of(actor) or circle not in circles_of(member):
            raise RefusedError("You can grant only to members of your own queues.")
        try:
            shared_keys.grant(opener, *circle, str(member.id))
        except KeyMissingError:
            raise RefusedError("This person has not set a vault passphrase yet.") from None
        except NotHeldError:
            raise RefusedError("You cannot open this queue yourself yet.") from None
        audit.record("members.grant", "user", member.id, actor.id, circle=circle.name)
        _settle(circle)


def join_queue(actor: User | None, user: User, queue_code: str, *, lead: bool = False) -> None:
    """Make a user a member of a queue. The first with a vault founds the desk's key."""
    with unit_of_work():
        accounts_service.join_queue(actor, user, queue_code, lead=lead)
        if has_vault(user):
            _found_if_empty(desk(queue_code), user)


def leave_queue(actor: User | None, user: User, queue_code: str) -> None:
    """End a membership: the desk's key is rotated for those who stay.

    Raises RefusedError while nobody else can open what the desk holds.
    """
    with unit_of_work():
        _check_not_last(desk(queue_code), user)
        outbox.promise("tips.unshare", queue_code=queue_code, member=str(user.id))
        accounts_service.leave_queue(actor, user, queue_code)
        shared_keys.revoke(*desk(queue_code), str(user.id))


def deactivate(actor: User | None, user: User) -> None:
    """Close an account: every key that it held is rotated for those who stay.

    Raises RefusedError while nobody else can open what one of the circles holds.
    """
    with unit_of_work():
        circles = circles_of(user)
        for circle in circles:
            _check_not_last(circle, user)
            if circle.kind == KeyKind.DESK:
                outbox.promise("tips.unshare", queue_code=circle.holder, member=str(user.id))
        accounts_service.deactivate(actor, user)
        for circle in circles:
            shared_keys.revoke(*circle, str(user.id))


def _check_not_last(circle: Circle, user: User) -> None:
    if shared_keys.is_last_way(*circle, str(user.id)):
        raise RefusedError(
            "Nobody else can open what this desk holds. Please grant it to somebody first."
        )


def list_waiting(user: User) -> list[tuple[Circle, User]]:
    """Fellow members with a vault who cannot open yet what this member can."""
    waiting = []
    for circle in circles_of(user):
        holders = shared_keys.holders_of(*circle)
        if str(user.id) not in holders:
            continue
        fellows = (
            accounts.list_with_role(RoleName.CUSTODIAN)
            if circle == CUSTODIANS
            else accounts.list_members(circle.holder)
        )
        waiting += [
            (circle, fellow)
            for fellow in fellows
            if str(fellow.id) not in holders and has_vault(fellow)
        ]
    return waiting


def list_circles(user: User) -> list[tuple[Circle, bool]]:
    """A member's circles, and whether the member can open each."""
    return [
        (circle, str(user.id) in shared_keys.holders_of(*circle)) for circle in circles_of(user)
    ]


def choose_notices(user: User, *, daily: bool) -> None:
    """Tell the member of news once a day, or at a random time after each."""
    with unit_of_work():
        user.daily_notice = daily
        audit.record("members.choose_notices", "user", user.id, user.id)
