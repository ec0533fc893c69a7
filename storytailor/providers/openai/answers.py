"""Reading answers as the many servers of this wire format give them."""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from openai.types import ImagesResponse, ModerationCreateResponse
from openai.types.chat import ChatCompletion
from PIL import Image
from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import from_json

from storytailor.endpoints import Endpoint
from storytailor.errors import PromptBlockedError, TransientError
from storytailor.providers import words
from storytailor.text.cleaning import ARRIVING
from storytailor.text.storable import storable

Shape = TypeVar("Shape", bound=BaseModel)

_THINKING = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)\n?```", re.DOTALL)


def answer_of(completion: ChatCompletion, shape: type[Shape], endpoint: Endpoint) -> Shape:
    """What the model answered, in its shape. `endpoint` is who was asked: a family knows services, not models.

    Raises PromptBlockedError when it declined, TransientError when there is no answer or none that can be read.
    """
    if not completion.choices:
        raise _of_no_use(endpoint, "was empty")
    choice = completion.choices[0]
    if choice.message.refusal:
        remedy = "The model declined to do this. Another try may pass; if many are declined, set another model for it."
        # not what it said: that is about the story, in words that nobody has cleaned
        raise PromptBlockedError(words.has_declined(endpoint), remedy=remedy)
    if choice.finish_reason == "content_filter":
        remedy = "The content filter stopped the answer."
        raise PromptBlockedError(words.has_declined(endpoint), remedy=remedy, detail="finish_reason content_filter")
    if choice.finish_reason == "length":
        raise _of_no_use(endpoint, "was cut off at its length limit")
    if not choice.message.content:
        raise _of_no_use(endpoint, "was empty")
    return _in_shape(choice.message.content, shape, endpoint)


def _of_no_use(endpoint: Endpoint, how: str, detail: str = "") -> TransientError:
    return TransientError(words.has_failed(endpoint), remedy=f"The model's answer {how}.", detail=detail)


def _in_shape(text: str, shape: type[Shape], endpoint: Endpoint) -> Shape:
    """The JSON in a model's text: alone, fenced, behind its thinking, or between sentences."""
    try:
        return shape.model_validate(storable(_json_in(_THINKING.sub("", text).strip())), context=ARRIVING)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()[:3])
        raise _of_no_use(endpoint, "has not the form asked for", faults) from error
    except ValueError as error:
        raise _of_no_use(endpoint, "could not be read", str(error)) from error


def _json_in(text: str) -> JsonValue:
    fenced = _FENCE.search(text)
    for candidate in (text, fenced[1] if fenced else None, text[text.find("{") : text.rfind("}") + 1]):
        if candidate:
            try:
                found: JsonValue = json.loads(candidate)
            except ValueError:
                continue
            return found
    raise ValueError(f"no JSON in an answer of {len(text)} characters")


@dataclass(frozen=True)
class Moderation:
    """What moderation says: the categories it flags, and its score from 0 to 1 for each category it told one of."""

    flagged: frozenset[str]
    scores: Mapping[str, float]


def moderation_of(answer: ModerationCreateResponse) -> Moderation:
    """The verdicts of a moderation, put together; flagged without a category is flagged as "unnamed".

    Raises TransientError where there is none.
    """
    if not answer.results:  # nobody looked: that is no yes
        raise TransientError("The safety check gave no verdict.")
    flagged: set[str] = set()
    scores: dict[str, float] = {}
    for result in answer.results:
        named = {name for name, hit in result.categories.to_dict().items() if hit}
        flagged |= named or {"unnamed"} if result.flagged else set()
        scored = result.category_scores.to_dict() if result.category_scores else {}  # other servers may leave it out
        for name, score in scored.items():
            if isinstance(score, int | float):
                scores[name] = max(scores.get(name, 0.0), float(score))
    return Moderation(frozenset(flagged), scores)


def images_of(answer: bytes) -> ImagesResponse:
    """The pictures of an answer, as JSON. Takes processor time: one has megabytes. Raises ValueError, TypeError."""
    return ImagesResponse.construct(**from_json(answer))


def encoded_picture(made: ImagesResponse) -> tuple[bytes | None, str | None]:
    """(bytes, None) of a picture that came with the answer, (None, URL) of one to be fetched."""
    drawn = made.data[0] if made.data else None
    if drawn is None or not (drawn.b64_json or drawn.url):
        raise TransientError("The picture service answered without a picture.")
    if not drawn.b64_json:
        return None, drawn.url
    try:
        return base64.b64decode(drawn.b64_json.rpartition(",")[2], validate=True), None
    except binascii.Error as error:
        raise TransientError("The picture arrived broken.") from error


def as_png(picture: bytes) -> bytes:
    """The picture as PNG, in which all are kept. Raises TransientError for bytes that are no picture.

    Takes processor time for one that is none yet: call it in a thread.
    """
    if picture.startswith(b"\x89PNG"):
        return picture
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            converted = io.BytesIO()
            opened.convert("RGB").save(converted, "PNG")
    except (OSError, SyntaxError, ValueError) as error:
        raise TransientError("The picture arrived broken.") from error
    return converted.getvalue()


def media_type(picture: bytes) -> str:
    """PNG, JPEG or WebP, by the first bytes."""
    if picture.startswith(b"\xff\xd8"):
        return "image/jpeg"
    return "image/webp" if picture[8:12] == b"WEBP" else "image/png"


def data_url(picture: bytes) -> str:
    """The picture as a URL that holds it."""
    return f"data:{media_type(picture)};base64,{base64.b64encode(picture).decode()}"
