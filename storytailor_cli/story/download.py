"""The finished book as files: which there are in out/<story-id>/, and how they get there."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import JsonValue

from storytailor.catalog import PICTURES
from storytailor.errors import StorytailorError
from storytailor.status import AssetStatus
from storytailor_cli.story.client import Story

NO_PROXY: Mapping[str, None] = {"all://127.0.0.1": None, "all://localhost": None, "all://[::1]": None}
"""A CDN may be behind a proxy, this machine never is."""
_PRINTERS_URL = re.compile(r"(?P<printer>[a-z]+)(?P<part>Interior|Cover)Url")


@dataclass(frozen=True)
class SavedBook:
    """What is not in the folder: `missing` files were never made, `errors` tell why others were not downloaded."""

    missing: list[str]
    errors: list[str]


async def save_book(story: Story, folder: Path) -> SavedBook:
    """Write all files of a story into `folder`. Raises StorytailorError when it cannot be created."""
    create_folder(folder)
    documents, urls = json_documents(story), file_urls(story)
    for name, document in documents.items():
        if document is not None:
            write_file(folder / name, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())
    async with httpx.AsyncClient(timeout=60.0, mounts=NO_PROXY, follow_redirects=True) as http:
        errors = [await _download(http, url, folder / name) for name, url in urls.items() if url]
    missing = [
        *(name for name, document in documents.items() if document is None),
        *(name for name, url in urls.items() if url is None),
    ]
    return SavedBook(missing, [error for error in errors if error is not None])


def json_documents(story: Story) -> dict[str, JsonValue]:
    """The JSON files by name; None for what was not made. URLs end: in these, files are called by their names."""
    names = {url: name for name, url in file_urls(story).items() if url}
    activities = story.status.assets.get("activities")
    return {
        "story.json": _with_names(dict(story.document), names),
        "words.json": story.document.get("audio_words"),
        "activities.json": activities.data if activities else None,
    }


def _with_names(value: JsonValue, names: Mapping[str, str]) -> JsonValue:
    """The value with the name of the file beside it for each URL of one."""
    if isinstance(value, dict):
        return {key: _with_names(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_names(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


def file_urls(story: Story) -> dict[str, str | None]:
    """The URLs of the other files by name; None for what was not made."""
    assets = story.status.assets
    return {
        **{f"{picture}.png": _url(assets.get(picture)) for picture in PICTURES},
        "audio.mp3": _url(assets.get("audio")),
        "story.pdf": _url(assets.get("pdf")),
        "story-print.pdf": _print_url(assets.get("pdf")),
        **_printers_urls(assets.get("pdf")),
        "story.epub": _url(assets.get("epub")),
    }


def create_folder(folder: Path) -> None:
    """Create the folder. Raises StorytailorError when that is not allowed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorytailorError(f"No book can be put into {folder} ({error.strerror}). --out moves it.") from error


def write_file(path: Path, body: bytes) -> None:
    """Write a draft beside it and rename that: whoever opens the file finds it complete."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(body)
    Path(draft).chmod(0o644)
    Path(draft).replace(path)


def _url(asset: AssetStatus | None) -> str | None:
    return asset.url if asset else None


def _print_url(pdf: AssetStatus | None) -> str | None:
    url = (pdf.metadata or {}).get("printUrl") if pdf else None
    return url if isinstance(url, str) else None


def _printers_urls(pdf: AssetStatus | None) -> dict[str, str | None]:
    """The files for printers: `story-lulu-interior.pdf`."""
    found = {name: _PRINTERS_URL.fullmatch(name) for name in (pdf.metadata or {} if pdf else {})}
    return {
        f"story-{match['printer']}-{match['part'].lower()}.pdf": str((pdf.metadata or {})[name])
        for name, match in found.items()
        if match and pdf
    }


async def _download(http: httpx.AsyncClient, url: str, path: Path) -> str | None:
    """Download a file; the error message if that failed, without the signature that opens the file."""
    place = url.partition("?")[0]
    try:
        answer = await http.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{path.name}: {place} cannot be downloaded ({str(error).replace(url, place) or type(error).__name__})"
    if not answer.is_success:
        return f"{path.name}: {place} answered {answer.status_code}"
    write_file(path, answer.content)
    return None
