"""Metadata of pictures, with Pillow: EXIF, IPTC, XMP, comments, colour profiles."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import count
from typing import Any

from PIL import ExifTags, Image, ImageCms, ImageFile, ImageOps, IptcImagePlugin

from app.files import xmp
from app.files.kinds import GIF, JPEG, PNG, TIFF, WEBP, Kind
from app.files.traces import Budget, CannotReadError, Findings

MAX_FRAMES = 1000

_FORMATS = {JPEG: ("JPEG", "MPO"), PNG: ("PNG",), GIF: ("GIF",), WEBP: ("WEBP",), TIFF: ("TIFF",)}
_OPTIONS: dict[Kind, dict[str, Any]] = {
    JPEG: {"quality": 92},
    WEBP: {"quality": 90},
    TIFF: {"compression": "tiff_deflate"},
}
_MOVING = (GIF, PNG, WEBP)
_SAID_ABOVE = ("XML:", "Raw profile")
_KEPT_MODES = ("1", "L", "RGB")

_TAGS = {
    0x010D: "Document name",
    0x010E: "Description",
    0x010F: "Camera maker",
    0x0110: "Camera",
    0x0131: "Made with",
    0x0132: "Changed",
    0x013B: "Author",
    0x013C: "Computer",
    0x8298: "Copyright",
}
_WINDOWS_TAGS = {
    0x9C9B: "Title",
    0x9C9C: "Comment",
    0x9C9D: "Author",
    0x9C9E: "Keywords",
    0x9C9F: "Subject",
}
_PHOTO_TAGS = {
    0x9003: "Taken",
    0x9004: "Digitized",
    0x9010: "Time zone",
    0x9286: "Comment",
    0xA420: "Number of the picture",
    0xA430: "Camera owner",
    0xA431: "Camera serial number",
    0xA433: "Lens maker",
    0xA434: "Lens",
    0xA435: "Lens serial number",
}
_MAKER_NOTE = 0x927C
_IPTC = {
    (2, 5): "Title",
    (2, 25): "Keywords",
    (2, 55): "Created",
    (2, 80): "Author",
    (2, 85): "Position of the author",
    (2, 90): "City",
    (2, 95): "State",
    (2, 101): "Country",
    (2, 105): "Headline",
    (2, 110): "Credit",
    (2, 115): "Source",
    (2, 116): "Copyright",
    (2, 120): "Description",
    (2, 122): "Author of the description",
}


def _open(kind: Kind, data: bytes) -> ImageFile.ImageFile:
    return Image.open(BytesIO(data), formats=_FORMATS[kind])


def list_findings(kind: Kind, data: bytes, budget: Budget | None = None) -> Findings:
    """What a picture's metadata says.

    Raises CannotReadError for a bomb, and whatever Pillow raises for a broken picture.
    """
    with _open(kind, data) as image:
        if kind == PNG:  # its texts may follow its pixels
            (budget or Budget()).spend(pixels=image.width * image.height)
            image.load()
        yield from _exif(image.getexif())
        yield from _iptc(image)
        for key, value in image.info.items():
            name = str(key)
            if name == "xmp":
                yield from xmp.list_findings(value.encode() if isinstance(value, str) else value)
            elif name == "icc_profile":
                yield "Colour profile", _profile_name(value)
            elif name == "comment":
                yield "Comment", value
            elif kind == PNG and isinstance(value, str) and not name.startswith(_SAID_ABOVE):
                yield name, value


def _exif(exif: Image.Exif) -> Findings:
    yield from _named(exif, _TAGS)
    for tag, name in _WINDOWS_TAGS.items():
        if isinstance(exif.get(tag), bytes):
            yield name, exif[tag].decode("utf-16-le", "replace")
    photo = exif.get_ifd(ExifTags.IFD.Exif)
    yield from _named(photo, _PHOTO_TAGS)
    if _MAKER_NOTE in photo:
        yield "Notes of the camera", "present"
    if gps := exif.get_ifd(ExifTags.IFD.GPSInfo):
        yield "Place", _place(gps)
    if exif.get_ifd(ExifTags.IFD.IFD1):
        yield "Preview of the picture as it was", "present"


def _named(values: Mapping[int, Any], names: Mapping[int, str]) -> Findings:
    for tag, name in names.items():
        if tag in values:
            value = values[tag]
            yield name, value.removeprefix(b"ASCII\0\0\0") if isinstance(value, bytes) else value


def _place(gps: Mapping[int, Any]) -> str:
    """Degrees north and east, or that they cannot be read."""
    try:
        north, east = (
            (degrees + minutes / 60 + seconds / 3600) * (-1 if gps[reference] in "SW" else 1)
            for reference, (degrees, minutes, seconds) in ((1, gps[2]), (3, gps[4]))
        )
        return f"{float(north):.5f}, {float(east):.5f}"
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return "present"


def _iptc(image: ImageFile.ImageFile) -> Findings:
    for field, value in (IptcImagePlugin.getiptcinfo(image) or {}).items():
        for said in value if isinstance(value, list) else [value]:
            if field in _IPTC:
                yield _IPTC[field], said


def _profile_name(profile: bytes) -> str:
    try:
        return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError):
        return "present"


def clean(kind: Kind, data: bytes, budget: Budget | None = None) -> bytes:
    """The picture encoded anew from its pixels alone, turned the right way up.

    Colour profiles go too. Raises CannotReadError for a bomb, and whatever Pillow raises for
    a broken picture.
    """
    with _open(kind, data) as image:
        frames = list(_frames(image, budget or Budget()))
    options = dict(_OPTIONS.get(kind, {}))
    pictures = [picture for picture, _milliseconds in frames]
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": pictures[1:]}
        if kind in _MOVING:
            options |= {"duration": [milliseconds for _, milliseconds in frames], "loop": 0}
    cleaned = BytesIO()
    pictures[0].save(cleaned, format=_FORMATS[kind][0], **options)
    return cleaned.getvalue()


def _frames(image: Image.Image, budget: Budget) -> Iterator[tuple[Image.Image, int]]:
    """Each frame's pixels, and for how many milliseconds it shows; of a JPEG the first alone."""
    for number in count():
        try:
            image.seek(number)
        except EOFError:
            return
        if number == MAX_FRAMES:
            raise CannotReadError("a picture of too many frames")
        budget.spend(pixels=image.width * image.height)
        yield _pixels(image), int(image.info.get("duration", 0))
        if image.format in _FORMATS[JPEG]:  # what follows are previews and depth maps
            return


def _pixels(image: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(image)
    mode = upright.mode if upright.mode in _KEPT_MODES else "RGB"
    if upright.has_transparency_data:
        mode = "RGBA"
    pixels = Image.new(mode, upright.size)
    pixels.paste(upright.convert(mode))
    return pixels


def strip_jpeg(data: bytes) -> bytes:
    """A JPEG without comments, application segments and what follows its end; pixels untouched.

    Keeps what decoding needs: APP0 (JFIF) and APP14 (Adobe's colours). Raises CannotReadError
    when the segments make no sense (ITU T.81, annex B).
    """
    kept = bytearray(data[:2])
    at = 2
    while data[at : at + 2] != b"\xff\xda":
        marker, length = data[at : at + 2], int.from_bytes(data[at + 2 : at + 4], "big")
        if len(marker) != 2 or marker[0] != 0xFF or length < 2:  # noqa: PLR2004 (bytes of a marker)
            raise CannotReadError("a picture of broken segments")
        if not (0xE1 <= marker[1] <= 0xEF or marker[1] == 0xFE) or marker[1] == 0xEE:  # noqa: PLR2004
            kept += data[at : at + 2 + length]
        at += 2 + length
    end = data.find(b"\xff\xd9", at)
    return bytes(kept) + (data[at : end + 2] if end > 0 else data[at:])
