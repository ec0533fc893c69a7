"""The EPUB container: its files, the package document that lists them, and the zip around them.

Written by hand, as the format is small; the same book gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from storytailor.book.xhtml import escape_xml

_CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>\n"
)
_APPLE = (  # without it Apple Books leaves embedded faces aside
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<display_options><platform name="*"><option name="specified-fonts">true</option></platform></display_options>\n'
)


@dataclass(frozen=True)
class Resource:
    """A file of the publication; `overlay` is the id of the SMIL resource that reads it aloud."""

    id: str
    href: str
    media_type: str
    data: bytes
    properties: str = ""
    overlay: str = ""
    in_spine: bool = False


@dataclass(frozen=True)
class Meta:
    """A property of the publication, or of what has the id that it `refines`; one that others refine has an `id`."""

    property: str
    value: str
    refines: str = ""
    id: str = ""


@dataclass(frozen=True)
class Metadata:
    """What the package says of the publication."""

    identifier: str
    title: str
    language: str
    description: str
    subject: str
    modified: datetime  # UTC
    metas: Sequence[Meta]


def package_document(metadata: Metadata, resources: Sequence[Resource], direction: str) -> str:
    """The package document: metadata, manifest, and spine in the resources' order, its pages turned `ltr` or `rtl`."""
    metas = "\n".join(f"    {_meta(meta)}" for meta in metadata.metas)
    manifest = "\n".join(f"    {_item(resource)}" for resource in resources)
    spine = "\n".join(f'    <itemref idref="{resource.id}"/>' for resource in resources if resource.in_spine)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"'
        f' xml:lang="{escape_xml(metadata.language)}">\n'
        '  <metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'    <dc:identifier id="id">{escape_xml(metadata.identifier)}</dc:identifier>\n'
        f"    <dc:title>{escape_xml(metadata.title)}</dc:title>\n"
        f"    <dc:language>{escape_xml(metadata.language)}</dc:language>\n"
        "    <dc:creator>Storytailor</dc:creator>\n"
        f"    <dc:description>{escape_xml(metadata.description)}</dc:description>\n"
        f"    <dc:subject>{escape_xml(metadata.subject)}</dc:subject>\n"
        f'    <meta property="dcterms:modified">{metadata.modified:%Y-%m-%dT%H:%M:%SZ}</meta>\n'
        f"{metas}\n  </metadata>\n"
        f"  <manifest>\n{manifest}\n  </manifest>\n"
        f'  <spine page-progression-direction="{direction}">\n{spine}\n  </spine>\n'
        "</package>\n"
    )


def _meta(meta: Meta) -> str:
    refines = f' refines="#{meta.refines}"' if meta.refines else ""
    name = f' id="{meta.id}"' if meta.id else ""
    return f'<meta property="{meta.property}"{name}{refines}>{escape_xml(meta.value)}</meta>'


def _item(resource: Resource) -> str:
    properties = f' properties="{resource.properties}"' if resource.properties else ""
    overlay = f' media-overlay="{resource.overlay}"' if resource.overlay else ""
    media = escape_xml(resource.media_type)
    return f'<item id="{resource.id}" href="{resource.href}" media-type="{media}"{properties}{overlay}/>'


def zip_container(package: str, resources: Sequence[Resource]) -> bytes:
    """The zip: `mimetype` first, then the container file, the package and the resources.

    All of it is stored as it is: pictures, sound and faces are compressed already, and c2pa cannot sign what a zip
    has compressed.
    """
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        _add(archive, "mimetype", b"application/epub+zip")
        _add(archive, "META-INF/container.xml", _CONTAINER.encode())
        _add(archive, "META-INF/com.apple.ibooks.display-options.xml", _APPLE.encode())
        _add(archive, "EPUB/package.opf", package.encode())
        for resource in resources:
            _add(archive, f"EPUB/{resource.href}", resource.data)
    return out.getvalue()


def _add(archive: ZipFile, name: str, data: bytes) -> None:
    entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = ZIP_STORED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)
