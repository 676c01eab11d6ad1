"""Reads of staff accounts."""

from sqlalchemy import func, select

from app.accounts.models import User
from app.extensions import db


def count_users() -> int:
    """How many accounts there are."""
    return db.session.scalar(select(func.count()).select_from(User)) or 0
