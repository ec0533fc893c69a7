"""The URLs in a story's row, which open nothing, as its owner gets them: signed, and ending.

The row has base and key of each file; who reads it without us, as a hosted Supabase's Realtime does, sees those.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from pydantic import JsonValue

from storytailor.providers.object_store import UrlOf, story_prefix

AssetJson = Mapping[str, JsonValue]


def with_current_urls(story_id: UUID, asset: AssetJson, url_of: UrlOf) -> dict[str, JsonValue]:
    """An asset of this story with its `url`, and each `…Url` of its metadata, made anew from the key in it.

    What is no URL of a file of this story stays as it is.
    """
    shown = dict(asset)
    if "url" in asset:
        shown["url"] = _current(story_id, asset["url"], url_of)
    if isinstance(metadata := asset.get("metadata"), Mapping):
        shown["metadata"] = {
            name: _current(story_id, value, url_of) if name.endswith("Url") else value
            for name, value in metadata.items()
        }
    return shown


def _current(story_id: UUID, url: JsonValue, url_of: UrlOf) -> JsonValue:
    if not isinstance(url, str):
        return url
    _, prefix, name = url.rpartition(story_prefix(story_id))
    return url_of(prefix + name) if prefix and name and "/" not in name else url
