"""The wire between the makers and the emulator: all that passes is written down, and some answers are ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Body = dict[str, Any]
Answer = Callable[[Body], Body | Response]


@dataclass(frozen=True)
class Sent:
    """A request as it went out."""

    route: str
    body: Body

    @property
    def shape(self) -> str | None:
        """The name of the answer's schema, of a structured chat."""
        name: str | None = (self.body.get("response_format") or {}).get("json_schema", {}).get("name")
        return name

    @property
    def prompt(self) -> str:
        """What a chat's user says."""
        said: str = self.body["messages"][-1]["content"]
        return said


@dataclass
class Wire:
    """Passes every call on to the emulator, but those that have an answer of the test's."""

    emulator_url: str
    sent: list[Sent] = field(default_factory=list)
    _answers: dict[str, list[Answer]] = field(default_factory=dict)

    def answer(self, what: str, *answers: Answer) -> None:
        """The next calls for this schema, or to a route with this part, get these answers; then the emulator's."""
        self._answers[what] = list(answers)

    def calls(self, what: str) -> list[Sent]:
        """The calls for this schema, or to a route with this part."""
        return [call for call in self.sent if what == call.shape or what in call.route]

    def forget(self) -> None:
        self.sent.clear()
        self._answers.clear()

    async def _pass_on(self, request: Request) -> Response:
        body = await request.body()
        is_json = request.headers.get("content-type", "").startswith("application/json")
        is_form = request.headers.get("content-type", "").startswith("multipart/form-data")
        fields = await _fields_of(request) if is_form else {}
        sent = Sent(request.url.path, json.loads(body) if is_json and body else fields)
        self.sent.append(sent)
        for what, answers in self._answers.items():
            if answers and (what == sent.shape or what in sent.route):
                answer = answers.pop(0)(sent.body)
                return answer if isinstance(answer, Response) else JSONResponse(answer)
        async with httpx.AsyncClient(timeout=120) as client:
            headers = {name: value for name, value in request.headers.items() if name != "host"}
            url = f"{self.emulator_url}{request.url.path}"
            answered = await client.request(
                request.method, url, params=request.query_params, content=body, headers=headers
            )
        return Response(answered.content, answered.status_code, media_type=answered.headers.get("content-type"))

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._pass_on, methods=["GET", "POST"])])


async def _fields_of(request: Request) -> Body:
    """A form's texts, and its files as a list of bytes by name."""
    fields: Body = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                fields[name] = value
            else:
                fields.setdefault(name, []).append(await value.read())
    return fields


def completion(content: Body) -> Answer:
    """A chat's answer with this structured content."""

    def answer(body: Body) -> Body:
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "stop",
                    "message": {"role": "assistant", "content": json.dumps(content), "refusal": None},
                }
            ],
            "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
        }

    return answer
