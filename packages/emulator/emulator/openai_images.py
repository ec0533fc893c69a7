"""OpenAI's `POST /images/generations` and `POST /images/edits`."""

from __future__ import annotations

import base64
import time
from typing import Literal
from uuid import uuid4

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.responses import Response

from emulator.image_tokens import drawn_tokens, seen_tokens
from emulator.openai_models import check_model, check_quality, picture_size
from emulator.openai_shapes import is_refused, json_body, parsed, tokens
from emulator.service import Emulator, Service
from emulator.traffic import call_of, json_response, respond
from emulator.wire_errors import blocked, openai_error
from emulator_models.answers import PictureOrder
from emulator_models.illustrator import judged_traits
from emulator_models.prompt_data import read_data

router = APIRouter()
MOST_REFERENCES = 16
_MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp")


class ImageRequest(BaseModel):
    """The parameters of GPT image models; one that is not here is refused, as OpenAI does."""

    model_config = ConfigDict(extra="forbid")

    prompt: str = Field(min_length=1, max_length=32_000)
    model: str = "gpt-image-1.5"
    n: int = Field(default=1, ge=1, le=10)
    size: str | None = None
    quality: Literal["low", "medium", "high", "xhigh", "max", "auto"] = "auto"
    output_format: Literal["png", "jpeg", "webp"] = "png"
    output_compression: int = Field(default=100, ge=0, le=100)
    background: Literal["transparent", "opaque", "auto"] = "auto"
    moderation: Literal["low", "auto"] = "auto"
    input_fidelity: Literal["high", "low"] | None = None
    stream: bool | None = None
    user: str | None = None
    safety_identifier: str | None = Field(default=None, max_length=64)


@router.post("/images/generations")
async def generate(request: Request, service: Emulator) -> Response:
    """Draws pictures from a prompt."""
    return await _drawn(request, service, await json_body(request, ImageRequest), ())


@router.post("/images/edits")
async def edit(request: Request, service: Emulator) -> Response:
    """Draws pictures from a prompt and reference pictures."""
    try:
        async with request.form(max_files=MOST_REFERENCES + 2) as form:
            fields = {key: value for key, value in form.items() if isinstance(value, str)}
            body, references = parsed(fields, ImageRequest), await _references(form)
    except MultiPartException as error:
        raise openai_error(400, f"Invalid multipart body: {error.message}") from None
    return await _drawn(request, service, body, references)


async def _drawn(request: Request, service: Service, body: ImageRequest, references: tuple[bytes, ...]) -> Response:
    call = call_of(request)
    data = read_data(body.prompt)
    call.asks(body.prompt, data)
    call.model, call.pictures, call.input_pictures = body.model, body.n, len(references)
    _check(body)
    size = picture_size(body.model, body.size)

    async def make() -> Response:
        if is_refused(body.prompt):
            raise blocked()
        order = PictureOrder(
            body.prompt,
            size,
            body.output_format,
            references,
            service.control.omissions(judged_traits(data or {})),
            body.output_compression,
        )
        try:
            pictures = [await service.answers.picture(order) for _ in range(body.n)]
        except ValueError:
            raise openai_error(
                400,
                "Invalid image file or mode for image 1, please check your image file.",
                code="invalid_image_file",
                param="image",
                kind="image_generation_user_error",
            ) from None
        return _answer(body, size, pictures, references)

    return await respond(request, service.control, make, refusal=_refusal)


def _check(body: ImageRequest) -> None:
    check_model(body.model, "image")
    check_quality(body.model, body.quality)
    if body.stream:
        raise openai_error(
            400, "Streaming is not supported by this emulator.", code="unsupported_value", param="stream"
        )
    if body.input_fidelity and body.model.startswith("gpt-image-2"):
        raise openai_error(
            400,
            f"The model '{body.model}' does not support the 'input_fidelity' parameter.",
            code="invalid_input_fidelity_model",
            param="input_fidelity",
        )


async def _references(form: FormData) -> tuple[bytes, ...]:
    files = [file for name in ("image", "image[]") for file in form.getlist(name)]
    if not files:
        raise openai_error(
            400, "Missing required parameter: 'image'.", code="missing_required_parameter", param="image"
        )
    if len(files) > MOST_REFERENCES:
        raise openai_error(
            400,
            f"Invalid 'image': array too long. Expected an array with maximum length {MOST_REFERENCES}, "
            f"but got an array with length {len(files)} instead.",
            code="array_above_max_length",
            param="image",
        )
    contents = []
    for index, file in enumerate(files):
        media_type = file.content_type if isinstance(file, UploadFile) else "text/plain"
        if not isinstance(file, UploadFile) or media_type not in _MEDIA_TYPES:
            raise openai_error(
                400,
                f"Invalid file 'image[{index}]': unsupported mimetype ('{media_type}'). "
                "Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'.",
                code="unsupported_file_mimetype",
                param=f"image[{index}]",
            )
        contents.append(await file.read())
    return tuple(contents)


def _answer(
    body: ImageRequest, size: tuple[int, int], pictures: list[bytes], references: tuple[bytes, ...]
) -> Response:
    quality = "high" if body.quality == "auto" else body.quality
    asked, seen = tokens(body.prompt), sum(map(seen_tokens, references))
    drawn = drawn_tokens(body.model, size, quality) * len(pictures)
    answer = json_response(
        {
            "created": int(time.time()),
            "background": "opaque",
            "data": [{"b64_json": base64.b64encode(picture).decode()} for picture in pictures],
            "output_format": body.output_format,
            "quality": quality,
            "size": f"{size[0]}x{size[1]}",
            "usage": {
                "input_tokens": asked + seen,
                "input_tokens_details": {"text_tokens": asked, "image_tokens": seen},
                "output_tokens": drawn,
                "output_tokens_details": {"text_tokens": 0, "image_tokens": drawn},
                "total_tokens": asked + seen + drawn,
            },
        }
    )
    answer.headers["x-request-id"] = f"req_{uuid4().hex}"
    return answer


def _refusal() -> Response:
    raise blocked()
