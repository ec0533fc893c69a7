"""What each family of models takes: the provider's rules, where a request trips over them.

By exact id; a snapshot's id ends in its date. From OpenAI's API reference and deprecations page of November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

MOST_REFERENCES = 16
"""Reference pictures one edit may carry."""
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True)
class SizeRule:
    """Which sizes a family draws: those listed, or any whose sides are multiples of `step` within the bounds."""

    listed: tuple[str, ...] = ("1024x1024", "1536x1024", "1024x1536")
    step: int | None = None
    longest_side: int = 1536
    most_ratio: int = 3
    pixels: tuple[int, int] = (0, 0)

    def problem(self, size: str, *, smaller_too: bool = False) -> str | None:
        """What is wrong with a size such as "1024x1024"; None when nothing is."""
        if size in self.listed:
            return None
        if self.step is None:
            return f"it takes {', '.join(self.listed)}"
        width, height = (int(side) for side in size.split("x"))
        fewest, most = self.pixels
        if width % self.step or height % self.step:
            return f"both sides must be multiples of {self.step}"
        if max(width, height) > self.longest_side:
            return f"no side may be longer than {self.longest_side}"
        if max(width, height) > self.most_ratio * min(width, height):
            return f"one side may be {self.most_ratio} times the other at most"
        if width * height > most or (width * height < fewest and not smaller_too):
            return f"a picture has {fewest:,} to {most:,} pixels"
        return None


ANY_SIZE = SizeRule(step=16, longest_side=3840, pixels=(655_360, 8_294_400))
NO_RULE = SizeRule(step=1, longest_side=99_999, most_ratio=99_999, pixels=(1, 10**10))


@dataclass(frozen=True)
class ImageFamily:
    """What the image models of one id take."""

    id: str
    sizes: SizeRule = SizeRule()
    qualities: tuple[str, ...] = ("low", "medium", "high", "auto")
    input_fidelity: bool = False
    most_prompt_characters: int = 32_000
    ends: date | None = None
    """The day from which it is no more, where one is announced."""


@dataclass(frozen=True)
class TextFamily:
    """What the text models of one id take."""

    id: str
    efforts: tuple[str, ...] = ()
    """Words for `reasoning_effort`; none where the parameter is refused."""
    ends: date | None = None


IMAGE_FAMILIES = (
    ImageFamily("gpt-image-2.6-sunburst", ANY_SIZE, ("low", "medium", "high", "xhigh", "max", "auto")),
    ImageFamily("gpt-image-2.6-flare", ANY_SIZE, ("low", "medium", "high", "xhigh", "max", "auto")),
    ImageFamily("gpt-image-2.5-sunburst", ANY_SIZE, ("low", "medium", "high", "xhigh", "max", "auto")),
    ImageFamily("gpt-image-2.5-flare", ANY_SIZE, ("low", "medium", "high", "xhigh", "max", "auto")),
    ImageFamily("gpt-image-2", ANY_SIZE),
    ImageFamily("gpt-image-1.5", input_fidelity=True, ends=date(2026, 12, 1)),
    ImageFamily("gpt-image-1-mini", ends=date(2026, 12, 1)),
    ImageFamily("gpt-image-1", input_fidelity=True, ends=date(2026, 10, 23)),
    ImageFamily("dall-e-3", ends=date(2026, 5, 12)),
    ImageFamily("dall-e-2", ends=date(2026, 5, 12)),
)
_LOW_TO_HIGH = ("low", "medium", "high", "xhigh")
TEXT_FAMILIES = (
    TextFamily("gpt-6.2-sol", (*_LOW_TO_HIGH, "max")),
    TextFamily("gpt-6.1", (*_LOW_TO_HIGH, "max")),
    TextFamily("gpt-5.5", ("none", *_LOW_TO_HIGH)),
    TextFamily("gpt-5.4", ("none", *_LOW_TO_HIGH)),
    TextFamily("gpt-5.2", ("none", *_LOW_TO_HIGH)),
    TextFamily("gpt-5.1", ("none", "low", "medium", "high")),
    TextFamily("gpt-5", ("minimal", "low", "medium", "high"), ends=date(2026, 12, 11)),
    TextFamily("gpt-5-mini", ("minimal", "low", "medium", "high"), ends=date(2026, 12, 11)),
    TextFamily("gpt-5-nano", ("minimal", "low", "medium", "high"), ends=date(2026, 12, 11)),
    TextFamily("gpt-4.1"),
    TextFamily("gpt-4.1-mini"),
    TextFamily("gpt-4o"),
    TextFamily("gpt-4o-mini"),
)
Family = TypeVar("Family", ImageFamily, TextFamily)


def image_family(model: str) -> ImageFamily:
    """The family of an image model; one we do not know gets the plainest request and no rule for sizes."""
    return _known(IMAGE_FAMILIES, model) or ImageFamily(model, NO_RULE, qualities=())


def text_family(model: str) -> TextFamily | None:
    """The family of a text model; None for one we do not know, which is sent what the settings say."""
    return _known(TEXT_FAMILIES, model)


def _known(families: Sequence[Family], model: str) -> Family | None:
    plain = _SNAPSHOT.sub("", model)
    return next((family for family in families if family.id == plain), None)
