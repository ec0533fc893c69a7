"""What OpenAI's routes share: the key, request bodies, tokens, and the safety system."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from emulator.wire_errors import WireError, openai_error
from emulator_models.moderator import moderate
from emulator_models.prompt_data import read_data

Body = TypeVar("Body", bound=BaseModel)
BAD_KEY = "sk-invalid"
CHARACTERS_A_TOKEN = 4


def require_key(request: Request) -> None:
    """Any key is good but those that start with `sk-invalid`; raises 401 for them and for none."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise openai_error(
            401,
            "You didn't provide an API key. You need to provide your API key in an Authorization header "
            "using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        )
    if key.startswith(BAD_KEY):
        raise openai_error(
            401,
            f"Incorrect API key provided: {key[:8]}***. You can find your API key at "
            "https://platform.openai.com/account/api-keys.",
            code="invalid_api_key",
        )


async def json_body(request: Request, shape: type[Body]) -> Body:
    """The request's JSON body in that shape; raises 400."""
    try:
        content = json.loads(await request.body())
    except ValueError:
        raise openai_error(
            400, "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload."
        ) from None
    return parsed(content, shape)


def parsed(content: object, shape: type[Body]) -> Body:
    """The content in that shape; raises 400 that names the first field at fault, as OpenAI words it."""
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _invalid(_place(first["loc"]), first["type"], first["msg"]) from None


def tokens(text: str) -> int:
    """About how many tokens a text is."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


def is_refused(prompt: str) -> bool:
    """Whether the safety system refuses a prompt.

    It looks at what the prompt's data says; at its prose only where there is no data, for the prose
    around our data tells the model what to keep out.
    """
    data = read_data(prompt)
    return moderate(prompt if data is None else "\n".join(_texts(data))).flagged


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _texts(child)


def _place(location: tuple[int | str, ...]) -> str:
    place = ""
    for part in location:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else part
    return place


def _invalid(place: str, kind: str, message: str) -> WireError:
    if kind == "missing":
        code, text = "missing_required_parameter", f"Missing required parameter: '{place}'."
    elif kind == "extra_forbidden":
        code, text = "unknown_parameter", f"Unknown parameter: '{place}'."
    else:
        code, text = "invalid_value", f"Invalid value for '{place}': {message}."
    return openai_error(400, text, code=code, param=place)
