"""What kind of file it is, by its first bytes. The name it came with is never asked."""

from dataclasses import dataclass

import puremagic

HEAD_SIZE = 64 * 1024
"""How many first bytes `sniff` wants to see; fewer will do for most kinds."""

_SHORTEST_MARK = 3
_ZIP_MARK = b"PK\x03\x04"
_ODF_MARK = b"mimetypeapplication/vnd.oasis.opendocument."
_ODF_MARK_AT = 30
_OOXML_MARK = b"[Content_Types].xml"


@dataclass(frozen=True, slots=True)
class Kind:
    """A media type, and the extension (without a dot) that a download of it carries."""

    media_type: str
    extension: str


UNKNOWN = Kind("application/octet-stream", "bin")
TEXT = Kind("text/plain", "txt")
JPEG = Kind("image/jpeg", "jpg")
PNG = Kind("image/png", "png")
GIF = Kind("image/gif", "gif")
WEBP = Kind("image/webp", "webp")
TIFF = Kind("image/tiff", "tif")
PDF = Kind("application/pdf", "pdf")
ZIP = Kind("application/zip", "zip")

_OOXML = "application/vnd.openxmlformats-officedocument."
DOCX = Kind(_OOXML + "wordprocessingml.document", "docx")
XLSX = Kind(_OOXML + "spreadsheetml.sheet", "xlsx")
PPTX = Kind(_OOXML + "presentationml.presentation", "pptx")
_ODF = "application/vnd.oasis.opendocument."
ODT = Kind(_ODF + "text", "odt")
ODS = Kind(_ODF + "spreadsheet", "ods")
ODP = Kind(_ODF + "presentation", "odp")

IMAGES = (JPEG, PNG, GIF, WEBP, TIFF)
OFFICE = (DOCX, XLSX, PPTX, ODT, ODS, ODP)

# Extensions as puremagic names them. Pages and programs (html, svg, exe …) are not here, so
# that a browser is never offered one.
_BY_MARK = {
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".jfif": JPEG,
    ".png": PNG,
    ".gif": GIF,
    ".webp": WEBP,
    ".tif": TIFF,
    ".tiff": TIFF,
    ".pdf": PDF,
    ".avif": Kind("image/avif", "avif"),
    ".heif": Kind("image/heic", "heic"),
    ".heic": Kind("image/heic", "heic"),
    ".mp4": Kind("video/mp4", "mp4"),
    ".mov": Kind("video/quicktime", "mov"),
    ".3ga": Kind("video/3gpp", "3gp"),
    ".webm": Kind("video/webm", "webm"),
    ".m4a": Kind("audio/mp4", "m4a"),
    ".mp3": Kind("audio/mpeg", "mp3"),
    ".wav": Kind("audio/wav", "wav"),
    ".ogg": Kind("audio/ogg", "ogg"),
    ".rtf": Kind("application/rtf", "rtf"),
    ".7z": Kind("application/x-7z-compressed", "7z"),
    ".rar": Kind("application/vnd.rar", "rar"),
    ".gz": Kind("application/gzip", "gz"),
}
_BY_FOLDER = ((b"word/", DOCX), (b"xl/", XLSX), (b"ppt/", PPTX))


def sniff(head: bytes) -> Kind:
    """The kind of a file that begins with `head`; UNKNOWN when nothing fits."""
    head = head[:HEAD_SIZE]
    if head.startswith(_ZIP_MARK):
        return _kind_of_zip(head)
    return _kind_by_mark(head) or (TEXT if _is_text(head) else UNKNOWN)


def neutral_name(position: int, kind: Kind) -> str:
    """A name for a download that says nothing about its maker: `file-1.pdf`."""
    return f"file-{position}.{kind.extension}"


def _kind_by_mark(head: bytes) -> Kind | None:
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    kinds = (
        _BY_MARK.get(match.extension)
        for match in matches
        if len(match.byte_match) >= _SHORTEST_MARK
    )
    return next(kinds, None)


def _kind_of_zip(head: bytes) -> Kind:
    if head.startswith(_ODF_MARK, _ODF_MARK_AT):
        stated = head[_ODF_MARK_AT + len(b"mimetype") :]
        return next((k for k in (ODT, ODS, ODP) if stated.startswith(k.media_type.encode())), ZIP)
    if _OOXML_MARK in head:
        return next((kind for folder, kind in _BY_FOLDER if folder in head), ZIP)
    return ZIP


def _is_text(head: bytes) -> bool:
    """True for UTF-8 without control characters, even if cut inside its last character."""
    if not head or any(byte < ord(" ") and byte not in b"\t\n\r\f" for byte in head):
        return False
    for cut in range(4):
        try:
            head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            continue
        return True
    return False
