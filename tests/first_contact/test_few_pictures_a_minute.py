"""The smallest accounts draw five pictures a minute: eight families at once get their books all the same.

A minute is short here. With real ones it takes eight minutes a row:
`MINUTE_SECONDS=60 make test ARGS="tests/first_contact/test_few_pictures_a_minute.py"`.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import pytest

from emulator.testing import Emulator
from storytailor.catalog import PICTURES, SCENES
from storytailor.making.illustration import Illustration, illustrate
from storytailor.services import open_services
from storytailor.settings import Settings
from storytailor.story import StoryBrief, StoryType
from tests.making.conftest import ProgressLog
from tests.making.stories import story
from tests.making.test_illustration import MAYA, PALETTE
from tests.report_tables import ReportRow

STORIES, A_MINUTE = 8, 5
MINUTE = float(os.environ.get("MINUTE_SECONDS", "2"))


@pytest.mark.parametrize(
    ("known", "headers"),
    [({"images_per_minute": A_MINUTE, "input_images_per_minute": A_MINUTE}, True), ({}, False)],
    ids=["the limit is set", "the limit is learned from words alone"],
)
async def test_eight_stories_at_five_pictures_a_minute_are_all_drawn_with_hardly_a_refusal(
    settings: Settings,
    emulator: Emulator,
    known: dict[str, int],
    headers: bool,
    monkeypatch: pytest.MonkeyPatch,
    report_row: ReportRow,
) -> None:
    monkeypatch.setattr("storytailor.providers.gate.MINUTE_SECONDS", MINUTE)
    if MINUTE < 60:  # a call's way is as long as in a real one
        monkeypatch.setattr("storytailor.providers.gate.MARGIN", 0.1)
    limits = {"images": A_MINUTE, "input_images": A_MINUTE, "minute_seconds": MINUTE, "headers": headers}
    emulator.behave(answers="canned", limits=limits)
    began = time.monotonic()
    async with open_services(settings.model_copy(update=known)) as services:
        drawn = await asyncio.gather(*(pictures_of_one_story(services) for _ in range(STORIES)))
    seconds = time.monotonic() - began
    calls = [call for call in emulator.calls() if call["route"].startswith("images/")]
    refused = [call for call in calls if call["status"] == 429]
    report_row(
        "eight stories at five pictures a minute",
        {
            "the limit is": "set" if known else "learned",
            "the wait is in": "headers" if headers else "words alone",
            "pictures": str(sum(map(len, drawn))),
            "placeholders": str(sum(picture.fallback for pictures in drawn for picture in pictures)),
            "calls": str(len(calls)),
            "refused": f"{len(refused)} ({len(refused) / len(calls):.1%})",
            "minutes": f"{seconds / MINUTE:.1f}",
        },
    )
    assert [len(pictures) for pictures in drawn] == [len(PICTURES)] * STORIES
    assert not any(picture.fallback for pictures in drawn for picture in pictures)
    assert len(refused) < 0.05 * len(calls)


async def pictures_of_one_story(services: Any) -> list[Illustration]:
    """The cover, and the scenes drawn from it, as the assets have them made."""
    brief = StoryBrief(story_id=MAYA.id, characters=(MAYA,), story_type=StoryType.ADVENTURE, themes=("courage",))
    content = story(*["Once."] * 4)
    contexts = [services.context(brief, ProgressLog(), 1) for _ in PICTURES]
    cover = await illustrate(contexts[0], "cover", content, PALETTE, [])
    scenes = (
        illustrate(ctx, scene, content, PALETTE, [cover.image]) for ctx, scene in zip(contexts[1:], SCENES, strict=True)
    )
    return [cover, *await asyncio.gather(*scenes)]
