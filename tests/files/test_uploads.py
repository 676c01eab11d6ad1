"""Uploads are cut at their limit, and counted."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from app.extensions import db
from app.files import service
from app.files.models import FileChunk
from app.files.service import CHUNK_SIZE
from app.files.uploads import FILE_PURPOSE, CappedUpload
from app.vault.streams import open_stream

PARSE_LARGE_FORM = Path(__file__).parent / "parse_large_form.py"


def test_what_is_over_the_limit_is_counted_and_dropped() -> None:
    with CappedUpload(limit=10) as upload:
        assert upload.write(b"12345678") == 8
        assert not upload.too_large
        assert upload.write(b"90abc") == 5
        assert upload.too_large
        assert upload.received == 13
        assert upload.tell() == 8


@settings(max_examples=30, deadline=None)
@given_any(
    st.lists(st.integers(0, 200_000).map(lambda n: bytes(range(256)) * (n // 256)), max_size=6),
    st.lists(st.integers(0, 100_000), max_size=6),
)
def test_an_upload_reads_as_it_was_written(chunks: list[bytes], sizes: list[int]) -> None:
    plain = io.BytesIO(b"".join(chunks))
    with CappedUpload(limit=10**7) as upload:
        for chunk in chunks:
            upload.write(chunk)
        for _ in range(2):
            upload.seek(0)
            plain.seek(0)
            for size in sizes:
                assert upload.read(size) == plain.read(size)
                assert upload.tell() == plain.tell()
            assert upload.read() == plain.read()
            assert upload.read(1) == b""
        assert upload.size == len(plain.getvalue())


def test_a_sealed_upload_can_be_handed_on_while_it_is_read() -> None:
    content = bytes(range(256)) * 1000
    with CappedUpload(limit=10**6) as upload:
        upload.write(content)
        upload.seek(0)
        sealed = upload.sealed()
        begun = [next(sealed), next(sealed)]
        assert upload.read(100_000) == content[:100_000]
        begun += sealed
        assert b"".join(open_stream(upload.key, FILE_PURPOSE, upload.record, begun)) == content
        assert upload.read() == content[100_000:]


def test_an_upload_is_written_and_then_read() -> None:
    with CappedUpload(limit=10) as upload:
        upload.write(b"words")
        for act in (upload.read, lambda: next(upload.sealed()), lambda: upload.seek(3)):
            with pytest.raises(io.UnsupportedOperation):
                act()
        upload.seek(0)
        with pytest.raises(io.UnsupportedOperation):
            upload.write(b"more")
        assert upload.read() == b"words"


def test_a_large_upload_fills_no_memory_and_leaves_no_word_on_the_disk(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, PARSE_LARGE_FORM, "200"],
        cwd=Path(__file__).parents[2],
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": "."},
        capture_output=True,
        check=True,
        text=True,
    )
    size, sealed_on_disk, canaries, growth = map(int, found.stdout.split())
    assert size == 200 << 20
    assert sealed_on_disk > size
    assert canaries == 0
    assert growth < 32 << 20
    assert not list(tmp_path.iterdir())


def test_only_the_tip_line_takes_large_files() -> None:
    found = subprocess.run(
        [sys.executable, PARSE_LARGE_FORM, "21", "desk"],
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": "."},
        capture_output=True,
        check=True,
        text=True,
    )
    assert int(found.stdout.split()[0]) < 21 << 20


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
