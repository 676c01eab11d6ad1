"""What the recovery key is for: every passphrase is lost, or a worker's disk is."""

from app.accounts.models import User
from app.audit import service as audit
from app.core.errors import RefusedError
from app.core.unit_of_work import unit_of_work
from app.members.circles import Circle, circles_of
from app.members.service import has_vault
from app.outbox import service as outbox
from app.vault import recovery_key, shared_keys
from app.vault.openers import Holder


def create_key(threshold: int, shares: int, *, replace: bool = False) -> list[str]:
    """Make the recovery key and return its shares; RecoveryError when there is one already."""
    with unit_of_work():
        mnemonics = recovery_key.create_recovery_key(threshold, shares, replace=replace)
        audit.record("vault.recovery_key", "vault", "recovery", threshold=threshold, shares=shares)
        return mnemonics


def restore_member(on_paper: Holder, member: User) -> list[tuple[Circle, int, int]]:
    """Let a member open again what their circles opened.

    For each circle: how many versions of its key were granted, and of how many. Raises
    RefusedError before the member has set a new vault passphrase.
    """
    if not has_vault(member):
        raise RefusedError(f"{member.email} has to set a new passphrase at /desk/vault first.")
    with unit_of_work():
        restored = [
            (circle, *shared_keys.grant_all(on_paper, *circle, str(member.id)))
            for circle in circles_of(member)
        ]
        for circle, granted, _of in restored:
            audit.record("vault.restore", "user", member.id, circle=circle.name, versions=granted)
        return restored


def restore_router(on_paper: Holder) -> tuple[int, int]:
    """Give today's router key what waits for lost ones; return how many, and how many stay lost.

    Effects that were given up meanwhile begin anew.
    """
    rescued, lost = recovery_key.restore_router(on_paper)
    with unit_of_work():
        outbox.try_again()
        audit.record("vault.restore_router", "vault", "router", rescued=rescued, lost=lost)
    return rescued, lost
