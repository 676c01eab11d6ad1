"""Hand records over: seal their content keys to others, and drop the copies of those before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete

from app.core.bulk import among, insert_rows, table_of
from app.extensions import db
from app.vault import queries
from app.vault.envelope import PrivateHalf, wrap_content_key
from app.vault.errors import NotHeldError
from app.vault.models import KeyKind, SealedKey, SealingKey
from app.vault.openers import Opener
from app.vault.queries import HeldCopy

OF_OTHERS = (KeyKind.MAILBOX, KeyKind.CUSTODIAN)
"""Keys on a record that are no desk's business: a hand-over leaves them in place."""


@dataclass(slots=True)
class _Openings:
    """What an opener holds, each private half made ready once for many records."""

    opener: Opener
    _ready: dict[UUID, PrivateHalf | None] = field(default_factory=dict)

    def open_one(self, copies: Sequence[HeldCopy]) -> bytes:
        """A record's content key, by the first copy that the opener has a way to."""
        for copy in copies:
            if half := self._find(copy.key_id):
                return half.unwrap(copy.wrapped, copy.purpose, copy.record_id, copy.key_id)
        raise NotHeldError

    def _find(self, key: UUID) -> PrivateHalf | None:
        if key not in self._ready:
            private = self.opener.find_private(key)
            self._ready[key] = PrivateHalf(private) if private is not None else None
        return self._ready[key]


def hand_over(readers: Mapping[UUID, Sequence[SealingKey]], opener: Opener) -> None:
    """Seal each record to its new readers and take it from whoever else of the staff had it.

    All or none: raises NotHeldError where the opener has no way to a record, SealBrokenError
    where one was altered.
    """
    db.session.flush()
    # The router's rotation may be moving its copies at this moment: wait, and see what is there.
    held = queries.lock_copies(readers)
    openings = _Openings(opener)
    added: list[dict[str, object]] = []
    dropped: dict[UUID, list[UUID]] = {}
    for record_id, keys in readers.items():
        copies = held.get(record_id, [])
        there, wanted = {copy.key_id for copy in copies}, {key.id for key in keys}
        missing = [key for key in keys if key.id not in there]
        if missing:
            content_key = openings.open_one(copies)
            added += [_row(content_key, copies[0], key) for key in missing]
        for copy in copies:
            if copy.kind not in OF_OTHERS and copy.key_id not in wanted:
                dropped.setdefault(copy.key_id, []).append(record_id)
    for key_id, records in dropped.items():
        gone = (SealedKey.key_id == key_id, among(SealedKey.record_id, records))
        db.session.execute(delete(table_of(SealedKey)).where(*gone))
    insert_rows(SealedKey, added)


def _row(content_key: bytes, copy: HeldCopy, key: SealingKey) -> dict[str, object]:
    wrapped = wrap_content_key(content_key, key.public_key, copy.purpose, copy.record_id, key.id)
    return {"record_id": copy.record_id, "key_id": key.id, "wrapped": wrapped}
