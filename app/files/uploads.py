"""Uploads that cannot fill memory or disk: what is over a limit is counted and dropped.

The rest of the form is read to its end, so that the page can come back with everything
that was typed and a message beside the field.
"""

from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

MAX_FILES = 5
MAX_FILE_SIZE = 20 * 1024 * 1024
_IN_MEMORY = 512 * 1024


class CappedUpload(SpooledTemporaryFile[bytes]):
    """A temporary file that takes at most `limit` bytes and remembers whether more came."""

    def __init__(self, limit: int) -> None:
        super().__init__(max_size=_IN_MEMORY, mode="w+b")
        self.limit = limit
        self.received = 0

    @property
    def too_large(self) -> bool:
        """True when bytes were dropped."""
        return self.received > self.limit

    def write(self, data: Any) -> int:
        """Take what fits; report all as written, so that parsing goes on."""
        self.received += len(data)
        if not self.too_large:
            super().write(data)
        return len(data)


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
        limit = MAX_FILE_SIZE if self._uploads <= MAX_FILES else 0
        return cast("IO[bytes]", CappedUpload(limit))
