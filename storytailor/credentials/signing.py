"""Content credentials (C2PA): in each file, signed, that it was made by models, and by which."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from io import BytesIO

from c2pa import Builder, C2paError, C2paSignerInfo, Context, Reader, Signer

from storytailor.credentials.certificates import Identity

MEDIA_TYPES = {
    "png": "image/png",
    "mp3": "audio/mpeg",
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
}
"""The kinds of file that carry credentials, by extension."""
_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_OPTIONS = {"builder": {"thumbnail": {"enabled": False}}}  # a picture needs no smaller one of itself


@dataclass(frozen=True)
class Origin:
    """What a file is and what made it: `models` are ids; `drawn` by our own rules instead, as a placeholder is."""

    title: str
    models: Sequence[str] = ()
    drawn: bool = False


def with_credentials(body: bytes, extension: str, origin: Origin, identity: Identity) -> bytes:
    """The file with a signed statement of its origin.

    Takes processor time: call it in a thread. Raises c2pa.C2paError for what is no such file.
    """
    out = BytesIO()
    with (
        Context.from_dict(_OPTIONS) as options,
        Builder(json.dumps(_manifest(origin)), options) as builder,
        _signer(identity) as signer,
    ):
        builder.sign(signer, MEDIA_TYPES[extension], BytesIO(body), out)
    return out.getvalue()


def credentials_hold(body: bytes, extension: str) -> bool:
    """Whether the file has credentials that are its own: nothing was changed since it was signed."""
    try:
        with Reader(MEDIA_TYPES[extension], BytesIO(body)) as reader:
            return json.loads(reader.json())["validation_state"] in ("Valid", "Trusted")
    except C2paError:
        return False


def _manifest(origin: Origin) -> dict[str, object]:
    maker = {"name": "Storytailor", "version": _version()}
    how = f"Made by {', '.join(origin.models)}." if origin.models else "Words, pictures and voice made by models."
    created: dict[str, object] = {
        "action": "c2pa.created",
        "digitalSourceType": _SOURCE + ("algorithmicMedia" if origin.drawn else "trainedAlgorithmicMedia"),
        "softwareAgent": maker,
        "description": "Drawn by rule in the story's colours." if origin.drawn else how,
    }
    actions = {"label": "c2pa.actions.v2", "data": {"actions": [created]}}
    return {"claim_generator_info": [maker], "title": origin.title, "assertions": [actions]}


def _signer(identity: Identity) -> Signer:
    return Signer.from_info(
        C2paSignerInfo(b"es256", identity.certificates, identity.private_key, identity.timestamp_url.encode() or None)
    )


@cache
def _version() -> str:
    return version("storytailor")
