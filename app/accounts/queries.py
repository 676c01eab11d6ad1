"""Reads of staff accounts."""

from collections.abc import Collection

from sqlalchemy import func, select

from app.accounts.models import Membership, Role, RoleName, User
from app.core.errors import NotFoundError
from app.extensions import db


def count_users() -> int:
    """How many accounts there are."""
    return db.session.scalar(select(func.count()).select_from(User)) or 0


def get_user(user_id: int) -> User:
    """A member of staff by id; raise NotFoundError when there is none."""
    if user := db.session.get(User, user_id):
        return user
    raise NotFoundError("There is no such member of staff.")


def get_user_by_email(email: str) -> User:
    """A member of staff by mail address; raise NotFoundError when there is none."""
    if user := db.session.scalar(select(User).filter_by(email=email.strip().lower())):
        return user
    raise NotFoundError("There is no account with this address.")


def list_members(queue_code: str) -> list[User]:
    """Active members of a queue, by name."""
    return list(
        db.session.scalars(
            select(User)
            .join(User.memberships)
            .where(Membership.queue_code == queue_code, User.active)
            .order_by(User.name, User.id)
        )
    )


def list_leads(queue_code: str) -> list[User]:
    """Active leads of a queue, by name."""
    return list(
        db.session.scalars(
            select(User)
            .join(User.memberships)
            .where(Membership.queue_code == queue_code, Membership.lead, User.active)
            .order_by(User.name, User.id)
        )
    )


def list_with_role(role: RoleName) -> list[User]:
    """Active staff with a role, by name."""
    return list(
        db.session.scalars(
            select(User)
            .join(User.roles)
            .where(Role.name == role, User.active)
            .order_by(User.name, User.id)
        )
    )


def list_users(ids: Collection[int]) -> list[User]:
    """Staff by their ids, by name."""
    return list(
        db.session.scalars(select(User).where(User.id.in_(ids)).order_by(User.name, User.id))
    )
