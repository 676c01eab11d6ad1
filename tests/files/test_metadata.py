"""What files tell is listed, and a cleaned copy tells none of it; hostile files do no harm."""

import io
import struct
import time
import zipfile
import zlib
from contextlib import suppress
from os import urandom

import pytest
import samples
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from samples import CANARY

from app.files import images, kinds, metadata, office
from app.files.kinds import Kind, sniff
from app.files.traces import LARGEST_FILE, CannotReadError, Trace

SAMPLES = {
    "jpeg": (kinds.JPEG, samples.picture("JPEG")),
    "png": (kinds.PNG, samples.picture("PNG")),
    "gif": (kinds.GIF, samples.picture("GIF")),
    "webp": (kinds.WEBP, samples.picture("WEBP")),
    "tiff": (kinds.TIFF, samples.picture("TIFF")),
    "iptc": (kinds.JPEG, samples.iptc_jpeg()),
    "pdf": (kinds.PDF, samples.pdf()),
    "docx": (kinds.DOCX, samples.docx()),
    "xlsx": (kinds.XLSX, samples.xlsx()),
    "odt": (kinds.ODT, samples.odt()),
}
ALL = pytest.mark.parametrize("name", SAMPLES)


def _list(name: str) -> dict[str, set[str]]:
    kind, data = SAMPLES[name]
    traces: dict[str, set[str]] = {}
    for trace in metadata.list_traces(kind, io.BytesIO(data)):
        traces.setdefault(trace.name, set()).add(trace.value.replace(CANARY, "*"))
    return traces


def _clean(kind: Kind, data: bytes) -> bytes:
    target = io.BytesIO()
    assert metadata.clean_copy(kind, io.BytesIO(data), target)
    return target.getvalue()


def _everything_in(kind: Kind, data: bytes) -> bytes:
    """The bytes, and what is inside its compressed streams."""
    found = [data]
    if kind == kinds.PDF:
        reader = PdfReader(io.BytesIO(data))
        for number in range(1, reader.trailer["/Size"]):
            part = reader.get_object(number)
            found.append(repr(part).encode())
            if hasattr(part, "get_data"):
                found.append(part.get_data())
    if kind in kinds.OFFICE:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                part = archive.read(name)
                found += [name.encode(), _everything_in(sniff(part), part)]
    if kind == kinds.PNG:
        at = 8
        while at < len(data):
            size = struct.unpack(">I", data[at : at + 4])[0]
            if data[at + 4 : at + 8] in (b"iTXt", b"zTXt", b"tEXt", b"eXIf"):
                found.append(CANARY.encode())
            at += 12 + size
    return b"\n".join(found)


def test_a_photo_tells_camera_author_date_and_place() -> None:
    assert _list("jpeg") == {
        "Camera": {"* Camera"},
        "Made with": {"* Software", "* XmpTool"},
        "Author": {"* Artist", "* Windows", "* XmpAuthor"},
        "Taken": {"2026:05:04 03:02:01"},
        "Camera serial number": {"* Serial"},
        "Place": {"40.71280, -74.00600"},
        "Colour profile": {"sRGB built-in"},
        "Comment": {"* Comment"},
    }


def test_other_pictures_tell_it_too() -> None:
    assert {"* Text", "* XmpAuthor", "* Artist"} <= _list("png")["Author"]
    assert _list("png")["Comment"] == {"* ITxt"}
    assert {"* Artist", "* XmpAuthor"} <= _list("webp")["Author"]
    assert "* Artist" in _list("tiff")["Author"]
    assert _list("gif") == {"Comment": {"* Comment"}}
    assert _list("iptc") == {"Author": {"* Byline"}}


def test_a_pdf_tells_its_makers_attachments_and_scripts() -> None:
    traces = _list("pdf")
    assert traces["Author"] == {"* Author", "* XmpAuthor"}
    assert {"* Creator", "* XmpTool"} <= traces["Made with"]
    assert traces["Company"] == {"* Company"}
    assert traces["Attached file"] == {"secret.txt", "* Pinned"}
    assert traces["Author of a comment"] == {"* Commenter"}
    assert {"Script", "Notes of a program", "Picture: Place"} <= traces.keys()


def test_office_files_tell_their_authors() -> None:
    traces = _list("docx")
    assert traces["Author"] == {"* Creator"}
    assert traces["Last saved by"] == {"* Saver"}
    assert traces["Company"] == {"* Company"}
    assert traces["Named in comments or changes"] == {"* Inserter", "* Commenter", "*"}
    assert "Picture: Place" in traces
    assert _list("xlsx")["Named in comments or changes"] == {
        "C:\\Users\\* Path\\",
        "* Author",
        "* Person",
    }
    assert _list("odt")["Author"] == {"* Creator", "* Saver"}
    assert _list("odt")["Desk"] == {"* Custom"}
    assert _list("odt")["Named in comments or changes"] == {"* Commenter"}


@ALL
def test_a_cleaned_copy_holds_no_canary_anywhere(name: str) -> None:
    kind, data = SAMPLES[name]
    assert CANARY.encode() in _everything_in(kind, data)
    everything = _everything_in(kind, _clean(kind, data))
    for form in (CANARY, CANARY.encode("utf-16-le").decode("latin-1")):
        assert form.encode("latin-1") not in everything
    assert b"2026" not in everything


@ALL
def test_a_cleaned_copy_is_of_the_same_kind_and_tells_nothing(name: str) -> None:
    kind, data = SAMPLES[name]
    cleaned = _clean(kind, data)
    assert sniff(cleaned) == kind
    left = metadata.list_traces(kind, io.BytesIO(cleaned))
    assert [trace for trace in left if trace.value != "Author"] == []


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "tiff"])
def test_a_cleaned_picture_is_turned_the_right_way_up(name: str) -> None:
    kind, data = SAMPLES[name]
    with Image.open(io.BytesIO(_clean(kind, data))) as picture:
        assert picture.size == (40, 60)
        red, green, blue = picture.convert("RGB").getpixel((39, 0))
        assert red > green + 20
        assert red > blue + 20


def test_a_cleaned_moving_picture_moves() -> None:
    with Image.open(io.BytesIO(_clean(*SAMPLES["gif"]))) as picture:
        assert (picture.n_frames, picture.info["duration"]) == (2, 70)


def test_a_cleaned_pdf_shows_its_page_photo_and_comment() -> None:
    page = PdfReader(io.BytesIO(_clean(*SAMPLES["pdf"]))).pages[0]
    assert page.images[0].image.size == (60, 40)
    assert [note["/Subtype"] for note in page["/Annots"]] == ["/FreeText"]
    assert page["/Annots"][0]["/Contents"] == "A word on this"


def test_a_cleaned_word_file_keeps_its_text_and_is_whole() -> None:
    with zipfile.ZipFile(io.BytesIO(_clean(*SAMPLES["docx"]))) as archive:
        names = archive.namelist()
        document = archive.read("word/document.xml").decode()
        types = archive.read("[Content_Types].xml").decode()
        relations = archive.read("_rels/.rels").decode()
        dates = {entry.date_time for entry in archive.infolist()}
    assert not [name for name in names if name.startswith("docProps/")]
    assert 'the author="kept" text' in document
    assert 'w:ins w:author="Author" w:date="1980-01-01T00:00:00Z"' in document
    assert "docProps" not in types + relations
    assert 'Target="word/document.xml"' in relations
    assert dates == {(1980, 1, 1, 0, 0, 0)}


def test_a_kind_that_nobody_understands() -> None:
    target = io.BytesIO()
    assert not metadata.clean_copy(kinds.ZIP, io.BytesIO(b"PK"), target)
    assert target.getvalue() == b""
    with pytest.raises(CannotReadError):
        metadata.list_traces(kinds.UNKNOWN, io.BytesIO(b"?"))


def _refused(kind: Kind, data: bytes) -> None:
    target = io.BytesIO()
    with pytest.raises(CannotReadError):
        metadata.clean_copy(kind, io.BytesIO(data), target)
    assert target.getvalue() == b""


def test_a_locked_pdf_is_named_so() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(SAMPLES["pdf"][1]))
    writer.encrypt("secret", algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    _refused(kinds.PDF, target.getvalue())
    with pytest.raises(CannotReadError, match="locked"):
        metadata.list_traces(kinds.PDF, io.BytesIO(target.getvalue()))


def _chunk(name: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)


def _bomb_png(side: int) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_a_picture_of_too_many_pixels_is_refused(side: int) -> None:
    _refused(kinds.PNG, _bomb_png(side))
    with pytest.raises(CannotReadError):
        metadata.list_traces(kinds.PNG, io.BytesIO(_bomb_png(side)))


def test_office_bombs_are_refused() -> None:
    wide = samples.archive({"word/document.xml": bytes(5_000_000)})
    many = samples.archive({f"word/{number}.xml": "x" for number in range(3_000)})
    inner = samples.archive({"[Content_Types].xml": "x", "word/document.xml": "x"})
    for _ in range(6):
        inner = samples.archive({"[Content_Types].xml": "x", "word/one.docx": inner})
    entities = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    typed = samples.archive({"word/document.xml": entities, "docProps/core.xml": entities})
    for bomb in (wide, many, inner, typed):
        _refused(kinds.DOCX, bomb)


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    whole = samples.archive({"word/document.xml": b"<a>" + bytes(range(65, 90)) * 4000})
    lying = whole.replace(struct.pack("<I", 100_003), struct.pack("<I", 10))
    assert lying != whole
    _refused(kinds.DOCX, lying)


def test_properties_are_found_wherever_they_may_lie() -> None:
    core = f"<a xmlns:c='d'><c:lastModifiedBy>{CANARY}</c:lastModifiedBy></a>"
    for name in ("package/services/metadata/core-properties/1.psmdcp", "docprops/Core.xml"):
        data = samples.archive({"word/document.xml": "<a/>", name: core})
        traces = metadata.list_traces(kinds.DOCX, io.BytesIO(data))
        assert traces == [Trace("Last saved by", CANARY)]
        assert CANARY.encode() not in _everything_in(kinds.DOCX, _clean(kinds.DOCX, data))
    data = samples.archive({"Object 1/meta.xml": f"<a><printed-by>{CANARY}</printed-by></a>"})
    assert metadata.list_traces(kinds.ODT, io.BytesIO(data)) == [Trace("Printed by", CANARY)]
    assert CANARY.encode() not in _everything_in(kinds.ODT, _clean(kinds.ODT, data))


def test_a_part_that_cannot_be_cleaned_is_never_kept() -> None:
    _refused(kinds.DOCX, samples.archive({"word/vbaProject.bin": b"\x00\x01macro"}))


def test_a_pdf_with_a_picture_that_cannot_be_cleaned_is_refused() -> None:
    _refused(kinds.PDF, SAMPLES["pdf"][1].replace(b"/DCTDecode", b"/JPXDecode"))


def test_a_picture_of_too_many_frames_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_FRAMES", 1)
    _refused(*SAMPLES["gif"])


def test_a_jpeg_within_a_pdf_loses_segments_and_no_pixel() -> None:
    _kind, data = SAMPLES["jpeg"]
    stripped = images.strip_jpeg(data + CANARY.encode())
    assert CANARY.encode() not in stripped
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(stripped)) as after:
        assert after.tobytes() == before.tobytes()
    for broken in (b"", data[:40], b"\xff\xd8\xff\xe1\x00\x00", b"\xff\xd8nothing"):
        with pytest.raises(CannotReadError):
            images.strip_jpeg(broken)


def test_no_text_takes_long_to_clean() -> None:
    begun = time.process_time()
    for repeated in ('<a b="', "<a b='x' ", "<author ", "<w:rsids>", "<a<a", "<x:"):
        office.clean(samples.archive({"a.xml": repeated * 20_000, "b.xml": urandom(9_000).hex()}))
    assert time.process_time() - begun < 5


def test_a_file_that_is_too_large_is_refused() -> None:
    _refused(kinds.JPEG, SAMPLES["jpeg"][1] + bytes(LARGEST_FILE))


def test_no_trace_is_longer_than_a_line() -> None:
    core = f"<a xmlns:dc='d'><dc:creator>{'x' * 9_000}\r\n\x85y</dc:creator></a>"
    odd = samples.archive({"docProps/core.xml": core})
    assert metadata.list_traces(kinds.DOCX, io.BytesIO(odd)) == [Trace("Author", "x" * 300)]


@ALL
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_of_a_mutated_file_only_the_named_error_comes_out(name: str, data: st.DataObject) -> None:
    kind, whole = SAMPLES[name]
    changed = bytearray(whole[: data.draw(st.integers(len(whole) // 2, len(whole)))])
    for _ in range(data.draw(st.integers(0, 8))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    for act in (
        lambda: metadata.list_traces(kind, io.BytesIO(changed)),
        lambda: metadata.clean_copy(kind, io.BytesIO(changed), io.BytesIO()),
    ):
        with suppress(CannotReadError):
            act()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*kinds.IMAGES, kinds.PDF, *kinds.OFFICE]), st.binary(max_size=300))
def test_of_any_bytes_only_the_named_error_comes_out(kind: Kind, data: bytes) -> None:
    with pytest.raises(CannotReadError):
        metadata.list_traces(kind, io.BytesIO(data))
