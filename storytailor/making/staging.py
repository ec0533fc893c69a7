"""What a picture is to show: the document of its drawing prompt, and the prompt made of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from storytailor.errors import PermanentError, TransientError
from storytailor.making.context import AssetContext
from storytailor.making.prompt_length import fitting_prompt
from storytailor.story import SoftenedScene

log = logging.getLogger(__name__)

Shown = Literal["cover", "characters"]
"""What the reference pictures of a picture show: the book's cover, or each a character."""


@dataclass(frozen=True)
class Staging:
    """The document of a drawing prompt, all but the feedback; `data["asset"]` says of which picture."""

    data: Mapping[str, Any]
    references_show: Shown = "characters"
    alt: str = ""
    """What the picture shows, for a reader who cannot see it, in the book's language."""
    softened: bool = False

    @property
    def asset(self) -> str:
        """`cover`, `scene_n` or `portrait`."""
        return str(self.data["asset"])

    @property
    def scene(self) -> str:
        """What the picture shows, for who draws it."""
        return str(self.data["scene"])

    def prompt(self, feedback: Sequence[str], most: int, *, referring: bool) -> str:
        """The drawing prompt in at most `most` characters; `feedback` is on the picture before.

        `referring`: there are reference pictures with it.
        """
        return fitting_prompt(
            "picture",
            {**self.data, "feedback": list(feedback)},
            most,
            asset=self.asset,
            references=self.references_show if referring else None,
            staged=self.data["analysis"] is not None,
            company=bool(self.data.get("not_shown")),
            feedback=feedback,
        )


async def softened(ctx: AssetContext, staging: Staging) -> Staging:
    """The same picture, restated by a model for a very cautious filter; where it will not, in the plainest staging."""
    try:
        data = {**staging.data, "language": ctx.brief.language}
        said, _ = await ctx.ask(ctx.settings.analysis_model, "soften", data, SoftenedScene)
    except (TransientError, PermanentError) as failure:
        log.warning("%s is staged plainly, since nobody restates it: %s", staging.asset, failure.for_operator)
        return _plain(staging)
    looks = {character.name: character.appearance for character in said.characters}
    sheets = [
        {**sheet, "appearance": looks.get(sheet["name"], sheet["appearance"])} for sheet in staging.data["characters"]
    ]
    return _calm(staging, said.alt, scene=said.scene, characters=sheets)


def _plain(staging: Staging) -> Staging:
    if staging.asset == "portrait":  # as plain as can be already
        return _calm(staging, staging.alt)
    names = [sheet["name"] for sheet in staging.data["characters"]]
    who = f"{', '.join(names[:-1])} and {names[-1]} stand" if len(names) > 1 else f"{names[0]} stands"
    # names alone are true in every language, and nobody is there who could say more in the book's
    return _calm(
        staging, ", ".join(names), scene=f"{who} outdoors on a bright day, fully dressed, calm and smiling at us."
    )


def _calm(staging: Staging, alt: str, **said: object) -> Staging:
    data = {**staging.data, "title": "", "mood": "calm", "analysis": None, **said}
    return replace(staging, data=data, alt=alt, softened=True)
