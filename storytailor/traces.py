"""Finding somebody's words wherever they are kept: in text however it was escaped, and in files of a book."""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress

import pikepdf

UNPACKED = 64 * 1024 * 1024
"""Bytes of one file that are looked at, at most, once it is unpacked."""


class Traces:
    """Looks for words, in whatever case."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)
        self.spellings = sorted({spelling for word in words for spelling in _spellings(word)})
        """The words as they stand in text, in JSON and composed or not; in lower case."""
        self._bytes = {
            spelling.encode(encoding) for spelling in self.spellings for encoding in ("utf-8", "utf-16-be", "utf-16-le")
        }

    def in_text(self, text: str) -> bool:
        """Whether one of the words stands there."""
        lowered = text.lower()
        return any(spelling in lowered for spelling in self.spellings)

    def in_bytes(self, body: bytes) -> bool:
        """Whether one of the words stands there in some encoding, also of what was only compressed."""
        with suppress(zlib.error):
            body += zlib.decompressobj().decompress(body, UNPACKED)
        lowered = _lowered(body)
        return any(spelling in lowered for spelling in self._bytes)

    def in_file(self, body: bytes) -> bool:
        """Whether a file says one of the words: an EPUB in any part, a PDF in what describes it, else as bytes.

        What a picture or a voice says, and the shapes that a PDF draws, are not read.
        """
        return any(self.in_bytes(part) for part in _parts(body))


def _spellings(word: str) -> Iterator[str]:
    for form in ("NFC", "NFD"):
        spelled = unicodedata.normalize(form, word).lower()
        yield spelled
        yield json.dumps(spelled)[1:-1].lower()
        yield json.dumps(json.dumps(spelled)[1:-1])[1:-1].lower()


def _lowered(body: bytes) -> bytes:
    """In lower case, letters beyond ASCII as well where it is UTF-8."""
    return body.lower() + b"\n" + body.decode("utf-8", "ignore").lower().encode()


def _parts(body: bytes) -> Iterator[bytes]:
    yield body
    if body.startswith(b"PK"):
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(body)) as archive:
            for entry in archive.infolist():
                if entry.file_size <= UNPACKED:
                    yield archive.read(entry)
    elif body.startswith(b"%PDF"):
        with suppress(pikepdf.PdfError), pikepdf.open(io.BytesIO(body)) as pdf:
            plain = io.BytesIO()
            pdf.save(
                plain,
                stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
            )
            yield plain.getvalue()
            for thing in pdf.objects:  # strings of it may be written in hexadecimal
                if isinstance(thing, pikepdf.Dictionary):
                    yield b"\n".join(
                        str(value).encode() for value in thing.values() if isinstance(value, pikepdf.String)
                    )
