"""Tables of the registry: its revisions, and the queues that follow from it."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Identity, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Model


class RegistryRevision(Model):
    """One checked state of the whole registry; the highest id is in force.

    A revision is written whole and never changed: a change takes effect at once in every
    process, the earlier states stay, and a decision names the revision it was made with.
    `author_id` is empty for what was loaded by command.
    """

    __tablename__ = "registry_revision"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    loaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    checksum: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    note: Mapped[str] = mapped_column(String(200), default="", server_default="")

    author: Mapped[User | None] = relationship()


class Queue(Model):
    """One desk's work list. Its code is its agency's, or `general-triage`.

    A closed tip is destroyed after `tip_retention_days`; None: the installation's default.
    What is moved here has to be accepted or sent back within `accept_hours`.
    """

    __tablename__ = "queue"

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    agency_code: Mapped[str | None] = mapped_column(String(64))
    active: Mapped[bool] = mapped_column(default=True)
    tip_retention_days: Mapped[int | None]
    accept_hours: Mapped[int] = mapped_column(default=24, server_default="24")
