"""Content credentials (C2PA): in each file, signed, that it was made by models, and by which."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from io import BytesIO

from c2pa import Builder, C2paError, C2paSignerInfo, Context, Reader, Signer

from storytailor.credentials.certificates import Identity

log = logging.getLogger(__name__)

MEDIA_TYPES = {
    "png": "image/png",
    "mp3": "audio/mpeg",
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
}
"""The kinds of file that carry credentials, by extension."""
REST_SECONDS = 600.0
"""So long a time-stamp authority that failed is not asked: one that hangs is not waited for by every file."""
_rests_until: dict[str, float] = {}
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

    It is time-stamped by the authority that is set, unless that fails: what is signed is paid for. Takes processor
    time, and where an authority hangs the 30 seconds that c2pa waits for it: call it in a thread. Raises
    c2pa.C2paError for what is no such file.
    """
    unstamped = replace(identity, timestamp_url="")
    if not identity.timestamp_url or time.monotonic() < _rests_until.get(identity.timestamp_url, 0.0):
        return _signed(body, extension, origin, unstamped)
    try:
        return _signed(body, extension, origin, identity)
    except C2paError as failure:
        signed = _signed(body, extension, origin, unstamped)  # raises what is the file's fault
        _let_rest(identity.timestamp_url, failure)
        return signed


def _let_rest(timestamp_url: str, failure: C2paError) -> None:
    _rests_until[timestamp_url] = time.monotonic() + REST_SECONDS
    log.warning(
        "Files are signed without a time stamp, and hold no longer than the certificate: the authority of "
        "C2PA_TIMESTAMP_URL does not answer as it should. It is asked again in %.0f minutes; if it stays so, set "
        "another, or none. [%s]",
        REST_SECONDS / 60,
        failure,
    )


def _signed(body: bytes, extension: str, origin: Origin, identity: Identity) -> bytes:
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
