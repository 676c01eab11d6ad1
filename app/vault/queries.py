"""Reads of the vault."""

from sqlalchemy import select

from app.extensions import db
from app.vault.errors import KeyMissingError
from app.vault.models import KeyKind, SealingKey, VaultParameter

RECEIPT_SALT = "receipt-salt"


def find_current_key(kind: KeyKind, holder: str = "") -> SealingKey | None:
    """The key in force for this kind and holder."""
    return db.session.scalar(
        select(SealingKey).filter_by(kind=kind, holder=holder, retired_on=None)
    )


def get_current_key(kind: KeyKind, holder: str = "") -> SealingKey:
    """The key in force; raise KeyMissingError when there is none."""
    if found := find_current_key(kind, holder):
        return found
    raise KeyMissingError(f"no {kind} key" + (f" for {holder}" if holder else ""))


def list_current_keys() -> list[SealingKey]:
    """Every key in force."""
    return list(
        db.session.scalars(
            select(SealingKey)
            .filter_by(retired_on=None)
            .order_by(SealingKey.kind, SealingKey.holder)
        )
    )


def get_receipt_salt() -> bytes:
    """The installation's salt of receipts; raise KeyMissingError before the first set-up."""
    parameter = db.session.get(VaultParameter, RECEIPT_SALT)
    if parameter is None:
        raise KeyMissingError("the vault is not set up")
    return parameter.value
