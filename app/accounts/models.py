"""Staff: users, their roles, and the queues they work."""

from datetime import datetime
from enum import StrEnum

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import Column, DateTime, ForeignKey, Identity, Integer, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model, db


class RoleName(StrEnum):
    """Roles of staff. Leading a queue is a matter of membership, not of a role."""

    AGENT = "agent"
    CUSTODIAN = "custodian"
    ADMIN = "admin"


user_role = Table(
    "user_role",
    db.Model.metadata,
    Column("user_id", Integer, ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", Integer, ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Model, RoleMixin):
    """A role by its name."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)


class User(Model, UserMixin):
    """A member of staff. Vendors and sources have no account."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    daily_notice: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    roles: Mapped[list[Role]] = relationship(secondary=user_role)  # type: ignore[assignment]  # the mixin says list[RoleMixin]
    memberships: Mapped[list["Membership"]] = relationship(cascade="all, delete-orphan")


class Membership(Model):
    """A user's place in a queue; `lead` runs it."""

    __tablename__ = "membership"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    queue_code: Mapped[str] = mapped_column(ForeignKey("queue.code"), primary_key=True, index=True)
    lead: Mapped[bool] = mapped_column(default=False)
