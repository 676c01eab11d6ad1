"""Sending files to a browser: always as a download, never shown in the page."""

from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, stream_with_context

from app.files.models import File
from app.files.service import read_chunks


def download(file: File) -> Response:
    """The file as an attachment of unknown type, in chunks."""
    return attachment(file.name, read_chunks(file), file.size)


def attachment(name: str, chunks: Iterator[bytes], size: int | None = None) -> Response:
    """Bytes as an attachment of unknown type; its name by RFC 6266, its size if known."""
    answer = Response(stream_with_context(chunks), mimetype="application/octet-stream")
    disposition = "attachment; filename=\"file\"; filename*=UTF-8''" + quote(name)
    answer.headers["Content-Disposition"] = disposition
    if size is not None:
        answer.headers["Content-Length"] = str(size)
    return answer
