"""What is written to a story's row when an asset is ready: a type for each kind of asset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Json = object
"""Anything `json.dumps` takes."""


@dataclass(frozen=True, kw_only=True)
class AssetRecord:
    """What any asset leaves: `metadata` for its status, `usage` of the models if there was any."""

    metadata: Mapping[str, Json] = field(default_factory=dict)
    usage: Json = None


@dataclass(frozen=True, kw_only=True)
class DataRecord(AssetRecord):
    """An asset that is told rather than stored: its `data` stands in its status."""

    data: Json


@dataclass(frozen=True, kw_only=True)
class ContentRecord(DataRecord):
    """The written story, which has columns of its own besides."""

    title: str
    content: Json


@dataclass(frozen=True, kw_only=True)
class FileRecord(AssetRecord):
    """An asset that is a stored file, or several: `objects` are their keys by name, `url` is the asset's own.

    `orphans` are the ids under which the keys were written down as orphaned, until this record shows them.
    """

    url: str
    objects: Mapping[str, str]
    orphans: Sequence[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class PictureRecord(FileRecord):
    """A picture, with three of its colors as `#rrggbb`."""

    colors: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class AudioRecord(FileRecord):
    """The narration: each word's time, and the text in blocks that light up."""

    words: Sequence[Mapping[str, Json]]
    blocks: Mapping[str, str]
