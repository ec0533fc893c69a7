"""OpenAI on this machine, under `/openai/v1`: chat, pictures, moderations, models."""

from __future__ import annotations

from typing import Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from emulator import openai_chat, openai_images
from emulator.openai_chat_request import ImageURL, decoded_picture
from emulator.openai_models import MODELS, check_model, is_there
from emulator.openai_shapes import json_body, require_key
from emulator.service import Emulator
from emulator.traffic import call_of, json_response, respond
from emulator.wire_errors import openai_error
from emulator_models.moderator import Moderation, moderate

router = APIRouter(prefix="/openai/v1", dependencies=[Depends(require_key)])
router.include_router(openai_chat.router)
router.include_router(openai_images.router)
_OPENED = 1_754_524_800  # when the models are said to have been made: 7 August 2025


class ModeratedPart(BaseModel):
    """A part of a multi-modal input: text, or a picture as a data URL."""

    type: Literal["text", "image_url"]
    text: str = ""
    image_url: ImageURL | None = None


class ModerationRequest(BaseModel):
    """A text, several texts, or one input in parts."""

    input: str | list[str] | list[ModeratedPart] = Field(min_length=1)
    model: str = "omni-moderation-latest"

    @property
    def texts(self) -> list[str]:
        """What gets a result each: the parts of one input count as one."""
        if isinstance(self.input, str):
            return [self.input]
        texts = [item for item in self.input if isinstance(item, str)]
        return texts or ["\n".join(item.text for item in self.input if isinstance(item, ModeratedPart))]

    @property
    def pictures(self) -> list[bytes]:
        """The pictures among the parts; a URL of the web is not opened."""
        parts = [item for item in self.input if isinstance(item, ModeratedPart)]
        return [decoded_picture(part.image_url.url) for part in parts if part.image_url]


@router.post("/moderations")
async def moderations(request: Request, service: Emulator) -> Response:
    """Judges texts."""
    body = await json_body(request, ModerationRequest)
    call_of(request).model = body.model
    check_model(body.model, "moderation")

    async def make() -> Response:
        results = [_result(moderate(text, body.pictures)) for text in body.texts]
        return json_response({"id": f"modr-{uuid4().hex}", "model": body.model, "results": results})

    return await respond(request, service.control, make, refusal=_refusal)


@router.get("/models")
async def models(request: Request, service: Emulator) -> Response:
    """Lists the models."""

    async def make() -> Response:
        return json_response({"object": "list", "data": [_model(model) for model in MODELS]})

    return await respond(request, service.control, make, refusal=_refusal)


@router.get("/models/{model}")
async def one_model(request: Request, model: str, service: Emulator) -> Response:
    """Says whether a model is there."""

    async def make() -> Response:
        if not is_there(model):
            text = f"The model '{model}' does not exist"
            raise openai_error(404, text, code="model_not_found", param="model")
        return json_response(_model(model))

    return await respond(request, service.control, make, refusal=_refusal)


def _result(judged: Moderation) -> dict[str, object]:
    return {
        "flagged": judged.flagged,
        "categories": judged.categories,
        "category_scores": judged.scores,
        "category_applied_input_types": {category: ["text"] for category in judged.categories},
    }


def _model(model: str) -> dict[str, object]:
    opened = {"id": model, "object": "model", "created": _OPENED, "owned_by": "system"}
    return opened | {"shutdown_date": MODELS.get(model)}


def _refusal() -> Response:
    raise openai_error(403, "The request was refused by the safety system.", code="content_policy_violation")
