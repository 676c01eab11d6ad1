"""Acts on keys that members share: a desk's, the custodians'. Their private half is granted."""

from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy import delete, select

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.vault import envelope, queries
from app.vault.errors import KeyMissingError, SealBrokenError
from app.vault.models import (
    KeyGrant,
    KeyKind,
    SealingKey,
)
from app.vault.openers import GRANT, Opener, get_private
from app.vault.versions import add_version

SHARED = (KeyKind.DESK, KeyKind.CUSTODIAN)
"""Kinds whose private half is sealed to members."""


def lock(kind: KeyKind, holder: str) -> None:
    """Let one act at a time change who holds a shared key, until the unit of work ends."""
    queries.lock_versions(kind, holder)


def found(kind: KeyKind, holder: str, members: Iterable[str]) -> bool:
    """Make a shared key's next version for these members and the recovery key.

    The private half exists in this call only. False when none of the members has a vault:
    then the last version, if any, is retired, and what comes waits with the router.
    """
    with unit_of_work():
        queries.lock_versions(kind, holder)
        grantees = list(queries.list_member_keys(list(members)).values())
        if not grantees:
            for version in queries.list_versions(kind, holder):
                version.retired_on = version.retired_on or clock.today()
            return False
        pair = envelope.generate_key_pair()
        key = add_version(kind, holder, pair.public)
        if on_paper := queries.find_current_key(KeyKind.RECOVERY):
            grantees.append(on_paper)
        for grantee in grantees:
            _grant(key, pair.private, grantee)
        return True


def _grant(key: SealingKey, private: bytes, grantee: SealingKey) -> None:
    if queries.find_grant(key.id, grantee.id):
        return
    wrapped = envelope.wrap_content_key(private, grantee.public_key, GRANT, key.id, grantee.id)
    db.session.add(
        KeyGrant(key_id=key.id, grantee_id=grantee.id, wrapped=wrapped, granted_on=clock.today())
    )


def found_if_empty(kind: KeyKind, holder: str, member: str) -> bool:
    """Begin a shared key with one member where no member can open the one in force."""
    with unit_of_work():
        queries.lock_versions(kind, holder)
        return not holders_of(kind, holder) and found(kind, holder, [member])


def is_last_way(kind: KeyKind, holder: str, member: str) -> bool:
    """True when nobody but this member could open what is sealed to a shared key."""
    queries.lock_versions(kind, holder)
    if holders_of(kind, holder) != {member}:
        return False
    on_paper = queries.find_current_key(KeyKind.RECOVERY)
    return any(
        queries.has_sealed(version)
        and not (on_paper and queries.find_grant(version.id, on_paper.id))
        for version in queries.list_versions(kind, holder)
    )


def holders_of(kind: KeyKind, holder: str = "") -> set[str]:
    """The members who can open the shared key in force."""
    key = queries.find_current_key(kind, holder)
    if key is None:
        return set()
    return {
        grant.grantee.holder
        for grant in queries.list_grants(key)
        if grant.grantee.kind == KeyKind.MEMBER
    }


def grant(opener: Opener, kind: KeyKind, holder: str, member: str) -> None:
    """Seal every version that the opener holds to a fellow member's key.

    Raises KeyMissingError when the member has no vault, NotHeldError when the opener does not
    hold the version in force.
    """
    with unit_of_work():
        queries.lock_versions(kind, holder)
        grantee = queries.list_member_keys([member]).get(member)
        if grantee is None:
            raise KeyMissingError("this member has not set a vault passphrase yet")
        get_private(opener, queries.get_current_key(kind, holder).id)
        for version in queries.list_versions(kind, holder):
            private = opener.find_private(version.id)
            if private is not None:
                _grant(version, private, grantee)


def revoke(kind: KeyKind, holder: str, member: str) -> None:
    """Take a shared key from a member: every grant goes, and those who stay get a new version."""
    with unit_of_work():
        queries.lock_versions(kind, holder)
        staying = holders_of(kind, holder) - {member}
        held = select(SealingKey.id).filter_by(kind=KeyKind.MEMBER, holder=member)
        versions = select(SealingKey.id).filter_by(kind=kind, holder=holder)
        db.session.execute(
            delete(KeyGrant).where(KeyGrant.grantee_id.in_(held), KeyGrant.key_id.in_(versions))
        )
        if queries.find_current_key(kind, holder):
            found(kind, holder, staying)


def complete_recovery(opener: Opener) -> None:
    """Seal to the recovery key what the opener holds and recovery does not yet."""
    on_paper = queries.find_current_key(KeyKind.RECOVERY)
    if on_paper is None:
        return
    with unit_of_work():
        for key in [*queries.list_current_keys(*SHARED), *queries.list_retired_keys(*SHARED)]:
            if queries.find_grant(key.id, on_paper.id) is None:
                with suppress(SealBrokenError):  # a damaged grant must not keep the vault shut
                    private = opener.find_private(key.id)
                    if private is not None:
                        _grant(key, private, on_paper)


def grant_all(opener: Opener, kind: KeyKind, holder: str, member: str) -> tuple[int, int]:
    """Seal to a member every version that the opener holds; return how many, and of how many.

    Raises KeyMissingError when the member has no vault.
    """
    with unit_of_work():
        grantee = queries.list_member_keys([member]).get(member)
        if grantee is None:
            raise KeyMissingError("this member has not set a vault passphrase yet")
        versions = queries.list_versions(kind, holder)
        held = [(version, opener.find_private(version.id)) for version in versions]
        for version, private in held:
            if private is not None:
                _grant(version, private, grantee)
        return sum(private is not None for _version, private in held), len(versions)
