"""What a chat completion asks for, and what the real API refuses of it."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Literal

from pydantic import BaseModel, Field

from emulator.openai_models import check_effort, check_model, check_sampling, check_strict
from emulator.wire_errors import openai_error
from emulator_models import storyteller

VERDICT = "PictureVerdict"
CHILD_SAFETY = "ChildSafety"
SHAPES = storyteller.SHAPES | {VERDICT, CHILD_SAFETY}
_ONE_A_SCENE = {"StoryContent": ("beats", 0), "PaletteJourney": ("steps", 1)}
"""The list of an answer that has an item a scene, and how many items it has besides."""


class ImageURL(BaseModel):
    """A picture in a message, as a data URL."""

    url: str


class Part(BaseModel):
    """A part of a message: text or a picture."""

    type: Literal["text", "image_url", "refusal"]
    text: str = ""
    image_url: ImageURL | None = None


class Message(BaseModel):
    """A message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """All that is said in it."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text)
        return self.content or ""

    @property
    def picture_urls(self) -> list[str]:
        """The pictures in it."""
        parts = self.content if isinstance(self.content, list) else []
        return [part.image_url.url for part in parts if part.image_url]


class JsonSchema(BaseModel):
    """The schema an answer must have."""

    name: str
    strict: bool | None = None
    schema_: dict[str, Any] = Field(default={}, alias="schema")


class ResponseFormat(BaseModel):
    """How to answer."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None


class ChatRequest(BaseModel):
    """The parameters that matter here; others are let through."""

    model: str
    messages: list[Message] = Field(min_length=1)
    response_format: ResponseFormat | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    n: int = Field(default=1, ge=1, le=8)
    seed: int | None = None
    reasoning_effort: str | None = None
    safety_identifier: str | None = Field(default=None, max_length=64)
    stream: bool | None = None

    @property
    def prompt(self) -> str:
        """What the user says."""
        return "\n".join(message.text for message in self.messages if message.role == "user")

    @property
    def shape(self) -> str | None:
        """The name of the schema to answer in."""
        asked = self.response_format.json_schema if self.response_format else None
        return asked.name if asked else None

    @property
    def scenes(self) -> int | None:
        """How many scenes the schema wants told of; None where it leaves that open or has none."""
        asked = self.response_format.json_schema if self.response_format else None
        field, besides = _ONE_A_SCENE.get(asked.name if asked else "", ("", 0))
        listed = asked.schema_.get("properties", {}).get(field, {}) if asked else {}
        count = listed.get("minItems", listed.get("maxItems"))
        return max(count - besides, 1) if isinstance(count, int) else None

    @property
    def picture_urls(self) -> list[str]:
        """The pictures sent along."""
        return [url for message in self.messages for url in message.picture_urls]


def check_chat(body: ChatRequest) -> None:
    """Raises 404 or 400 for what the model does not take."""
    check_model(body.model, "chat")
    check_sampling(body.model, body.temperature, body.max_tokens)
    check_effort(body.model, body.reasoning_effort)
    if body.stream:
        raise openai_error(
            400, "Streaming is not supported by this emulator.", code="unsupported_value", param="stream"
        )
    form = body.response_format
    if form is None or form.type != "json_schema":
        return
    if form.json_schema is None:
        raise openai_error(
            400,
            "Missing required parameter: 'response_format.json_schema'.",
            code="missing_required_parameter",
            param="response_format.json_schema",
        )
    if form.json_schema.strict:
        check_strict(form.json_schema.name, form.json_schema.schema_)
    if form.json_schema.name not in SHAPES:
        raise openai_error(
            400,
            f"This emulator has no answer in the schema '{form.json_schema.name}': it knows "
            f"{', '.join(sorted(SHAPES))}.",
            code="unsupported_value",
            param="response_format.json_schema.name",
        )


def sent_picture(body: ChatRequest) -> bytes | None:
    """The last picture sent; raises 400 where it is no data URL."""
    return decoded_picture(body.picture_urls[-1]) if body.picture_urls else None


def decoded_picture(url: str) -> bytes:
    """The picture in a data URL; raises 400 for any other."""
    head, _, encoded = url.partition(",")
    try:
        if not (head.startswith("data:image/") and head.endswith(";base64")):
            raise ValueError("no data URL")
        return base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise openai_error(
            400,
            "Invalid image URL. Expected a base64-encoded data URL with an image MIME type "
            "(e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=').",
            code="invalid_image_url",
            param="messages",
        ) from None
