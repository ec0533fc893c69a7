"""What each asset looks like when kept, and how it is read again: a codec for each kind of asset.

`store_artifact` puts what a maker made into the object store and gives what is to be written to the story's row;
`read_artifact` gives it back as the makers downstream take it. A new asset gets its codec here.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from storytailor.catalog import CATALOG, PICTURES, AssetName
from storytailor.credentials.certificates import identity_of
from storytailor.credentials.signing import Origin, with_credentials
from storytailor.db.asset_records import (
    AssetRecord,
    AudioRecord,
    ContentRecord,
    DataRecord,
    FileRecord,
    PictureRecord,
)
from storytailor.db.orphaned_objects import OrphanedObjects
from storytailor.db.story_inputs import KeptStory
from storytailor.errors import LeaseLostError, PermanentError, UnreadableRowError
from storytailor.making.book_files import BookFiles, StoredNarration, StoredPicture
from storytailor.making.checks import Check, alternative_text, credentials, require, word_times
from storytailor.making.checks.epub import epub_checks
from storytailor.making.checks.pdf import pdf_checks
from storytailor.making.context import AssetContext
from storytailor.making.illustration import Illustration
from storytailor.making.narration import RecordedNarration
from storytailor.making.preflight import preflight
from storytailor.printing.facts import PdfFacts, read_pdfs
from storytailor.providers.object_store import object_key
from storytailor.status import AssetStatus
from storytailor.story import Activities, Narration, PaletteJourney, StoryContent
from storytailor.turns import in_turn

Artifact = StoryContent | PaletteJourney | Illustration | RecordedNarration | Activities | BookFiles
"""What makers make."""
KeptArtifact = StoryContent | PaletteJourney | StoredPicture | StoredNarration | Activities
"""What makers take of the assets upstream."""

Made = TypeVar("Made")
Kept = TypeVar("Kept", covariant=True)
Data = TypeVar("Data", PaletteJourney, Activities)


@dataclass(frozen=True)
class StoredFiles:
    """Where an asset's files lie: their `keys` by name, the asset's own `url`, and what its status says of them.

    `orphans` are the ids under which they are written down as nobody's.
    """

    keys: Mapping[str, str]
    url: str
    metadata: Mapping[str, object]
    orphans: Sequence[int] = field(default_factory=list)


class Codec(ABC, Generic[Made, Kept]):
    """How one kind of asset is kept."""

    def files(self, made: Made, asset: AssetName) -> Mapping[str, bytes]:
        """What goes into the object store, by name; the file named as the asset is its own."""
        return {}

    @abstractmethod
    def encode(self, made: Made, stored: StoredFiles) -> AssetRecord:
        """What is written to the story's row, once the files are stored."""

    @abstractmethod
    def decode(self, story: KeptStory, status: AssetStatus, asset: AssetName) -> Kept:
        """What the makers downstream take of it."""


class ContentCodec(Codec[StoryContent, StoryContent]):
    """The written story: whole in its own column, title and length in its status."""

    def encode(self, made: StoryContent, stored: StoredFiles) -> ContentRecord:
        """Title, text and the number of words."""
        words = len(made.text.split())
        return ContentRecord(
            data={"title": made.title, "words": words},
            title=made.title,
            content=made.model_dump(mode="json"),
            metadata={"words": words},
        )

    def decode(self, story: KeptStory, status: AssetStatus, asset: AssetName) -> StoryContent:
        """The column."""
        return StoryContent.model_validate(story.content)


@dataclass(frozen=True)
class DataCodec(Codec[Data, Data]):
    """A shape kept as the `data` of its status."""

    shape: type[Data]

    def encode(self, made: Data, stored: StoredFiles) -> DataRecord:
        """The shape as JSON; a palette's motif is told besides."""
        metadata: dict[str, object] = {"motif": made.motif} if isinstance(made, PaletteJourney) else {}
        return DataRecord(data=made.model_dump(mode="json"), metadata=metadata)

    def decode(self, story: KeptStory, status: AssetStatus, asset: AssetName) -> Data:
        """The shape."""
        return self.shape.model_validate(status.data)


class PictureCodec(Codec[Illustration, StoredPicture]):
    """Cover and scenes: a PNG, three of its colors, and what was found in it."""

    def files(self, made: Illustration, asset: AssetName) -> Mapping[str, bytes]:
        """The picture."""
        return {asset: made.image}

    def encode(self, made: Illustration, stored: StoredFiles) -> PictureRecord:
        """Colors, alternative text, attempts, verdicts; of a placeholder the reason."""
        metadata = {
            "alt": made.alt,
            "attempt": made.attempts,
            "fallback": made.fallback,
            **({"fallbackReason": made.why_placeholder.reason} if made.why_placeholder else {}),
            "verdicts": [verdict.model_dump() for verdict in made.verdicts],
        }
        return PictureRecord(
            url=stored.url,
            objects=stored.keys,
            orphans=stored.orphans,
            colors=made.colors,
            metadata={**metadata, **stored.metadata},
        )

    def decode(self, story: KeptStory, status: AssetStatus, asset: AssetName) -> StoredPicture:
        """Its key: the bytes are read where they are needed."""
        metadata = status.metadata or {}
        return StoredPicture(story.objects[asset], metadata["alt"], metadata["fallback"])


class NarrationCodec(Codec[RecordedNarration, StoredNarration]):
    """The narration: an MP3, the words' times and the text's blocks."""

    def files(self, made: RecordedNarration, asset: AssetName) -> Mapping[str, bytes]:
        """The recording."""
        return {asset: made.mp3}

    def encode(self, made: RecordedNarration, stored: StoredFiles) -> AudioRecord:
        """Words, blocks and length."""
        narration = made.narration
        metadata = {"seconds": narration.seconds, "words": len(narration.words)}
        return AudioRecord(
            url=stored.url,
            objects=stored.keys,
            orphans=stored.orphans,
            words=[word.model_dump() for word in narration.words],
            blocks=narration.blocks,
            metadata={**metadata, **stored.metadata},
        )

    def decode(self, story: KeptStory, status: AssetStatus, asset: AssetName) -> StoredNarration:
        """The times, and the recording by its key."""
        seconds = (status.metadata or {})["seconds"]
        narration = {"words": story.words, "blocks": story.blocks, "seconds": seconds}
        return StoredNarration(story.objects[asset], Narration.model_validate(narration))


class BookCodec(Codec[BookFiles, None]):
    """The book's files; no asset is made from them."""

    def files(self, made: BookFiles, asset: AssetName) -> Mapping[str, bytes]:
        """As they were made."""
        return made.files

    def encode(self, made: BookFiles, stored: StoredFiles) -> FileRecord:
        """Where they lie."""
        return FileRecord(url=stored.url, objects=stored.keys, orphans=stored.orphans, metadata=stored.metadata)

    def decode(self, story: KeptStory, status: AssetStatus, asset: AssetName) -> None:
        """Nothing."""


ACTIVITIES = DataCodec(Activities)
CODECS: Mapping[AssetName, Codec[Any, KeptArtifact | None]] = {
    "content": ContentCodec(),
    "palette": DataCodec(PaletteJourney),
    **dict.fromkeys(PICTURES, PictureCodec()),
    "audio": NarrationCodec(),
    "activities": ACTIVITIES,
    "pdf": BookCodec(),
    "epub": BookCodec(),
}


async def store_artifact(
    ctx: AssetContext, orphans: OrphanedObjects, asset: AssetName, artifact: Artifact
) -> tuple[AssetRecord, Sequence[Check]]:
    """Put the artifact's files into the object store; all that is then to be written of it, and what they passed.

    Before that they are written down as orphans, which they are until that write. Raises UnfitOutputError for files
    that are not right, LeaseLostError when the story is gone, and its leases with it.
    """
    codec = CODECS[asset]
    files = await _signed(ctx, asset, artifact, codec.files(artifact, asset))
    pdfs = await in_turn(read_pdfs, files) if asset == "pdf" else {}
    checks = require(await in_turn(lambda: list(_checks(asset, artifact, files, pdfs))))
    stored = _places(ctx, asset, files)
    if pdfs:
        stored = replace(stored, metadata={**stored.metadata, "preflight": preflight(pdfs)})
    if files:
        stored = replace(stored, orphans=await orphans.add(ctx.brief.story_id, list(stored.keys.values())))
        if not stored.orphans:
            raise LeaseLostError("The story was deleted while the asset was being made.")
    await asyncio.gather(*(ctx.store.put(stored.keys[name], body) for name, body in files.items()))
    return replace(codec.encode(artifact, stored), usage=ctx.usage_record), checks


def _checks(
    asset: AssetName, artifact: Artifact, files: Mapping[str, bytes], pdfs: Mapping[str, PdfFacts]
) -> Iterator[Check]:
    """What is looked at in files as they are stored, `pdfs` read back. Takes processor time."""
    match artifact:
        case Illustration():
            yield alternative_text(artifact.alt)
        case RecordedNarration():
            yield word_times(artifact.narration)
        case BookFiles() if asset == "epub":
            yield from epub_checks(files["epub"])
        case BookFiles():
            yield from pdf_checks({name: pdfs[name] for name in ("pdf", "print")})
    if files:
        unsigned = _unsigned(artifact)
        signed = {name: body for name, body in files.items() if name not in unsigned}
        yield credentials(signed, CATALOG[asset].extension or "")


def _unsigned(artifact: Artifact) -> frozenset[str]:
    """The files that are kept without credentials: printers refuse files with attachments."""
    return artifact.unsigned if isinstance(artifact, BookFiles) else frozenset()


async def _signed(
    ctx: AssetContext, asset: AssetName, artifact: Artifact, files: Mapping[str, bytes]
) -> dict[str, bytes]:
    """The files, each with its content credentials, except a printer's."""
    drawn = isinstance(artifact, Illustration) and artifact.fallback
    origin = Origin(asset, sorted({call.model for call in ctx.calls}), drawn=drawn)
    extension, identity = CATALOG[asset].extension or "", identity_of(ctx.settings)
    unsigned = _unsigned(artifact)
    signed = {
        name: await in_turn(with_credentials, body, extension, origin, identity)
        for name, body in files.items()
        if name not in unsigned
    }
    return {name: signed.get(name, body) for name, body in files.items()}


def read_artifact(story: KeptStory, asset: AssetName) -> KeptArtifact | None:
    """One asset of a story as the makers downstream take it.

    Raises PermanentError when it is not ready, UnreadableRowError when nobody can make anything of what is kept.
    """
    status = story.status(asset)
    if status is None or status.status != "ready":
        found = status.status if status else "not part of the story"
        raise PermanentError(f"{asset} is {found}, so nothing can be made from it: make it first.")
    try:
        return CODECS[asset].decode(story, status, asset)
    except (AttributeError, LookupError, TypeError, ValueError) as fault:
        raise UnreadableRowError(f"The story's {asset}", fault) from fault


def _places(ctx: AssetContext, asset: AssetName, files: Mapping[str, bytes]) -> StoredFiles:
    """Where the files will lie, and what the asset's status says of them: `printUrl`, `bytes`."""
    extension = CATALOG[asset].extension or ""
    keys = {name: object_key(ctx.brief.story_id, name, body, extension) for name, body in files.items()}
    urls = {name: ctx.settings.assets_url + key for name, key in keys.items()}
    metadata: dict[str, object] = {f"{name}Url": url for name, url in urls.items() if name != asset}
    if asset in files:
        metadata["bytes"] = len(files[asset])
    return StoredFiles(keys, urls.get(asset, ""), metadata)
