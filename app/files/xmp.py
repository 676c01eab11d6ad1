"""XMP (ISO 16684-1): the XML in pictures and PDFs in which programs note what they did."""

from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from app.files.traces import Findings

LARGEST_PACKET = 1024 * 1024

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_NAMES = {
    "creator": "Author",
    "Author": "Author",
    "CreatorTool": "Made with",
    "softwareAgent": "Made with",
    "Producer": "Made with",
    "CreateDate": "Created",
    "DateCreated": "Created",
    "ModifyDate": "Changed",
    "MetadataDate": "Changed",
    "title": "Title",
    "description": "Description",
    "subject": "Keywords",
    "rights": "Copyright",
    "SerialNumber": "Camera serial number",
    "OwnerName": "Camera owner",
}


def list_findings(xml: bytes) -> Findings:
    """Every value in an XMP packet, under a plain name where there is one."""
    root = _parse(xml)
    if root is None:
        yield "Hidden description (XMP)", "cannot be read"
        return
    waiting = [("", root)]
    while waiting:
        name, element = waiting.pop()
        if not element.tag.startswith(_RDF):
            name = _plain(element.tag)
        for attribute, value in element.items():
            if not attribute.startswith((_RDF, _XML)):
                yield _plain(attribute), value
        if element.text and not element.text.isspace():
            yield name, element.text
        waiting.extend((name, child) for child in reversed(element))


def _parse(xml: bytes) -> Element | None:
    if len(xml) > LARGEST_PACKET:
        return None
    try:
        root: Element = fromstring(xml.strip(b"\x00 \r\n\t"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    return root


def _plain(tag: str) -> str:
    local = tag.rsplit("}", 1)[-1]
    return _NAMES.get(local, f"XMP {local}")
