"""The finished book as files: what stands where in out/<story-id>/."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from storytailor.catalog import PICTURES
from storytailor.errors import StorytailorError

Json = dict[str, Any]


async def shelve(story: Json, folder: Path) -> list[str]:
    """Write all there is of a story into `folder`; the reasons for what is missing."""
    missing = _write_documents(story, folder)
    # a proxy may stand before a CDN, never before this machine
    direct: Mapping[str, None] = {"all://127.0.0.1": None, "all://localhost": None, "all://[::1]": None}
    async with httpx.AsyncClient(timeout=60.0, mounts=direct, follow_redirects=True) as http:
        for name, url in links(story).items():
            problem = await _fetch(http, url, folder / name) if url else "not made"
            if problem:
                missing.append(f"{name}: {problem}")
    return missing


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


def _write_documents(story: Json, folder: Path) -> list[str]:
    make(folder)
    missing = []
    for name, document in documents(story).items():
        if document is None:
            missing.append(f"{name}: not made")
        else:
            write(folder / name, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())
    return missing


async def _fetch(http: httpx.AsyncClient, url: str, path: Path) -> str | None:
    """Download; what went wrong, if something did."""
    try:
        answer = await http.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{url} cannot be fetched ({error or type(error).__name__})"
    if not answer.is_success:
        return f"{url} answered {answer.status_code}"
    write(path, answer.content)
    return None
