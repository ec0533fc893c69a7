"""What families ask for in a campaign, all of it decided by the seed beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from storytailor.catalog import AssetName

Afterwards = Literal["nothing", "cancel", "delete", "delete when done", "remake"]

WHOLE_SHARE = 0.12
"""Of the stories; a whole book takes several times the processor time of words alone, and the campaign ten minutes."""
AFTERWARDS: dict[Afterwards, float] = {
    "nothing": 0.66, "cancel": 0.10, "delete": 0.06, "delete when done": 0.06, "remake": 0.12
}  # fmt: skip
WEBHOOK_SHARE = 0.8
MIDST_SECONDS = (0.3, 8.0)
"""When a story is cancelled or deleted, after it was asked for."""
THEMES = ("courage", "friendship", "kindness", "curiosity", "patience", "sharing")


@dataclass(frozen=True)
class Wish:
    """One story that a family will ask for, and what it does with it afterwards."""

    number: int
    title: str
    whole: bool
    theme: str
    webhook: bool
    afterwards: Afterwards
    after_seconds: float
    remade: AssetName

    @property
    def story(self) -> dict[str, object]:
        """The request, without whose it is."""
        return {
            "story_type": "bedtime",
            "themes": [self.theme],
            "title": self.title,
            "generateAssets": self.whole,
        }


def plan(seed: int, stories: int, whole_share: float = WHOLE_SHARE) -> list[Wish]:
    """So many wishes; the same for the same seed. At least one is a whole book."""
    random = Random(seed)
    whole = max(1, round(stories * whole_share))
    kinds = [number < whole for number in range(stories)]
    random.shuffle(kinds)
    return [_wish(random, number, is_whole) for number, is_whole in enumerate(kinds, 1)]


def _wish(random: Random, number: int, whole: bool) -> Wish:
    afterwards: Afterwards = random.choices(list(AFTERWARDS), list(AFTERWARDS.values()))[0]
    pictures: tuple[AssetName, ...] = ("cover", "scene_1", "scene_3", "activities")
    words: tuple[AssetName, ...] = ("palette", "content")
    return Wish(
        number=number,
        title=f"The lantern number {number}",
        whole=whole,
        theme=random.choice(THEMES),
        webhook=random.random() < WEBHOOK_SHARE,
        afterwards=afterwards,
        after_seconds=random.uniform(*MIDST_SECONDS),
        remade=random.choice(pictures if whole else words),
    )
