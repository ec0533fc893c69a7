"""Content credentials read by other hands than those that sign: Encypher's verifier, which has no code of c2pa-rs.

It refuses one thing, the list of an EPUB's files: c2pa-rs writes a map from name to hash where the specification (18.8)
has a list. So the hashes of an EPUB's files are computed here.
"""

from __future__ import annotations

import base64
import hashlib
import os
import struct
import tempfile
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZipFile, ZipInfo

import encypher_c2pa

from storytailor.credentials.signing import MEDIA_TYPES

STORE = "META-INF/content_credential.c2pa"
_LOCAL_HEADER, _CRC_AT = 30, 16  # bytes of a local header before the name; where a directory's entry has its CRC


@dataclass(frozen=True)
class Read:
    """What a reader found: `signed` by whose certificate it carries, `intact` since, and what is said in it."""

    signed: bool
    intact: bool
    title: str
    issuer: str
    actions: list[dict[str, Any]]


def read(body: bytes, extension: str) -> Read:
    """Raises KeyError for a file that has no credentials."""
    with tempfile.TemporaryDirectory() as nobodys:  # it writes down whether it may report home
        os.environ["ENCYPHER_C2PA_CONFIG_DIR"] = nobodys
        report = encypher_c2pa.verify(body, MEDIA_TYPES[extension], telemetry=False, online=False)
    found = report["manifest_report"]
    manifest = found["manifests"][found["active_manifest"]]
    said = {assertion["label"]: assertion["data"] for assertion in manifest["assertions"]}
    passed = {result["code"] for result in report["validation_results"]["success"]}
    failed = {result["code"] for result in report["validation_results"]["failure"]}
    if extension == "epub":
        intact = _files_as_signed(body, said["c2pa.hash.collection.data"])
        failed.discard("assertion.collectionHash.malformed")
    else:
        intact = report["hard_binding"] == "match"
    return Read(
        signed="claimSignature.validated" in passed and failed == {"signingCredential.untrusted"},
        intact=intact,
        title=manifest["title"],
        issuer=manifest["signature_info"]["common_name"],
        actions=said["c2pa.actions.v2"]["actions"],
    )


def _files_as_signed(body: bytes, binding: dict[str, Any]) -> bool:
    """Whether each file of a zip, but the store, is listed and has its hash, and the zip's directory has its own."""
    with ZipFile(BytesIO(body)) as archive:
        files = [entry for entry in archive.infolist() if entry.filename != STORE and not entry.is_dir()]
    hashes = {entry.filename: _hash(body[entry.header_offset : _end(entry)]) for entry in files}
    directory = _hash(_directory(body))
    return hashes == {name: one["hash"] for name, one in binding["uris"].items()} and (
        directory == binding["zip_central_directory_hash"]
    )


def _end(entry: ZipInfo) -> int:
    return entry.header_offset + _LOCAL_HEADER + len(entry.filename.encode()) + entry.compress_size


def _directory(body: bytes) -> bytes:
    """The zip's directory to the end of the file, without the CRC of the store, which is written last."""
    (start,) = struct.unpack_from("<I", body, body.rindex(b"PK\x05\x06") + 16)
    crc = body.rindex(b"PK\x01\x02", 0, body.rindex(STORE.encode())) + _CRC_AT
    return body[start:crc] + body[crc + 4 :]


def _hash(part: bytes) -> str:
    return base64.b64encode(hashlib.sha256(part).digest()).decode()
