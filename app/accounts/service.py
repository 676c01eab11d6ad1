"""Acts on staff accounts."""

from collections.abc import Collection, Iterable
from uuid import uuid4

from flask_security import hash_password
from sqlalchemy import select

from app.accounts.models import Membership, Role, RoleName, User
from app.audit import service as audit
from app.core import clock
from app.core.errors import RefusedError
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
