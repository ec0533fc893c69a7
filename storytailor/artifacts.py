"""From a made thing to what is stored and written of it: files into the object store, facts into the row."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import Any

from storytailor.catalog import CATALOG, AssetName
from storytailor.db import Finished
from storytailor.making.book_files import EpubFile, PdfFiles
from storytailor.making.context import Desk
from storytailor.making.illustration import Illustration
from storytailor.making.narration import Voice
from storytailor.providers.object_store import object_key
from storytailor.story import Activities, PaletteJourney, StoryContent


@dataclass(frozen=True)
class Parcel:
    """What is to be stored of an artifact: `files` by name, the asset's own first, and the facts."""

    facts: Finished
    files: Mapping[str, bytes] = field(default_factory=dict)


@singledispatch
def parcel(artifact: object, asset: str) -> Parcel:
    """What is to be stored and written of an artifact, whatever it is."""
    raise TypeError(f"Nobody knows how to deliver a {type(artifact).__name__} as {asset}.")


@parcel.register
def _content(artifact: StoryContent, asset: str) -> Parcel:
    words = len(artifact.text.split())
    return Parcel(
        Finished(
            data={"title": artifact.title, "words": words},
            title=artifact.title,
            content=artifact.model_dump(mode="json"),
            metadata={"words": words},
        )
    )


@parcel.register
def _palette(artifact: PaletteJourney, asset: str) -> Parcel:
    return Parcel(Finished(data=artifact.model_dump(mode="json"), metadata={"motif": artifact.motif}))


@parcel.register
def _activities(artifact: Activities, asset: str) -> Parcel:
    return Parcel(Finished(data=artifact.model_dump(mode="json")))


@parcel.register
def _illustration(artifact: Illustration, asset: str) -> Parcel:
    metadata = {
        "alt": artifact.alt,
        "attempt": artifact.attempts,
        "fallback": artifact.fallback,
        "verdicts": [verdict.model_dump() for verdict in artifact.verdicts],
    }
    return Parcel(Finished(colours=artifact.colors, metadata=metadata), {asset: artifact.image})


@parcel.register
def _voice(artifact: Voice, asset: str) -> Parcel:
    narration = artifact.narration
    return Parcel(
        Finished(
            words=[word.model_dump() for word in narration.words],
            blocks=narration.blocks,
            metadata={"seconds": narration.seconds, "words": len(narration.words)},
        ),
        {asset: artifact.mp3},
    )


@parcel.register
def _pdf(artifact: PdfFiles, asset: str) -> Parcel:
    return Parcel(Finished(), {asset: artifact.screen, "print": artifact.print})


@parcel.register
def _epub(artifact: EpubFile, asset: str) -> Parcel:
    return Parcel(Finished(), {asset: artifact.epub})


async def deliver(desk: Desk, asset: AssetName, artifact: object) -> Finished:
    """Store the artifact's files; all that is then to be written of it, `url` included."""
    package = parcel(artifact, asset)
    extension = CATALOG[asset].extension or ""
    story_id = desk.brief.story_id
    keys = {name: object_key(story_id, name, body, extension) for name, body in package.files.items()}
    await asyncio.gather(*(desk.store.put(keys[name], body) for name, body in package.files.items()))
    urls = {name: desk.settings.assets_url + key for name, key in keys.items()}
    own_url = urls.pop(asset, None)
    metadata: dict[str, Any] = {f"{name}Url": url for name, url in urls.items()}
    sizes = {name: len(body) for name, body in package.files.items()}
    if sizes:
        metadata["bytes"] = sizes[asset]
    return replace(
        package.facts,
        url=own_url,
        objects=keys,
        usage=desk.usage(),
        metadata={**package.facts.metadata, **metadata},
    )
