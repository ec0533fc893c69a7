"""The finished book as files: what stands where in out/<story-id>/."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from storytailor.catalog import PICTURES
from storytailor.errors import StorytailorError

Json = dict[str, Any]


@dataclass(frozen=True)
class Shelved:
    """What is not in the folder: `missing` was never made, each of `troubles` could not be fetched."""

    missing: list[str]
    troubles: list[str]


async def shelve(story: Json, folder: Path) -> Shelved:
    """Write all there is of a story into `folder`. Raises StorytailorError for a folder that cannot be."""
    make(folder)
    files, urls = documents(story), links(story)
    for name, document in files.items():
        if document is not None:
            write(folder / name, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())
    # a proxy may stand before a CDN, never before this machine
    direct: Mapping[str, None] = {"all://127.0.0.1": None, "all://localhost": None, "all://[::1]": None}
    async with httpx.AsyncClient(timeout=60.0, mounts=direct, follow_redirects=True) as http:
        troubles = [await _fetch(http, url, folder / name) for name, url in urls.items() if url]
    missing = [name for name, source in (files | urls).items() if source is None]
    return Shelved(missing, [trouble for trouble in troubles if trouble is not None])


def documents(story: Json) -> dict[str, Any]:
    """The JSON files, by name; None for what was not made."""
    assets = story["asset_generation_status"]["assets"]
    return {
        "story.json": story,
        "words.json": story.get("audio_words"),
        "activities.json": assets.get("activities", {}).get("data"),
    }


def links(story: Json) -> dict[str, str | None]:
    """The other files' URLs, by name; None for what was not made."""
    assets = story["asset_generation_status"]["assets"]
    url = {name: asset.get("url") for name, asset in assets.items()}
    return {
        **{f"{picture}.png": url.get(picture) for picture in PICTURES},
        "audio.mp3": url.get("audio"),
        "story.pdf": url.get("pdf"),
        "story-print.pdf": (assets.get("pdf", {}).get("metadata") or {}).get("printUrl"),
        "story.epub": url.get("epub"),
    }


def make(folder: Path) -> None:
    """Make the folder. Raises StorytailorError when that is not allowed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorytailorError(
            f"No book can be put into {folder} ({error.strerror}). --out moves it."
        ) from error


def write(path: Path, body: bytes) -> None:
    """Write beside and rename: whoever opens the file finds it whole."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(body)
    Path(draft).chmod(0o644)
    Path(draft).replace(path)


async def _fetch(http: httpx.AsyncClient, url: str, path: Path) -> str | None:
    """Download; what went wrong, if something did."""
    try:
        answer = await http.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{path.name}: {url} cannot be fetched ({error or type(error).__name__})"
    if not answer.is_success:
        return f"{path.name}: {url} answered {answer.status_code}"
    write(path, answer.content)
    return None
