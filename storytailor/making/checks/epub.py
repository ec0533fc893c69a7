"""The EPUB, read back from its bytes."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from posixpath import dirname, join, normpath
from xml.etree import ElementTree
from zipfile import ZipFile

from storytailor.making.checks import Check

EPUBCHECK_SECONDS = 60.0
_XHTML = "{http://www.w3.org/1999/xhtml}"
_SMIL = "{http://www.w3.org/ns/SMIL}"


def epub_checks(epub: bytes) -> Iterator[Check]:
    """The EPUB, read back."""
    with ZipFile(BytesIO(epub)) as archive:
        names = archive.namelist()
        pages = {name: ElementTree.fromstring(archive.read(name)) for name in names if name.endswith(".xhtml")}
        overlays = {name: ElementTree.fromstring(archive.read(name)) for name in names if name.endswith(".smil")}
    images = [image for page in pages.values() for image in page.iter(f"{_XHTML}img")]
    bare = [image for image in images if not (image.get("alt") or image.get("role") == "presentation")]
    finding = f"{len(bare)} pictures have no alternative text." if bare else ""
    yield Check("pictures_are_described", {"pictures": len(images)}, finding)
    targets = [
        _target(name, text.get("src", "")) for name, smil in overlays.items() for text in smil.iter(f"{_SMIL}text")
    ]
    there = {(name, element.get("id")) for name, page in pages.items() for element in page.iter()}
    lost = [target for target in targets if target not in there]
    finding = f"{len(lost)} spoken words are on no page." if lost else ""
    yield Check("spoken_words_are_on_the_page", {"words": len(targets)}, finding)
    yield _epubcheck(epub)


def _target(overlay: str, source: str) -> tuple[str, str]:
    page, _, word = source.partition("#")
    return normpath(join(dirname(overlay), page)), word


def _epubcheck(epub: bytes) -> Check:
    """EPUBCheck's word, where an operator has installed it; its own failure is not the book's."""
    program = shutil.which("epubcheck")
    if program is None:
        return Check("epubcheck", {"asked": "no: epubcheck is not on the PATH"})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "story.epub"
        path.write_bytes(epub)
        try:
            said = subprocess.run((program, str(path)), capture_output=True, text=True, timeout=EPUBCHECK_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            return Check("epubcheck", {"asked": f"in vain: {type(error).__name__}"})
    errors = re.findall(r"^(?:ERROR|FATAL)\(([A-Z]+-\w+)\)", said.stdout + said.stderr, re.MULTILINE)
    finding = f"EPUBCheck finds {', '.join(sorted(set(errors)))}." if errors else ""
    return Check("epubcheck", {"asked": "yes", "errors": len(errors)}, finding)
