"""The order of a scene's pages, so that each picture faces words of its own scene.

Pages are met in twos, a left one and a right one. A picture stands on a left page and text of its scene on the right
one beside it. A scene that begins on a right page begins with text; one too short for that lets the scene before it
close with a vignette.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ScenePage:
    """A page of a scene: its picture, its text's page of this index, or the vignette that closes it."""

    kind: Literal["picture", "text", "vignette"]
    scene: int  # from 0
    index: int = 0


def arrange(text_pages: Sequence[int]) -> list[ScenePage]:
    """The pages of scenes of so many pages of text, the first of them a left one."""
    pages: list[ScenePage] = []
    for scene, count in enumerate(text_pages):
        text = [ScenePage("text", scene, index) for index in range(count)]
        picture = ScenePage("picture", scene)
        begins_right = len(pages) % 2 == 1
        if begins_right and count == 1:
            pages += [ScenePage("vignette", scene - 1), picture, *text]
        elif begins_right:
            pages += [text[0], picture, *text[1:]]
        else:
            pages += [picture, *text]
    return pages
