"""Which OpenAI models are there, and what each family takes: the real API's rules where clients trip."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from emulator.wire_errors import WireError, openai_error

MODELS = (
    "gpt-5.2",
    "gpt-5-mini",
    "gpt-4.1",
    "gpt-image-2.5-sunburst",
    "gpt-image-2.5-flare",
    "gpt-image-2",
    "gpt-image-1.5",
    "gpt-image-1-mini",
    "omni-moderation-latest",
)
_RETIRED = frozenset({"dall-e-2", "dall-e-3", "gpt-image-1", "text-moderation-latest"})
_CHAT = re.compile(r"(gpt|chatgpt|o)-?\d")
_IMAGE = re.compile(r"(gpt|chatgpt)-image-")
_REASONING = re.compile(r"gpt-5|o\d")
_STANDARD_SIZES = ("1024x1024", "1536x1024", "1024x1536")
_LARGEST_SIDE = 3840
_NOT_IN_STRICT = (
    "default",
    "oneOf",
    "allOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
)


def check_model(model: str, use: Literal["chat", "image", "moderation"]) -> None:
    """Raises 404 `model_not_found` for a retired or unknown model, or one of another kind."""
    image = _IMAGE.match(model) is not None
    known = {
        "chat": _CHAT.match(model) is not None and not image,
        "image": image,
        "moderation": model.startswith("omni-moderation-"),
    }
    if model in _RETIRED or not known[use]:
        message = f"The model `{model}` does not exist or you do not have access to it."
        raise openai_error(404, message, code="model_not_found")


def check_sampling(model: str, temperature: float | None, max_tokens: int | None) -> None:
    """Raises 400 for what the reasoning models do not take."""
    if not _REASONING.match(model):
        return
    if max_tokens is not None:
        raise openai_error(
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            code="unsupported_parameter",
            param="max_tokens",
        )
    if temperature not in (None, 1):
        raise openai_error(
            400,
            f"Unsupported value: 'temperature' does not support {temperature:g} with this model. "
            "Only the default (1) value is supported.",
            code="unsupported_value",
            param="temperature",
        )


def picture_size(model: str, size: str | None) -> tuple[int, int]:
    """The size in pixels; raises 400 for one the model does not draw."""
    if size in (None, "auto"):
        return 1024, 1024
    found = re.fullmatch(r"(\d{2,4})x(\d{2,4})", size)
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    free = model.startswith("gpt-image-2")
    fits = (
        width % 16 == height % 16 == 0
        and 0 < max(width, height) <= _LARGEST_SIDE
        and max(width, height) <= 3 * min(width, height)
    )
    if size in _STANDARD_SIZES or (free and fits):
        return width, height
    sizes = "'1024x1024', '1536x1024', '1024x1536', and 'auto'"
    hint = f"Supported values are: {sizes}." if not free else "Sides must be multiples of 16, at most 3:1 and 3840."
    raise openai_error(400, f"Invalid value: '{size}'. {hint}", code="invalid_value", param="size")


def check_strict(name: str, schema: Mapping[str, Any]) -> None:
    """Raises 400 unless the schema is one that `strict` takes.

    Each object must forbid additional properties and require all of its own.
    """
    _check_node(name, schema, ())


def _check_node(name: str, node: object, at: tuple[str, ...]) -> None:
    if isinstance(node, list):
        for index, item in enumerate(node):
            _check_node(name, item, (*at, str(index)))
    if not isinstance(node, Mapping):
        return
    forbidden = [keyword for keyword in _NOT_IN_STRICT if keyword in node]
    properties = node.get("properties", {})
    missing = [key for key in properties if key not in node.get("required", ())]
    if forbidden:
        raise _schema_error(name, at, f"'{forbidden[0]}' is not permitted.")
    if node.get("type") == "object" and node.get("additionalProperties") is not False:
        raise _schema_error(name, at, "'additionalProperties' is required to be supplied and to be false.")
    if missing:
        rule = "'required' is required to be supplied and to be an array including every key in properties."
        raise _schema_error(name, at, f"{rule} Missing '{missing[0]}'.")
    for group in ("properties", "$defs", "definitions"):
        for key, child in node.get(group, {}).items():
            _check_node(name, child, (*at, group, key))
    for keyword in ("items", "anyOf"):
        if keyword in node:
            _check_node(name, node[keyword], (*at, keyword))


def _schema_error(name: str, at: tuple[str, ...], problem: str) -> WireError:
    place = "(" + ", ".join(f"'{part}'" for part in at) + ("," if len(at) == 1 else "") + ")"
    return openai_error(
        400,
        f"Invalid schema for response_format '{name}': In context={place}, {problem}",
        param="response_format",
    )
