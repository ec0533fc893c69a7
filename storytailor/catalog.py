"""The assets of a story in one table; what depends on what, who may fail and how often we try derive from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

SceneName = Literal["scene_1", "scene_2", "scene_3", "scene_4"]
"""How many scenes a story has is said here and nowhere else."""
PictureName = Literal["cover", SceneName]
AssetName = Literal["content", "palette", PictureName, "audio", "activities", "pdf", "epub"]

Backoff = Literal["at_once", "linear", "exponential"]


@dataclass(frozen=True)
class Retries:
    """How often a transient failure is tried again, and after how many seconds."""

    times: int
    backoff: Backoff = "at_once"
    seconds: float = 0.0

    def wait_before(self, retry: int) -> float:
        """Seconds before the `retry`-th retry (1 is the first)."""
        match self.backoff:
            case "at_once":
                return 0.0
            case "linear":
                return self.seconds
            case "exponential":
                return self.seconds**retry


@dataclass(frozen=True)
class AssetKind:
    """One asset of a story.

    `needs` are the assets it is made from, `optional_needs` those of them that may have failed: it waits for
    them, and comes out whole all the same. Without a `required` asset there is no story to read.
    """

    name: AssetName
    needs: tuple[AssetName, ...]
    required: bool
    retries: Retries
    extension: str | None = None
    group: str = "story"
    optional_needs: tuple[AssetName, ...] = ()

    @property
    def is_picture(self) -> bool:
        """Whether this is the cover or a scene."""
        return self.group == "pictures"


SCENES: tuple[SceneName, ...] = get_args(SceneName)
PICTURES: tuple[PictureName, ...] = get_args(PictureName)

_AT_ONCE = Retries(2)

CATALOG: Mapping[AssetName, AssetKind] = {
    kind.name: kind
    for kind in (
        AssetKind("content", (), True, Retries(3, "exponential", 2.0), group="words"),
        AssetKind("palette", ("content",), True, Retries(3, "exponential", 2.0), group="words"),
        AssetKind("cover", ("content", "palette"), True, _AT_ONCE, "png", "pictures"),
        *(AssetKind(name, ("content", "palette", "cover"), True, _AT_ONCE, "png", "pictures") for name in SCENES),
        AssetKind("audio", ("content",), False, Retries(2, "linear", 5.0), "mp3", "voice"),
        AssetKind("activities", ("content",), False, Retries(2, "linear", 5.0), group="words"),
        AssetKind("pdf", ("content", "palette", *PICTURES), False, Retries(2), "pdf", "book"),
        AssetKind(
            "epub",
            ("content", "palette", *PICTURES, "audio"),
            required=False,
            retries=Retries(2),
            extension="epub",
            group="book",
            optional_needs=("audio",),
        ),
    )
}
"""Every asset of a story by name, upstream before downstream."""

ALL_ASSETS = tuple(CATALOG)
TEXT_ONLY: tuple[AssetName, ...] = ("content", "palette")
"""What a story with `generateAssets: false` makes."""
REQUIRED = tuple(name for name, kind in CATALOG.items() if kind.required)


def asset_named(name: str) -> AssetName:
    """The asset of this name. Raises KeyError."""
    for asset in CATALOG:
        if asset == name:
            return asset
    raise KeyError(f"A story has no asset {name!r}.")


def in_order(assets: Iterable[str]) -> tuple[AssetName, ...]:
    """These assets, each once, upstream before downstream."""
    asked = set(assets)
    return tuple(name for name in CATALOG if name in asked)


def downstream(assets: Iterable[str]) -> tuple[AssetName, ...]:
    """All that is made, directly or not, from these assets; without the assets themselves."""
    reached = set(assets)
    start = frozenset(reached)
    for name, kind in CATALOG.items():  # upstream first, so one pass is enough
        if reached.intersection(kind.needs):
            reached.add(name)
    return in_order(reached - start)


def blocked_by_failure_of(asset: AssetName) -> tuple[AssetName, ...]:
    """All that cannot be made, directly or not, when this asset has failed."""
    blocked = {asset}
    for name, kind in CATALOG.items():
        if blocked.intersection(kind.needs) - set(kind.optional_needs):
            blocked.add(name)
    return in_order(blocked - {asset})


def optional_dependents(asset: AssetName) -> tuple[AssetName, ...]:
    """What waited for this asset and is made without it, now that it has failed."""
    return tuple(name for name, kind in CATALOG.items() if asset in kind.optional_needs)


def books_showing(assets: Iterable[str]) -> tuple[AssetName, ...]:
    """The book files that show these assets: what a regenerate must make anew besides."""
    return tuple(name for name in downstream(assets) if CATALOG[name].group == "book")
