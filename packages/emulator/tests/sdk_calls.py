"""Calls as the tests make them, through the real SDKs."""

from __future__ import annotations

import base64
import io
from typing import Any

import httpx
import openai
from elevenlabs.client import ElevenLabs
from openai.types import ImagesResponse
from PIL import Image
from pydantic import BaseModel

from emulator_models import testing as prompts

MODEL, PAINTER = "gpt-5.2", "gpt-image-2"
TEXT = "Once upon a time, there was a fox."


def parse(gpt: openai.OpenAI, shape: type[BaseModel], prompt: Any, **more: Any) -> Any:
    messages: Any = [{"role": "system", "content": "You write."}, {"role": "user", "content": prompt}]
    return gpt.chat.completions.parse(model=MODEL, messages=messages, response_format=shape, **more)


def ask(gpt: openai.OpenAI, prompt: str, **more: Any) -> Any:
    arguments: Any = {"model": MODEL, "messages": [{"role": "user", "content": prompt}], **more}
    return gpt.chat.completions.create(**arguments)


def picture(answer: ImagesResponse) -> Image.Image:
    assert answer.data
    assert answer.data[0].b64_json
    opened = Image.open(io.BytesIO(base64.b64decode(answer.data[0].b64_json)))
    opened.load()
    return opened


def png(size: tuple[int, int] = (64, 64)) -> bytes:
    encoded = io.BytesIO()
    Image.new("RGB", size, "#ffb703").save(encoded, "png")
    return encoded.getvalue()


def looked_at(image: bytes) -> list[dict[str, Any]]:
    url = f"data:image/png;base64,{base64.b64encode(image).decode()}"
    return [
        {"type": "text", "text": prompts.verdict_prompt()},
        {"type": "image_url", "image_url": {"url": url}},
    ]


def configure(control: httpx.Client, **config: Any) -> None:
    control.post("/config", json=config).raise_for_status()


def calls(control: httpx.Client) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = control.get("/log").json()
    return listed


def speak(eleven: ElevenLabs, text: str = TEXT, **more: Any) -> Any:
    options: Any = {"request_options": {"max_retries": 0, "timeout_in_seconds": 120} | more}
    return eleven.text_to_speech.convert_with_timestamps("nobody", text=text, **options)
