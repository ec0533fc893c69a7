"""A plain chat completion: a small story in prose."""

from __future__ import annotations

import zlib
from dataclasses import replace

from emulator_models.answers import ContentOrder
from emulator_models.storyteller.compose import compose
from emulator_models.storyteller.request import read_request

_LEAST, _MOST = 320, 430


def chat(prompt: str) -> str:
    """A small story about whom and what the prompt names; the same prompt tells the same story."""
    seed = zlib.crc32(prompt.encode("utf-8", "replace"))
    request = read_request(ContentOrder("StoryContent", None, prompt, seed))
    story = compose(replace(request, least=_LEAST, most=_MOST))
    return f"{story.title}\n\n{story.text}"
