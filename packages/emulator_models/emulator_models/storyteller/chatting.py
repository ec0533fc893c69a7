"""A plain chat completion: a small story in prose."""

from __future__ import annotations

import zlib
from dataclasses import replace

from emulator_models.storyteller.ask import read_ask
from emulator_models.storyteller.compose import compose, plain_story

_LEAST, _MOST = 320, 430


def chat(prompt: str) -> str:
    """A small story about whom and what the prompt names; the same prompt tells the same story."""
    ask = read_ask(None, prompt, zlib.crc32(prompt.encode("utf-8", "replace")))
    return plain_story(compose(replace(ask, least=_LEAST, most=_MOST)))
