"""Canned answers: they fit what was asked, and are made once."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import miniaudio
import openai
import pytest
from elevenlabs.client import ElevenLabs
from sdk_calls import PAINTER, TEXT, configure, looked_at, parse, picture

from emulator_models import testing as prompts
from emulator_models.shapes import PaletteJourney, PictureVerdict, StoryContent


def test_canned_texts_fit_what_was_asked(gpt: openai.OpenAI, control: httpx.Client) -> None:
    configure(control, answers="canned")
    first, second = (parse(gpt, StoryContent, prompts.story_prompt()) for _ in range(2))
    assert first.choices[0].message.parsed == second.choices[0].message.parsed
    assert "Maya" in first.choices[0].message.parsed.text
    assert parse(gpt, PaletteJourney, prompts.palette_prompt()).choices[0].message.parsed
    verdict = parse(gpt, PictureVerdict, looked_at(b"anything")).choices[0].message.parsed
    assert [(entry.character, entry.trait, entry.verdict) for entry in verdict.verdicts] == [
        ("Maya", "kind", "present"),
        ("Maya", "looks", "present"),
        ("Maya", "clothes", "present"),
        ("Maya", "manual_wheelchair", "present"),
        ("Maya", "agency_position", "present"),
        ("", "company", "present"),
    ]


def test_canned_pictures_have_the_size_asked_for_and_are_drawn_once(gpt: openai.OpenAI, control: httpx.Client) -> None:
    configure(control, answers="canned")

    def draw(asset: str, size: str) -> openai.types.ImagesResponse:
        return gpt.images.generate(prompt=prompts.picture_prompt(asset), model=PAINTER, size=size)

    first = draw("cover", "512x512")
    assert picture(first).size == (512, 512)
    assert picture(draw("cover", "512x768")).size == (512, 768)
    assert draw("scene_1", "512x512").data == first.data


@pytest.mark.parametrize("output_format", ["mp3_44100_128", "mp3_22050_32", "pcm_24000"])
def test_canned_speech_is_as_long_as_its_text(eleven: ElevenLabs, control: httpx.Client, output_format: Any) -> None:
    configure(control, answers="canned")
    heard = set()
    for text in ("Hi there, fox.", TEXT * 60):
        answer = eleven.text_to_speech.convert_with_timestamps("nobody", text=text, output_format=output_format)
        times = answer.alignment
        assert times
        audio = base64.b64decode(answer.audio_base_64)
        rate = int(output_format.split("_")[1])
        frames = len(audio) // 2 if output_format.startswith("pcm") else miniaudio.mp3_get_info(audio).num_frames
        assert "".join(times.characters) == text
        assert 0 <= frames / rate - times.character_end_times_seconds[-1] < 0.2
        assert 4 < len(text) / times.character_end_times_seconds[-1] < 20
        heard.add(audio[:2000])
    assert len(heard) == 1
