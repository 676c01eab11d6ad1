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
    MEMBER = "member"
    MAILBOX = "mailbox"
    RECOVERY = "recovery"


class SealingKey(Model):
    """The public half of a key.

    `holder` is the queue code of a desk key, the user id of a member key, the tip id of a
    mailbox key, otherwise empty. A retired key seals nothing new.
    """

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


class KeyGrant(Model):
    """The private half of a key, sealed to another: a desk's or the custodians' to a member.

    Whoever holds the other key opens what the first one opens. Deleted, the way is gone.
    """

    __tablename__ = "key_grant"

    key_id: Mapped[UUID] = mapped_column(
        ForeignKey("sealing_key.id", ondelete="CASCADE"), primary_key=True
    )
    grantee_id: Mapped[UUID] = mapped_column(
        ForeignKey("sealing_key.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    granted_on: Mapped[date]
    key: Mapped[SealingKey] = relationship(foreign_keys=[key_id])
    grantee: Mapped[SealingKey] = relationship(foreign_keys=[grantee_id])


class MemberVault(Model):
    """A member's private half under the vault passphrase (see passphrases.py)."""

    __tablename__ = "member_vault"

    key_id: Mapped[UUID] = mapped_column(
        ForeignKey("sealing_key.id", ondelete="CASCADE"), primary_key=True
    )
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    memory_kib: Mapped[int]
    passes: Mapped[int]
    box: Mapped[bytes] = mapped_column(LargeBinary)
    key: Mapped[SealingKey] = relationship()


class VaultParameter(Model):
    """Public constants of this installation, made once (the salt of receipts)."""

    __tablename__ = "vault_parameter"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
