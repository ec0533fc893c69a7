"""OpenAI's `POST /chat/completions`: structured answers, verdicts on pictures, plain chat."""

from __future__ import annotations

import json
import secrets
import sys
import time
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from emulator.image_tokens import looked_at_tokens
from emulator.openai_chat_request import CHILD_SAFETY, VERDICT, ChatRequest, check_chat, sent_picture
from emulator.openai_shapes import CHARACTERS_A_TOKEN, is_refused, json_body, tokens
from emulator.service import Emulator
from emulator.traffic import broken, call_of, json_response, respond
from emulator.wire_errors import openai_error
from emulator_models.answers import Answers, ContentOrder, Data, UnwrittenLanguageError
from emulator_models.child_safety import judge_picture, judge_texts
from emulator_models.illustrator import same_verdict
from emulator_models.prompt_data import read_data
from emulator_models.shapes import ChildSafety

router = APIRouter()
_REFUSAL = "I'm sorry, but I can't help with that request."


@router.post("/chat/completions")
async def complete(request: Request, service: Emulator) -> Response:
    """Answers a conversation."""
    call = call_of(request)
    body = await json_body(request, ChatRequest)
    call.model, call.shape = body.model, body.shape
    data = read_data(body.prompt)
    call.asks(body.prompt, data)
    check_chat(body)

    async def make() -> Response:
        if body.shape != CHILD_SAFETY and is_refused(body.prompt):  # who is asked to judge looks at anything
            return _completion(body, [None])
        return _completion(body, [await _content(service.answers, body, data, n) for n in range(body.n)])

    return await respond(
        request,
        service.control,
        make,
        refusal=lambda: _completion(body, [None]),
        malformed=lambda answer: _with_broken_content(answer, structured=body.shape is not None),
    )


async def _content(answers: Answers, body: ChatRequest, data: Data | None, number: int) -> str:
    if body.shape is None:
        said = await answers.chat(body.prompt)
        as_object = body.response_format is not None and body.response_format.type == "json_object"
        return json.dumps({"answer": said}, ensure_ascii=False) if as_object else said
    if body.shape == VERDICT:
        return json.dumps(await _verdict(answers, body, data or {}), ensure_ascii=False)
    if body.shape == CHILD_SAFETY:
        return json.dumps(_child_safety(body, data or {}), ensure_ascii=False)
    # like a real model, it tells another story each time unless it is given a seed
    seed = body.seed if body.seed is not None else secrets.randbelow(1 << 31)
    order = ContentOrder(body.shape, data, body.prompt, seed + number, body.scenes)
    try:
        return json.dumps(await answers.content(order), ensure_ascii=False)
    except UnwrittenLanguageError as unwritten:
        # In the shape of OpenAI's `unsupported_value`; the code says what of, so that a client need not read the words.
        raise openai_error(400, str(unwritten), code="unsupported_language", param="language") from None


def _child_safety(body: ChatRequest, data: Data) -> Data:
    """What is not for a child in the material and in the picture, if there is one."""
    concerns = judge_texts([text for text in data.get("material", ()) if isinstance(text, str)])
    picture = sent_picture(body)
    if picture is not None:
        concerns += judge_picture(picture)
    return ChildSafety(concerns=concerns, fit=not concerns).model_dump(mode="json")


async def _verdict(answers: Answers, body: ChatRequest, data: Data) -> Data:
    picture = sent_picture(body)
    if picture is None:
        return same_verdict(data, "not_visible", "There is no picture.")
    try:
        return await answers.verdict(picture, data)
    except ValueError:
        raise openai_error(
            400,
            "You uploaded an unsupported image. Please make sure your image is valid.",
            code="image_parse_error",
        ) from None


def _completion(body: ChatRequest, contents: list[str | None]) -> Response:
    """The answer; a content of None is a refusal."""
    limit = body.max_completion_tokens or body.max_tokens
    asked = sum(tokens(message.text) + 4 for message in body.messages)
    picture = sent_picture(body)
    asked += looked_at_tokens(picture) if picture else 0
    spent = sum(min(tokens(content or _REFUSAL), limit or sys.maxsize) for content in contents)
    return json_response(
        {
            "id": f"chatcmpl-{uuid4().hex}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": body.model,
            "choices": [_choice(index, content, limit) for index, content in enumerate(contents)],
            "usage": {
                "prompt_tokens": asked,
                "completion_tokens": spent,
                "total_tokens": asked + spent,
                "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
            },
            "service_tier": "default",
            "system_fingerprint": None,
        }
    )


def _choice(index: int, content: str | None, limit: int | None) -> dict[str, object]:
    """One answer, cut where it is longer than the limit in tokens."""
    message: dict[str, object] = {"role": "assistant", "content": content, "refusal": None, "annotations": []}
    reason = "stop"
    if content is None:
        message["refusal"] = _REFUSAL
    elif limit is not None and tokens(content) > limit:
        message["content"], reason = content[: limit * CHARACTERS_A_TOKEN], "length"
    return {"index": index, "message": message, "logprobs": None, "finish_reason": reason}


def _with_broken_content(answer: Response, *, structured: bool) -> Response:
    """A structured answer cut in half in an envelope that is whole; else half the envelope."""
    if not structured:
        return broken(answer)
    envelope = json.loads(bytes(answer.body))
    for choice in envelope["choices"]:
        content = choice["message"]["content"]
        choice["message"]["content"] = content and content[: len(content) // 2]
    return json_response(envelope)
