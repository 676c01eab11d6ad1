"""Acts on a member's own key, which is locked by the vault passphrase."""

from uuid import UUID

from sqlalchemy import delete

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.vault import envelope, passphrases, queries
from app.vault.errors import (
    WrongPassphraseError,
)
from app.vault.models import (
    KeyGrant,
    KeyKind,
    MemberVault,
    SealedKey,
)
from app.vault.openers import Holder
from app.vault.versions import add_version


def _member_context(key: UUID) -> bytes:
    return f"rightdesk\x1f1\x1fmember\x1f{key}".encode()


def create_member_vault(member: str, passphrase: str) -> Holder:
    """Give a member a key of their own under a passphrase; what an older one held is lost.

    The older key's grants go, so a fellow member has to grant anew.
    """
    with unit_of_work():
        drop_member_vault(member)
        pair = envelope.generate_key_pair()
        key = add_version(KeyKind.MEMBER, member, pair.public)
        _lock_vault(MemberVault(key_id=key.id), passphrase, pair.private)
        return Holder(key.id, pair.private)


def drop_member_vault(member: str) -> None:
    """Destroy a member's vault with all that was granted and shared to it."""
    with unit_of_work():
        for key in queries.list_versions(KeyKind.MEMBER, member):
            key.retired_on = key.retired_on or clock.today()
            db.session.execute(delete(KeyGrant).filter_by(grantee_id=key.id))
            db.session.execute(delete(SealedKey).filter_by(key_id=key.id))
            db.session.execute(delete(MemberVault).filter_by(key_id=key.id))
        db.session.flush()


def _lock_vault(vault: MemberVault, passphrase: str, private: bytes) -> None:
    locked = passphrases.lock(passphrase, _member_context(vault.key_id), private)
    vault.salt, vault.box = locked.salt, locked.box
    vault.memory_kib, vault.passes = locked.memory_kib, locked.passes
    db.session.add(vault)


def unlock_member_vault(member: str, passphrase: str) -> Holder:
    """Open a member's vault; raise WrongPassphraseError, also where there is no vault."""
    vault = queries.find_member_vault(member)
    if vault is None:
        raise WrongPassphraseError
    locked = passphrases.Lock(vault.salt, vault.memory_kib, vault.passes, vault.box)
    private = passphrases.unlock(passphrase, _member_context(vault.key_id), locked)
    return Holder(vault.key_id, private)


def change_passphrase(member: str, old: str, new: str) -> None:
    """Lock the same private half under another passphrase; WrongPassphraseError if `old` is not."""
    with unit_of_work():
        holder = unlock_member_vault(member, old)
        vault = db.session.get_one(MemberVault, holder.key_id)
        _lock_vault(vault, new, holder.private)
