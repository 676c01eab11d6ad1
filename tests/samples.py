"""Real files that tell on their maker, each trace a canary."""

import io
import zipfile
from collections.abc import Mapping

from PIL import ExifTags, Image, ImageCms, PngImagePlugin
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

CANARY = "Rosa-Canary"

XMP = f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="{CANARY} XmpTool"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator><rdf:Seq><rdf:li
>{CANARY} XmpAuthor</rdf:li></rdf:Seq>
</dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>""".encode()


def _pixels() -> Image.Image:
    picture = Image.linear_gradient("L").resize((60, 40)).convert("RGB")
    picture.putpixel((0, 0), (255, 0, 0))
    return picture


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0110] = f"{CANARY} Camera"
    exif[0x0131] = f"{CANARY} Software"
    exif[0x013B] = f"{CANARY} Artist"
    exif[0x0112] = 6
    exif[0x9C9D] = f"{CANARY} Windows".encode("utf-16-le")
    photo = exif.get_ifd(ExifTags.IFD.Exif)
    photo[0xA431] = f"{CANARY} Serial"
    photo[0x9003] = "2026:05:04 03:02:01"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[1], gps[2], gps[3], gps[4] = "N", (40.0, 42.0, 46.08), "W", (74.0, 0.0, 21.6)
    return exif


def picture(form: str) -> bytes:
    """A picture of 60 by 40 pixels, to be turned by a quarter, with all that its form can tell."""
    target = io.BytesIO()
    options = {"exif": _exif()}
    if form == "JPEG":
        options |= {"xmp": XMP, "comment": f"{CANARY} Comment", "quality": 90}
        options["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if form == "WEBP":
        options |= {"xmp": XMP}
    if form == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Author", f"{CANARY} Text")
        texts.add_itxt("Comment", f"{CANARY} ITxt", zip=True)
        texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options |= {"pnginfo": texts}
    if form == "GIF":
        options = {"comment": f"{CANARY} Comment", "save_all": True, "duration": 70}
        options["append_images"] = [_pixels().rotate(90)]
    _pixels().save(target, form, **options)
    return target.getvalue()


def iptc_jpeg() -> bytes:
    """A JPEG whose author stands in IPTC alone."""
    said = f"{CANARY} Byline".encode()
    record = b"\x1c\x02\x50" + len(said).to_bytes(2, "big") + said
    record += b"\x00" * (len(record) % 2)
    block = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + len(record).to_bytes(4, "big") + record
    plain = io.BytesIO()
    _pixels().save(plain, "JPEG")
    segment = b"\xff\xed" + (len(block) + 2).to_bytes(2, "big") + block
    return plain.getvalue()[:2] + segment + plain.getvalue()[2:]


def _stream(data: bytes, **entries: str) -> StreamObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    for key, value in entries.items():
        stream[NameObject(f"/{key}")] = NameObject(f"/{value}")
    return stream


def pdf() -> bytes:
    """A PDF of one page with a photo, a comment, and everything that tells of its making."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": f"{CANARY} Author", "/Creator": f"{CANARY} Creator"})
    writer.add_metadata({"/Company": f"{CANARY} Company"})
    writer.add_attachment("secret.txt", f"{CANARY} Attached".encode())
    script = TextStringObject(f"app.alert('{CANARY} Script')")
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): script}
    )
    metadata = _stream(XMP, Type="Metadata", Subtype="XML").flate_encode()
    writer.root_object[NameObject("/Metadata")] = writer._add_object(metadata)
    note = FreeText(text="A word on this", rect=(9, 9, 99, 99))
    note[NameObject("/T")] = TextStringObject(f"{CANARY} Commenter")
    writer.add_annotation(0, note)
    photo = _stream(picture("JPEG"), Type="XObject", Subtype="Image", ColorSpace="DeviceRGB")
    for key, value in (("/Width", 60), ("/Height", 40), ("/BitsPerComponent", 8)):
        photo[NameObject(key)] = NumberObject(value)
    photo[NameObject("/Filter")] = NameObject("/DCTDecode")
    photo = photo.flate_encode()
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/P"): writer._add_object(photo)})}
    )
    page[NameObject("/PieceInfo")] = DictionaryObject(
        {NameObject("/App"): TextStringObject(f"{CANARY} Piece")}
    )
    page[NameObject("/Contents")] = writer._add_object(
        _stream(b"q 60 0 0 40 9 9 cm /P Do Q").flate_encode()
    )
    attached = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/FileAttachment"),
            NameObject("/Rect"): ArrayObject([NumberObject(0)] * 4),
            NameObject("/FS"): writer._add_object(
                DictionaryObject(
                    {
                        NameObject("/Type"): NameObject("/Filespec"),
                        NameObject("/F"): TextStringObject(f"{CANARY} Pinned"),
                    }
                )
            ),
        }
    )
    page["/Annots"].append(writer._add_object(attached))
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP of these parts, in their order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.comment = f"{CANARY} ZipComment".encode()
        for name, part in parts.items():
            stored = zipfile.ZIP_STORED if name == "mimetype" else None
            file.writestr(name, part, compress_type=stored)
    return target.getvalue()


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _docx_parts() -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/word/document.xml" ContentType="a"/>'
        '<Override PartName="/docProps/core.xml" ContentType="b"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="1" Type="{_OFFICE}/relationships/officeDocument" '
        'Target="word/document.xml"/><Relationship Id="2" '
        f'Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        "</Relationships>",
        "word/document.xml": f'<w:document {_W} w:title="a &gt; b"><w:p w:rsidR="00CA0A11">'
        f'<w:ins w:author="{CANARY} Inserter" w:date="2026-05-04T03:02:01Z"><w:r><w:t>'
        'the author="kept" text</w:t></w:r></w:ins></w:p></w:document>',
        "word/comments.xml": f"<w:comments {_W}><w:comment w:id='0' w:author='{CANARY} Commenter'"
        f" w:initials='{CANARY}' w:date='2026-05-04T03:02:01Z'/></w:comments>",
        "word/settings.xml": f'<w:settings {_W}><w:rsids><w:rsidRoot w:val="00CA0A11"/>'
        '<w:rsid w:val="00CA0A11"/></w:rsids></w:settings>',
        "word/media/image1.jpeg": picture("JPEG"),
        "docProps/core.xml": '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/'
        'package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:creator>{CANARY} Creator</dc:creator><cp:lastModifiedBy>{CANARY} Saver"
        "</cp:lastModifiedBy></cp:coreProperties>",
        "docProps/app.xml": f'<Properties xmlns="{_OFFICE}/extended-properties">'
        f"<Company>{CANARY} Company</Company></Properties>",
        "docProps/custom.xml": f'<Properties xmlns="{_OFFICE}/custom-properties" '
        f'xmlns:vt="{_OFFICE}/docPropsVTypes"><property name="Desk"><vt:lpwstr>{CANARY} Custom'
        "</vt:lpwstr></property></Properties>",
        "docProps/thumbnail.jpeg": picture("JPEG"),
    }


def docx() -> bytes:
    """A Word file with tracked changes, a comment, a photo and another Word file inside."""
    return archive(_docx_parts() | {"word/embeddings/one.docx": archive(_docx_parts())})


def xlsx() -> bytes:
    """An Excel file with a path, a comment's author and a printer."""
    parts = _docx_parts()
    kept = ("[Content_Types].xml", "_rels/.rels", "docProps/core.xml")
    return archive(
        {name: parts[name] for name in kept}
        | {
            "xl/workbook.xml": '<workbook xmlns:x15ac="urn:x"><x15ac:absPath '
            f'url="C:\\Users\\{CANARY} Path\\"/></workbook>',
            "xl/comments1.xml": f"<comments><authors><author>{CANARY} Author</author></authors>"
            "</comments>",
            "xl/persons/person.xml": f'<personList><person displayName="{CANARY} Person" id="1"/>'
            "</personList>",
            "xl/printerSettings/printerSettings1.bin": f"{CANARY} Printer".encode("utf-16-le"),
        }
    )


def odt() -> bytes:
    """An OpenDocument text with properties, a note and a printer."""
    dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    meta = 'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f'<office:annotation xmlns:office="urn:o" {dc}><dc:creator>{CANARY} '
            "Commenter</dc:creator><dc:date>2026-05-04T03:02:01</dc:date>words"
            "</office:annotation>",
            "meta.xml": f'<office:document-meta xmlns:office="urn:o" {dc} {meta}><office:meta>'
            f"<meta:initial-creator>{CANARY} Creator</meta:initial-creator><dc:creator>{CANARY} "
            f'Saver</dc:creator><meta:user-defined meta:name="Desk">{CANARY} Custom'
            "</meta:user-defined></office:meta></office:document-meta>",
            "settings.xml": '<s xmlns:config="urn:c"><config:config-item config:name="PrinterName" '
            f'config:type="string">{CANARY} Printer</config:config-item></s>',
            "Thumbnails/thumbnail.png": picture("PNG"),
        }
    )
