"""Files of tips: sealed while they arrive, looked into by the worker, opened by the desk."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID, uuid4

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.files import service as files
from app.files.inspection import Inspection, inspect, may_inspect
from app.files.kinds import HEAD_SIZE, UNKNOWN, Kind, sniff
from app.files.models import File
from app.files.traces import Trace
from app.files.uploads import FILE_PURPOSE
from app.outbox import service as outbox
from app.tips import queries
from app.tips.models import Tip, TipFile
from app.vault import service as vault
from app.vault import streams
from app.vault.errors import SealBrokenError
from app.vault.openers import Opener


class Upload(Protocol):
    """A file that was sealed while it arrived: see app/files/uploads.py."""

    @property
    def key(self) -> bytes:
        """What seals it."""

    @property
    def record(self) -> UUID:
        """What it is bound to: its id when it is kept."""

    @property
    def size(self) -> int:
        """Bytes in the clear."""

    def sealed(self) -> Iterator[bytes]:
        """The sealed stream."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """What the desk reads of a file before it opens it."""

    file: TipFile
    name: str
    size: int
    kind: Kind
    traces: list[Trace]
    fault: str
    has_cleaned: bool


def add_files(tip: Tip, uploads: Iterable[tuple[str, Upload]]) -> None:
    """Save uploads as they are, sealed; their keys and names go to the router."""
    position = queries.count_files(tip)
    for name, upload in uploads:
        position += 1
        stored = files.store_sealed(upload.record, upload.sealed())
        document = {
            "name": files.clean_name(name),
            "size": str(upload.size),
            "key": _text(upload.key),
        }
        tip_file = TipFile(
            id=uuid4(),
            tip_id=tip.id,
            position=position,
            file=stored,
            content=vault.seal_for_router("tip-file", document),
        )
        db.session.add(tip_file)
        db.session.flush()
        outbox.promise("tips.inspect_file", tip_file_id=str(tip_file.id))


def inspect_file(tip_file_id: UUID) -> None:
    """Look into a file, keep a cleaned copy, and seal both to the desk; done before, do nothing."""
    with unit_of_work():
        tip_file = queries.find_file(tip_file_id)
        if tip_file is None or tip_file.inspected:
            return
        document = vault.open_sealed(tip_file.content, vault.worker())
        kind, found = _look_into(tip_file.file, _bytes(document["key"]), int(document["size"]))
        # The tip's lock comes before any change: whoever destroys a tip takes them in this order.
        tip = queries.get_tip_for_update(tip_file.tip_id)
        document |= {
            "media_type": kind.media_type,
            "extension": kind.extension,
            "traces": json.dumps([(trace.name, trace.value) for trace in found.traces]),
            "fault": found.fault,
        }
        if found.cleaned:
            tip_file.cleaned, key = _seal(found.cleaned)
            document["cleaned_key"] = _text(key)
        before = tip_file.content
        tip_file.content = vault.seal_again(before, document)
        tip_file.inspected = True
        db.session.flush()
        db.session.delete(before)
        if tip.decision_id and not vault.waits(tip.content):
            vault.seal_to_readers_of(tip.content, tip_file.content, vault.worker())


def _look_into(file: File, key: bytes, size: int) -> tuple[Kind, Inspection]:
    """What a file is and tells. One that is damaged is handed over all the same, and said to be."""
    try:
        kind = sniff(next(_chunks_in_clear(file, key), b"")[:HEAD_SIZE])
        if fault := may_inspect(kind, size):
            return kind, Inspection(fault=fault)
        return kind, inspect(kind, b"".join(_chunks_in_clear(file, key)))
    except SealBrokenError:
        return UNKNOWN, Inspection(fault="it is damaged")


def _chunks_in_clear(file: File, key: bytes) -> Iterator[bytes]:
    return streams.open_stream(key, FILE_PURPOSE, file.id, files.read_chunks(file))


def _seal(data: bytes) -> tuple[File, bytes]:
    key, file_id = streams.new_file_key(), uuid4()
    sealed = streams.seal_stream(key, FILE_PURPOSE, file_id, [data])
    return files.store_sealed(file_id, sealed), key


def list_opened(tip: Tip, opener: Opener) -> list[OpenedFile]:
    """What the opener may know of a tip's files; those still on their way are left out."""
    found = [(file, vault.try_to_open(file.content, opener)) for file in queries.list_files(tip)]
    return [_opened(file, document) for file, document in found if document and file.inspected]


def _opened(file: TipFile, document: dict[str, str]) -> OpenedFile:
    return OpenedFile(
        file=file,
        name=document["name"],
        size=int(document["size"]),
        kind=Kind(document["media_type"], document["extension"]),
        traces=[Trace(name, value) for name, value in json.loads(document["traces"])],
        fault=document["fault"],
        has_cleaned="cleaned_key" in document,
    )


def open_file(tip_file: TipFile, opener: Opener, *, cleaned: bool) -> Iterator[bytes]:
    """The bytes of a file or of its cleaned copy.

    The whole stream is checked before the first byte is given: SealBrokenError comes first.
    """
    document = vault.open_sealed(tip_file.content, opener)
    file = tip_file.cleaned if cleaned and tip_file.cleaned else tip_file.file
    key = _bytes(document["cleaned_key" if file is tip_file.cleaned else "key"])
    for _chunk in _chunks_in_clear(file, key):
        pass
    return _chunks_in_clear(file, key)


def _text(key: bytes) -> str:
    return b64encode(key).decode()


def _bytes(text: str) -> bytes:
    return b64decode(text)
