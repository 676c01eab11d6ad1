"""Store and read files in constant memory."""

import unicodedata
from collections.abc import Collection, Iterator
from typing import IO
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select

from app.extensions import db
from app.files.models import File, FileChunk

CHUNK_SIZE = 256 * 1024


def store_file(name: str, stream: IO[bytes]) -> File:
    """Copy a stream into rows, chunk by chunk, inside the caller's unit of work."""
    file = File(id=uuid4(), name=_clean_name(name), size=0)
    db.session.add(file)
    db.session.flush()
    stream.seek(0)
    position = 0
    while data := stream.read(CHUNK_SIZE):
        db.session.execute(insert(FileChunk).values(file_id=file.id, position=position, data=data))
        file.size += len(data)
        position += 1
    return file


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


def _clean_name(name: str) -> str:
    """The last part of a file's name, without control characters, at most 200 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    return printable[-200:].strip() or "file"
