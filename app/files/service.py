"""Store and read files in constant memory."""

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select

from app.extensions import db
from app.files.models import File, FileChunk

CHUNK_SIZE = 256 * 1024


class Readable(Protocol):
    """Bytes that can be read from their beginning."""

    def seek(self, offset: int, /) -> int:
        """Go to a place."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, none at the end."""


def store_file(name: str, stream: Readable) -> File:
    """Copy a stream into rows, chunk by chunk, inside the caller's unit of work."""
    stream.seek(0)
    return _store(uuid4(), clean_name(name), iter(lambda: stream.read(CHUNK_SIZE), b""))


def store_sealed(file_id: UUID, sealed: Iterable[bytes]) -> File:
    """Copy the pieces of a sealed stream into rows; the name is sealed elsewhere."""
    return _store(file_id, "", _in_chunks(sealed))


def _store(file_id: UUID, name: str, chunks: Iterable[bytes]) -> File:
    file = File(id=file_id, name=name, size=0)
    db.session.add(file)
    db.session.flush()
    for position, data in enumerate(chunks):
        db.session.execute(insert(FileChunk).values(file_id=file.id, position=position, data=data))
        file.size += len(data)
    return file


def _in_chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= CHUNK_SIZE:
            yield bytes(waiting[:CHUNK_SIZE])
            del waiting[:CHUNK_SIZE]
    if waiting:
        yield bytes(waiting)


def read_chunks(file: File) -> Iterator[bytes]:
    """The bytes of a file, a chunk at a time."""
    positions = range((file.size + CHUNK_SIZE - 1) // CHUNK_SIZE)
    for position in positions:
        yield db.session.scalars(
            select(FileChunk.data).filter_by(file_id=file.id, position=position)
        ).one()


def destroy_files(ids: Collection[UUID]) -> None:
    """Delete files with their bytes, inside the caller's unit of work."""
    db.session.execute(delete(FileChunk).where(FileChunk.file_id.in_(ids)))
    db.session.execute(delete(File).where(File.id.in_(ids)))


def clean_name(name: str) -> str:
    """The last part of a file's name, without control characters, at most 200 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    return printable[-200:].strip() or "file"
