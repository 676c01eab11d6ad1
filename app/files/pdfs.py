"""Metadata of PDFs (ISO 32000), with pypdf: Info, XMP, attachments, scripts, comments, pictures."""

import logging
from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
)

from app.files import images, xmp
from app.files.kinds import JPEG
from app.files.traces import CannotReadError, Findings

MAX_OBJECTS = 200_000

# Its warnings quote the file, and logs hold no content.
logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)

_INFO = {
    "/Creator": "Made with",
    "/Producer": "Made with",
    "/CreationDate": "Created",
    "/ModDate": "Changed",
}
_DROPPED = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/JS", "/AF", "/Thumb")
_DROPPED_OF_COMMENTS = ("/T", "/M", "/CreationDate", "/NM")
_DROPPED_ANNOTATIONS = ("/FileAttachment", "/Sound", "/Movie", "/Screen", "/RichMedia", "/3D")
_DROPPED_ACTIONS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition")


def _read(data: bytes) -> PdfReader:
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted:
        raise CannotReadError("a locked PDF")
    return reader


def _walk(root: PdfObject) -> Iterator[DictionaryObject]:
    """Every dictionary and stream that can be reached, once."""
    seen: set[int] = set()
    waiting: list[PdfObject | None] = [root]
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if found.idnum in seen:
                continue
            seen.add(found.idnum)
            if len(seen) > MAX_OBJECTS:
                raise CannotReadError("a PDF of too many objects")
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            yield found
            waiting.extend(found.values())
        elif isinstance(found, ArrayObject):
            waiting.extend(found)


def list_findings(data: bytes) -> Findings:
    """What a PDF says of its making; raises whatever pypdf raises for a broken one."""
    reader = _read(data)
    for key in reader.metadata or {}:
        yield _INFO.get(key, key.removeprefix("/")), _at(reader.metadata, key)
    for found in _walk(reader.root_object):
        yield from _findings_of(found)


def _findings_of(found: DictionaryObject) -> Findings:
    if _at(found, "/Type") == "/Filespec":
        yield "Attached file", _at(found, "/UF") or _at(found, "/F")
    if "/JS" in found:
        yield "Script", "present"
    if "/PieceInfo" in found:
        yield "Notes of a program", "present"
    if _is_comment(found):
        yield "Author of a comment", _at(found, "/T")
    if _at(found, "/Type") == "/Sig":
        yield "Signed by", _at(found, "/Name") or "present"
    if isinstance(found, StreamObject) and _at(found, "/Type") == "/Metadata":
        yield from xmp.list_findings(found.get_data())
    elif isinstance(found, StreamObject) and _has_filter(found, "/DCTDecode"):
        for name, value in images.list_findings(JPEG, found.get_data()):
            yield f"Picture: {name}", value


def clean(data: bytes) -> bytes:
    """The pages alone, without what tells of their making.

    Bookmarks, form logic and named places go too. Written twice, because what is cut loose in
    the first copy is still in it. Raises CannotReadError for a locked PDF or one with a
    JPEG 2000 picture, and whatever pypdf raises for a broken one.
    """
    writer = _pages_of(_read(data))
    for found in _walk(writer.root_object):
        _clean_object(found)
    return _written(_pages_of(_read(_written(writer))))


def _pages_of(reader: PdfReader) -> PdfWriter:
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    writer.metadata = None
    return writer


def _written(writer: PdfWriter) -> bytes:
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def _clean_object(found: DictionaryObject) -> None:
    for key in (*_DROPPED, *(_DROPPED_OF_COMMENTS if _is_comment(found) else ())):
        found.pop(key, None)
    if _at(found, "/FT") == "/Sig":
        found.pop("/V", None)
    if _at(found, "/S") in _DROPPED_ACTIONS:
        found.clear()
    if isinstance(annotations := _at(found, "/Annots"), ArrayObject):
        kept = [a for a in annotations if _subtype(a) not in _DROPPED_ANNOTATIONS]
        found[NameObject("/Annots")] = ArrayObject(kept)
    if isinstance(found, StreamObject) and _has_filter(found, "/JPXDecode"):
        raise CannotReadError("a PDF with a JPEG 2000 picture, which cannot be cleaned")
    if isinstance(found, StreamObject) and _has_filter(found, "/DCTDecode"):
        stripped = images.strip_jpeg(found.get_data())
        found.pop("/DecodeParms", None)
        found[NameObject("/Filter")] = NameObject("/DCTDecode")
        StreamObject.set_data(found, stripped)  # its own would want to compress


def _at(found: object, key: str) -> object:
    """The value below `key`, references followed; None where there is none."""
    return found[key] if isinstance(found, DictionaryObject) and key in found else None


def _subtype(annotation: PdfObject) -> object:
    return _at(annotation.get_object(), "/Subtype")


def _is_comment(found: DictionaryObject) -> bool:
    return "/Rect" in found and _at(found, "/Subtype") not in (None, "/Widget")


def _has_filter(found: StreamObject, name: str) -> bool:
    filters = _at(found, "/Filter")
    return filters == name or (isinstance(filters, ArrayObject) and name in filters)
