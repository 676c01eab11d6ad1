"""Metadata of office files: OOXML (ECMA-376) and ODF (ISO 26300), both ZIPs of XML.

Parts are rewritten as text, tag by tag: parsing and writing XML anew would rename the
namespaces that Word insists on. A part that cannot be cleaned is an error, never kept.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from defusedxml.ElementTree import fromstring

from app.files import images
from app.files.kinds import IMAGES, OFFICE, sniff
from app.files.traces import Budget, CannotReadError, Findings

MAX_PARTS = 2_000
MAX_RATIO = 200
MAX_DEPTH = 3
MAX_PIXELS = 300_000_000
LARGEST_PROPERTIES = 1024 * 1024

_NEUTRAL_NAME = "Author"
_NEUTRAL_DATE = "1980-01-01T00:00:00Z"
_NEUTRAL_ZIP_DATE = (1980, 1, 1, 0, 0, 0)

_DROPPED = re.compile(
    r"(docProps|customXml|_xmlsignatures|package/services/metadata)/"
    r"|META-INF/documentsignatures\.xml$",
    re.IGNORECASE,
)
_DROPPED_RELATIONS = re.compile(
    r"/(core-properties|extended-properties|custom-properties|thumbnail|customXml"
    r"|digital-signature/origin)$"
)
_PROPERTIES = re.compile(
    r"docProps/(core|app|custom)\.xml$|package/services/metadata/core-properties/[^/]+$"
    r"|(.+/)?meta\.xml$",
    re.IGNORECASE,
)
_ODF_META = re.compile(r"(.+/)?meta\.xml$")
_EMPTY_META = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' office:version="1.3"><office:meta/></office:document-meta>'
)
_XML_PART = re.compile(r"\.(xml|rels|vml|rdf)$")
_FONT_PART = re.compile(r"\.(odttf|ttf|otf|fntdata)$")
_PRINTER_PART = re.compile(r"printerSettings\d*\.bin$")

_PLAIN_NAMES = {
    "creator": "Author",
    "initial-creator": "Author",
    "lastModifiedBy": "Last saved by",
    "printed-by": "Printed by",
    "created": "Created",
    "creation-date": "Created",
    "modified": "Changed",
    "date": "Changed",
    "lastPrinted": "Printed",
    "print-date": "Printed",
    "Application": "Made with",
    "generator": "Made with",
    "Company": "Company",
    "Manager": "Manager",
    "Template": "Template",
    "TotalTime": "Minutes of editing",
    "editing-duration": "Time of editing",
    "revision": "Number of savings",
    "editing-cycles": "Number of savings",
}

# No pattern reaches past the next "<", so that none takes longer than the text is long.
_TAG = re.compile(
    r"""<([A-Za-z_][^\s/<>]*)((?:\s+[^\s=/<>]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))+)\s*(/?)>"""
)
_ATTRIBUTE = re.compile(r"""(\s+)([^\s=/<>]+)(\s*=\s*)("[^"<]*"|'[^'<]*')""")
_NAMED_ELEMENT = re.compile(
    r"(<((?:[\w.-]+:)?(?:author|creator|creator-initials|sender-initials))(?:\s[^<>]*)?>)"
    r"([^<]*)(</\2\s*>)"
)
_DATED_ELEMENT = re.compile(r"(<(dc:date|meta:date-string)(?:\s[^<>]*)?>)([^<]*)(</\2\s*>)")
_PRINTER_ITEM = re.compile(r"(<config:config-item\s([^<>]*)>)([^<]*)")
_PRINTER_SETTINGS = re.compile(r"[\"'](PrinterName|PrinterSetup|PrintFaxName)[\"']")
_EDITING_SESSION = re.compile(r"<w:rsid(?:Root)?\s[^<>]*/>")

_NAMES = {"author", "initials", "userId", "userName"}
_NAMES_OF = {
    ("person", "displayName"),
    ("cmAuthor", "name"),
    ("author", "name"),
    ("absPath", "url"),
}
_DATES = {"date", "dT", "dt", "dateUtc"}


def _open(data: bytes, budget: Budget) -> ZipFile:
    archive = ZipFile(BytesIO(data))
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    budget.spend(unpacked=unpacked)
    if (
        len(parts) > MAX_PARTS
        or unpacked > MAX_RATIO * len(data)
        or len({part.filename for part in parts}) < len(parts)
    ):
        raise CannotReadError("an office file that unpacks to too much")
    return archive


def _read(archive: ZipFile, name: str) -> bytes:
    """A part, unpacked no further than its stated size, even where that is a lie."""
    entry = archive.getinfo(name)
    with archive.open(entry) as part:
        return part.read(entry.file_size)


def list_findings(data: bytes) -> Findings:
    """What an office file says of its making; raises whatever a broken ZIP or XML raises."""
    budget = Budget(pixels=MAX_PIXELS)
    with _open(data, budget) as archive:
        people: dict[str, None] = {}
        for name in archive.namelist():
            part = _read(archive, name)
            if _PROPERTIES.match(name):
                yield from _properties(part)
            elif _XML_PART.search(name):
                people |= dict.fromkeys(_people(_text(part)))
            elif (kind := sniff(part)) in IMAGES:
                for trace, value in images.list_findings(kind, part, budget):
                    yield f"Picture: {trace}", value
        for person in people:
            yield "Named in comments or changes", person


def _properties(part: bytes) -> Findings:
    if len(part) > LARGEST_PROPERTIES:
        raise CannotReadError("an office file with too many properties")
    for element in fromstring(part, forbid_dtd=True).iter():
        local = element.tag.rsplit("}", 1)[-1]
        own = element.get("name") or element.get(f"{element.tag[: -len(local)]}name")
        if element.text:
            yield own or _PLAIN_NAMES.get(local, local), element.text


def _people(text: str) -> Iterator[str]:
    for tag in _TAG.finditer(text):
        for _space, name, _equals, value in _ATTRIBUTE.findall(tag[2]):
            if _is_name(tag[1], name):
                yield value[1:-1]
    for element in _NAMED_ELEMENT.finditer(text):
        yield element[3]


def clean(data: bytes) -> bytes:
    """The same document without properties, names, dates, paths and editing sessions.

    Pictures in it are cleaned, documents in it too. Raises CannotReadError for a bomb or a
    part that cannot be cleaned, and whatever a broken ZIP or XML raises.
    """
    return _clean(data, 0, Budget(pixels=MAX_PIXELS))


def _clean(data: bytes, depth: int, budget: Budget) -> bytes:
    if depth > MAX_DEPTH:
        raise CannotReadError("documents within documents, too deep")
    target = BytesIO()
    with _open(data, budget) as archive, ZipFile(target, "w") as cleaned:
        for name in archive.namelist():
            if not _DROPPED.match(name):
                entry = ZipInfo(name, _NEUTRAL_ZIP_DATE)
                entry.compress_type = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
                cleaned.writestr(entry, _clean_part(name, _read(archive, name), depth, budget))
    return target.getvalue()


def _clean_part(name: str, part: bytes, depth: int, budget: Budget) -> bytes:
    if _ODF_META.match(name):
        return _EMPTY_META.encode()
    if _XML_PART.search(name):
        return _clean_xml(_text(part)).encode()
    if not part or name == "mimetype" or _FONT_PART.search(name):
        return part
    if _PRINTER_PART.search(name):
        return bytes(len(part))
    kind = sniff(part)
    if kind in IMAGES:
        return images.clean(kind, part, budget)
    if kind in OFFICE:
        return _clean(part, depth + 1, budget)
    raise CannotReadError("an office file with a part that cannot be cleaned")


def _text(part: bytes) -> str:
    """The XML of a part; both formats are UTF-8 in practice, and nothing else is read."""
    text = part.decode("utf-8-sig")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise CannotReadError("an office file with a document type of its own")
    return text


def _clean_xml(text: str) -> str:
    text = _TAG.sub(_clean_tag, text)
    text = _NAMED_ELEMENT.sub(rf"\g<1>{_NEUTRAL_NAME}\g<4>", text)
    text = _DATED_ELEMENT.sub(rf"\g<1>{_NEUTRAL_DATE}\g<4>", text)
    text = _PRINTER_ITEM.sub(lambda i: i[1] if _PRINTER_SETTINGS.search(i[2]) else i[0], text)
    return _EDITING_SESSION.sub("", text)


def _clean_tag(tag: re.Match[str]) -> str:
    if tag[3] and _leads_to_dropped(tag):
        return ""

    def clean_attribute(attribute: re.Match[str]) -> str:
        space, name, equals = attribute[1], attribute[2], attribute[3]
        local = _local(name)
        if local.startswith("rsid"):
            return ""
        if _is_name(tag[1], name):
            return f'{space}{name}{equals}"{_NEUTRAL_NAME}"'
        if local in _DATES:
            return f'{space}{name}{equals}"{_NEUTRAL_DATE}"'
        return attribute[0]

    return f"<{tag[1]}{_ATTRIBUTE.sub(clean_attribute, tag[2])}{tag[3]}>"


def _leads_to_dropped(tag: re.Match[str]) -> bool:
    """True for the lines of a package that name a part which is left out."""
    attributes = {name: value[1:-1] for _, name, _, value in _ATTRIBUTE.findall(tag[2])}
    if tag[1] == "Relationship":
        return _DROPPED_RELATIONS.search(attributes.get("Type", "")) is not None
    return tag[1] == "Override" and bool(_DROPPED.match(attributes.get("PartName", "")[1:]))


def _is_name(element: str, attribute: str) -> bool:
    local = _local(attribute)
    return local in _NAMES or (_local(element), local) in _NAMES_OF


def _local(name: str) -> str:
    return name.rsplit(":", 1)[-1]
