"""Acts on staff accounts."""

from collections.abc import Collection, Iterable
from uuid import uuid4

from flask_security import hash_password
from sqlalchemy import select

from app.accounts.models import Membership, Role, RoleName, User
from app.audit import service as audit
from app.core import clock
from app.core.errors import NotFoundError, RefusedError
from app.core.unit_of_work import unit_of_work
from app.extensions import db


def ensure_roles() -> None:
    """Create the roles that do not exist yet."""
    with unit_of_work():
        known = set(db.session.scalars(select(Role.name)))
        db.session.add_all(Role(name=name) for name in RoleName if name not in known)


def create_user(
    email: str,
    name: str,
    password: str,
    roles: Collection[RoleName],
    queues: Iterable[str] = (),
    leads: Collection[str] = (),
) -> User:
    """Create a member of staff; raise RefusedError when the address is taken."""
    with unit_of_work():
        address = email.strip().lower()
        if db.session.scalar(select(User.id).filter_by(email=address)):
            raise RefusedError("There is an account with this address already.")
        user = User(
            email=address,
            name=name,
            password=hash_password(password),
            fs_uniquifier=uuid4().hex,
            created_at=clock.now(),
            roles=list(db.session.scalars(select(Role).where(Role.name.in_(roles)))),
            memberships=[Membership(queue_code=code, lead=code in leads) for code in queues],
        )
        db.session.add(user)
        db.session.flush()
        audit.record("accounts.create", "user", user.id)
        return user


def join_queue(actor: User | None, user: User, queue_code: str, *, lead: bool = False) -> None:
    """Make a user a member of a queue; a member already, only `lead` changes."""
    with unit_of_work():
        membership = db.session.get(Membership, (user.id, queue_code))
        if membership is None:
            membership = Membership(user_id=user.id, queue_code=queue_code)
            user.memberships.append(membership)
        membership.lead = lead
        audit.record(
            "accounts.join_queue", "user", user.id, actor.id if actor else None, queue=queue_code
        )


def leave_queue(actor: User | None, user: User, queue_code: str) -> None:
    """End a membership; not a member, raise NotFoundError."""
    with unit_of_work():
        membership = db.session.get(Membership, (user.id, queue_code))
        if membership is None:
            raise NotFoundError("This person is not a member of the queue.")
        user.memberships.remove(membership)
        audit.record(
            "accounts.leave_queue", "user", user.id, actor.id if actor else None, queue=queue_code
        )


def deactivate(actor: User | None, user: User) -> None:
    """Close an account: it signs in no more, has no role and works no queue."""
    with unit_of_work():
        user.active = False
        user.roles.clear()
        user.memberships.clear()
        user.fs_uniquifier = uuid4().hex  # ends every session
        audit.record("accounts.deactivate", "user", user.id, actor.id if actor else None)
