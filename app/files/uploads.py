"""Uploads that cannot fill memory or disk, and of which no readable byte is on a disk.

What is over a limit is counted and dropped. The rest of the form is read to its end, so that
the page can come back with everything that was typed and a message beside the field.
"""

from collections.abc import Iterator
from io import SEEK_SET, BufferedIOBase, UnsupportedOperation
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast
from urllib.parse import parse_qsl
from uuid import uuid4

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from app.vault.streams import (
    HEADER_SIZE,
    SEALED_PIECE_SIZE,
    StreamSealer,
    new_file_key,
    open_stream,
)

MAX_FILES = 5
MAX_FILE_SIZE = 20 * 1024 * 1024
MAX_TIP_FILE_SIZE = 200 * 1024 * 1024
FILE_PURPOSE = "file"
_TIP_DOOR = "tip_line"
_IN_MEMORY = 512 * 1024


class CappedUpload(BufferedIOBase):
    """A file that takes at most `limit` bytes, remembers whether more came, and is kept sealed.

    It is written once and then read as often as needed: the first `seek(0)` ends the writing.
    What it keeps, in memory or in a temporary file, is only ever the stream sealed under `key`
    for `FILE_PURPOSE` and `record`; the key is in memory and goes with the upload.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.received = 0
        self.key = new_file_key()
        self.record = uuid4()
        self._sealer = StreamSealer(self.key, FILE_PURPOSE, self.record)
        self._kept = SpooledTemporaryFile[bytes](max_size=_IN_MEMORY, mode="w+b")
        self._plain: Iterator[bytes] | None = None
        self._rest = bytearray()
        self._position = 0

    @property
    def size(self) -> int:
        """Bytes taken; fewer than `received` when it was too large."""
        return self._sealer.size

    @property
    def too_large(self) -> bool:
        """True when bytes were dropped."""
        return self.received > self.limit

    def write(self, data: Any) -> int:
        """Take what fits; report all as written, so that parsing goes on.

        Raises UnsupportedOperation once reading has begun.
        """
        if self._plain is not None:
            raise UnsupportedOperation("an upload is written before it is read")
        self.received += len(data)
        if not self.too_large:
            self._kept.writelines(self._sealer.update(data))
            self._position = self.size
        return len(data)

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Go back to the beginning; raises UnsupportedOperation for any other place."""
        if (offset, whence) != (0, SEEK_SET):
            raise UnsupportedOperation("an upload can only be read from its beginning")
        if self._plain is None:
            self._kept.writelines(self._sealer.finish())
        self._plain = open_stream(self.key, FILE_PURPOSE, self.record, self.sealed())
        self._rest.clear()
        self._position = 0
        return 0

    def read(self, size: int | None = -1) -> bytes:
        """The next `size` bytes in the clear, fewer only at the end; None or -1 for all.

        Raises UnsupportedOperation before `seek(0)`, SealBrokenError when the disk lied.
        """
        if self._plain is None:
            raise UnsupportedOperation("an upload is read after seek(0)")
        whole = size is None or size < 0
        while whole or len(self._rest) < (size or 0):
            chunk = next(self._plain, None)
            if chunk is None:
                break
            self._rest += chunk
        wanted = len(self._rest) if whole else (size or 0)
        data = bytes(self._rest[:wanted])
        del self._rest[:wanted]
        self._position += len(data)
        return data

    def sealed(self) -> Iterator[bytes]:
        """Header and pieces as they are kept, to be handed on without being opened.

        Raises UnsupportedOperation before `seek(0)`, which parsing a form does.
        """
        if self._plain is None:
            raise UnsupportedOperation("an upload is complete after seek(0)")
        position, size = 0, HEADER_SIZE
        while True:
            self._kept.seek(position)
            piece = self._kept.read(size)
            if not piece:
                return
            yield piece
            position, size = position + len(piece), SEALED_PIECE_SIZE

    def tell(self) -> int:
        """Where the next byte is written or read, counted in the clear."""
        return self._position

    def readable(self) -> bool:
        """True: after `seek(0)`."""
        return True

    def writable(self) -> bool:
        """True: until `seek(0)`."""
        return True

    def seekable(self) -> bool:
        """True: back to the beginning."""
        return True

    def close(self) -> None:
        """Drop what is kept."""
        self._kept.close()
        super().close()


class WholeFormParser(FormDataParser):
    """Shows bytes that are not UTF-8 as U+FFFD in every kind of form, so that forms refuse them.

    Werkzeug would hand them on as percent signs and letters in one kind of form.
    """

    def _parse_urlencoded(
        self,
        stream: IO[bytes],
        mimetype: str,  # noqa: ARG002 (what Werkzeug passes)
        content_length: int | None,
        options: dict[str, str],  # noqa: ARG002
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        limit = self.max_form_memory_size
        if limit is not None and content_length is not None and content_length > limit:
            raise RequestEntityTooLarge
        body = stream.read().decode("utf-8", "replace")
        fields = parse_qsl(body, keep_blank_values=True, errors="replace")
        return stream, self.cls(fields), self.cls()


class CappedRequest(Request):
    """A request whose uploads are capped, each one and in number."""

    form_data_parser_class = WholeFormParser
    _uploads = 0

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 (what Werkzeug passes)
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        if filename:
            self._uploads += 1
        largest = MAX_TIP_FILE_SIZE if self.blueprint == _TIP_DOOR else MAX_FILE_SIZE
        limit = largest if self._uploads <= MAX_FILES else 0
        return cast("IO[bytes]", CappedUpload(limit))
