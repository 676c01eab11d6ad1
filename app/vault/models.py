"""Tables of the vault: public keys, sealed records, and who a record's key is sealed to."""

from datetime import date
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model


class KeyKind(StrEnum):
    """Whose key it is; see docs/vault.md, "Who can open what"."""

    ROUTER = "router"
    MAILER = "mailer"
    DESK = "desk"
    CUSTODIAN = "custodian"


class SealingKey(Model):
    """The public half of a key. `holder` is the queue code of a desk key, otherwise empty."""

    __tablename__ = "sealing_key"
    __table_args__ = (
        UniqueConstraint("kind", "holder", "version"),
        Index(
            "uq_sealing_key_current",
            "kind",
            "holder",
            unique=True,
            postgresql_where=text("retired_on IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[KeyKind] = mapped_column(String(16))
    holder: Mapped[str] = mapped_column(String(64), default="")
    version: Mapped[int]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_on: Mapped[date]
    retired_on: Mapped[date | None]


class SealedRecord(Model):
    """Encrypted bytes. Which key opens them is in `keys`; without one nobody can."""

    __tablename__ = "sealed_record"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(32))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    keys: Mapped[list["SealedKey"]] = relationship(
        cascade="all, delete-orphan", back_populates="record"
    )


class SealedKey(Model):
    """A record's content key, sealed to one sealing key."""

    __tablename__ = "sealed_key"

    record_id: Mapped[UUID] = mapped_column(
        ForeignKey("sealed_record.id", ondelete="CASCADE"), primary_key=True
    )
    key_id: Mapped[UUID] = mapped_column(ForeignKey("sealing_key.id"), primary_key=True, index=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    record: Mapped[SealedRecord] = relationship(back_populates="keys")
    key: Mapped[SealingKey] = relationship()


class VaultParameter(Model):
    """Public constants of this installation, made once (the salt of receipts)."""

    __tablename__ = "vault_parameter"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
