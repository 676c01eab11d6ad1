"""Tables of files: bytes in rows, saved, backed up and deleted with their ticket."""

from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model


class File(Model):
    """A file that came with a message. `size` in bytes."""

    __tablename__ = "file"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger)


class FileChunk(Model):
    """A piece of a file, in order."""

    __tablename__ = "file_chunk"

    file_id: Mapped[UUID] = mapped_column(
        ForeignKey("file.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
