"""Uploads are cut at their limit, and counted."""

import io

from app.extensions import db
from app.files import service
from app.files.models import FileChunk
from app.files.service import CHUNK_SIZE
from app.files.uploads import CappedUpload


def test_what_is_over_the_limit_is_counted_and_dropped() -> None:
    with CappedUpload(limit=10) as upload:
        assert upload.write(b"12345678") == 8
        assert not upload.too_large
        assert upload.write(b"90abc") == 5
        assert upload.too_large
        assert upload.received == 13
        assert upload.tell() == 8


def test_a_file_is_kept_in_pieces_and_read_back(app) -> None:
    content = bytes(range(256)) * 3000
    file = service.store_file("report.pdf", io.BytesIO(content))
    assert file.size == len(content)
    assert FileChunk.query.count() == -(-len(content) // CHUNK_SIZE)
    assert b"".join(service.read_chunks(file)) == content
    db.session.rollback()


def test_names_lose_folders_and_control_characters(app) -> None:
    names = {
        "C:\\Users\\rosa\\letter.pdf": "letter.pdf",
        "../../etc/passwd": "passwd",
        "a\r\nb\0.txt": "ab.txt",
        "": "file",
    }
    for given, kept in names.items():
        assert service.store_file(given, io.BytesIO(b"x")).name == kept
    db.session.rollback()
