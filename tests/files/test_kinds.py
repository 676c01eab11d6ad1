"""Kinds are told by first bytes, whatever the name says."""

import io
import zipfile
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.files import kinds
from app.files.kinds import Kind, neutral_name, sniff


def _picture(form: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (9, 9)).save(target, form)
    return target.getvalue()


def _zip(*names: str, first: str = "x") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, first)
    return target.getvalue()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (_picture("JPEG"), kinds.JPEG),
        (_picture("PNG"), kinds.PNG),
        (_picture("GIF"), kinds.GIF),
        (_picture("WEBP"), kinds.WEBP),
        (_picture("TIFF"), kinds.TIFF),
        (b"%PDF-1.7\n", kinds.PDF),
        (_zip("[Content_Types].xml", "_rels/.rels", "word/document.xml"), kinds.DOCX),
        (_zip("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), kinds.XLSX),
        (_zip("[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml"), kinds.PPTX),
        (_zip("mimetype", first="application/vnd.oasis.opendocument.text"), kinds.ODT),
        (_zip("mimetype", first="application/vnd.oasis.opendocument.spreadsheet"), kinds.ODS),
        (_zip("holiday/word/photo.jpg"), kinds.ZIP),
        (b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic", Kind("image/heic", "heic")),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2", Kind("video/mp4", "mp4")),
        ("Ein Brief an Sie, Straße 5\n".encode(), kinds.TEXT),
        (("é" * 40_000).encode()[:65_535], kinds.TEXT),
        (b"<!DOCTYPE html><script>alert(1)</script>", kinds.TEXT),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", kinds.TEXT),
        (b"MZ" + bytes(200), kinds.UNKNOWN),
        (b"BM, said the owner, is a car", kinds.TEXT),
        (b"", kinds.UNKNOWN),
        (bytes(100), kinds.UNKNOWN),
    ],
    ids=map(
        str, count()
    ),  # not the bytes: those of an archive hold the time, which differs by process
)
def test_first_bytes_tell_the_kind(head: bytes, kind: Kind) -> None:
    assert sniff(head) == kind


@given(st.binary(max_size=200))
def test_every_head_has_a_kind_with_a_safe_extension(head: bytes) -> None:
    kind = sniff(head)
    assert kind.extension.isalnum()
    assert kind.extension not in ("html", "svg", "exe", "js", "xml")


def test_a_download_has_a_neutral_name() -> None:
    assert neutral_name(1, kinds.PDF) == "file-1.pdf"
    assert neutral_name(12, kinds.UNKNOWN) == "file-12.bin"
