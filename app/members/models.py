"""Tables of the members' room."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model


class Notice(Model):
    """A member is owed a notice that there is something new: what and where it does not say.

    `due_at` is some random time after the first event; later ones change nothing.
    """

    __tablename__ = "notice"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
