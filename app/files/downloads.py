"""Sending files to a browser: always as a download, never shown in the page."""

from urllib.parse import quote

from flask import Response, stream_with_context

from app.files.models import File
from app.files.service import read_chunks


def download(file: File) -> Response:
    """The file as an attachment of unknown type, in chunks; its name by RFC 6266."""
    return Response(
        stream_with_context(read_chunks(file)),
        mimetype="application/octet-stream",
        headers={
            "Content-Disposition": "attachment; filename=\"file\"; filename*=UTF-8''"
            + quote(file.name),
            "Content-Length": str(file.size),
        },
    )
