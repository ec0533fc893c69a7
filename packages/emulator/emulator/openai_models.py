"""Which OpenAI models are there, and what each family takes: the real API's rules where clients trip."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from emulator.wire_errors import WireError, openai_error

MODELS: dict[str, str | None] = {
    "gpt-4.1": None,
    "gpt-4.1-mini": None,
    "gpt-5": "2026-12-11",
    "gpt-5-mini": "2026-12-11",
    "gpt-5-nano": "2026-12-11",
    "gpt-5.1": None,
    "gpt-5.2": None,
    "gpt-5.2-pro": None,
    "gpt-5.4": None,
    "gpt-5.5": None,
    "gpt-5.6-luna": None,
    "gpt-5.6-sol": None,
    "gpt-5.6-terra": None,
    "gpt-6-astra": None,
    "gpt-6-luna": None,
    "gpt-6-sol": None,
    "gpt-6.1-luna": None,
    "gpt-6.1-sol": None,
    "gpt-6.2-luna": None,
    "gpt-6.2-sol": None,
    "chatgpt-image-latest": None,
    "gpt-image-1-mini": None,
    "gpt-image-1.5": "2026-12-01",
    "gpt-image-2": None,
    "gpt-image-2.5-flare": None,
    "gpt-image-2.5-sunburst": None,
    "gpt-image-2.6-flare": None,
    "gpt-image-2.6-sunburst": None,
    "omni-moderation-2024-09-26": None,
    "omni-moderation-latest": None,
}
"""The models an account of November 2026 has, and the day each is shut down where one was told."""
_RETIRED = frozenset(
    {
        "chatgpt-4o-latest",
        "dall-e-2",
        "dall-e-3",
        "gpt-3.5-turbo-0301",
        "gpt-4-vision-preview",
        "gpt-4.5-preview",
        "gpt-image-1",
        "text-davinci-003",
        "text-moderation-latest",
    }
)
_SNAPSHOT = re.compile(r"-20\d\d-\d\d-\d\d$")
_CHAT = re.compile(r"(gpt|chatgpt|o)-?\d")
_IMAGE = re.compile(r"(gpt|chatgpt)-image-")
_PAINTER = re.compile(rf"{_IMAGE.pattern}|dall-e-")
_REASONING = re.compile(r"gpt-[5-9]|o\d")
_EFFORTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"gpt-5(-|$)|o\d", ("minimal", "low", "medium", "high")),
    (r"gpt-5\.1", ("none", "low", "medium", "high")),
    (r"gpt-5\.[2-5]", ("none", "low", "medium", "high", "xhigh")),
    (r"gpt-5", ("none", "low", "medium", "high", "xhigh", "max")),
    (r"gpt-6", ("low", "medium", "high", "xhigh")),
)
"""The reasoning efforts of each family, the first that matches."""
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
    """Raises OpenAI's refusal of a model that is retired, unknown or of another kind.

    That is a 404 `model_not_found`, but at the picture routes, for a painter, a 400 `invalid_value`.
    """
    image = _IMAGE.match(model) is not None
    known = {
        "chat": _CHAT.match(model) is not None and not image,
        "image": image,
        "moderation": model.startswith("omni-moderation-"),
    }
    if known[use] and is_there(model):
        return
    if use == "image" and _PAINTER.match(model):
        raise openai_error(
            400,
            f"The model '{model}' does not exist.",
            code="invalid_value",
            param="model",
            kind="image_generation_user_error",
        )
    raise openai_error(404, _unknown(model), code="model_not_found")


def is_there(model: str) -> bool:
    """Whether the account has the model; a dated snapshot is there as long as its model is."""
    return model in MODELS or _SNAPSHOT.sub("", model) in MODELS


def _unknown(model: str) -> str:
    if model in _RETIRED:
        return (
            f"The model `{model}` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations"
        )
    return f"The model `{model}` does not exist or you do not have access to it."


def check_effort(model: str, effort: str | None) -> None:
    """Raises 400 for a reasoning effort that the model's family has not."""
    if effort is None:
        return
    efforts = next((efforts for family, efforts in _EFFORTS if re.match(family, model)), None)
    if efforts is None:
        raise openai_error(
            400,
            "Unsupported parameter: 'reasoning_effort' is not supported with this model.",
            code="unsupported_parameter",
            param="reasoning_effort",
        )
    if effort not in efforts:
        listed = ", ".join(f"'{known}'" for known in efforts[:-1]) + f", and '{efforts[-1]}'"
        raise openai_error(
            400,
            f"Unsupported value: 'reasoning_effort' does not support '{effort}' with this model. "
            f"Supported values are: {listed}.",
            code="unsupported_value",
            param="reasoning_effort",
        )


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


def check_quality(model: str, quality: str) -> None:
    """Raises 400 for a quality that only newer painters have."""
    if quality in ("xhigh", "max") and not re.match(r"gpt-image-2\.[5-9]", model):
        raise openai_error(
            400,
            f"Invalid value: '{quality}'. Supported values are: 'low', 'medium', 'high', and 'auto'.",
            code="invalid_value",
            param="quality",
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
    hint = (
        "Width and height must both be divisible by 16, at most 3840, and at most 3:1."
        if free
        else "Supported sizes are 1024x1024, 1024x1536, 1536x1024, and auto."
    )
    raise openai_error(
        400,
        f"Invalid size '{size}'. {hint}",
        code="invalid_value",
        param="size",
        kind="image_generation_user_error",
    )


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
