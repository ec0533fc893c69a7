"""A chat's answers as other models and servers give them: JSON in wrappings, refusals, odd characters."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request

from emulator.real_answers.spoilt import Document, spoilt

_LOCAL = "servers of local models: vLLM, Ollama, LM Studio, LocalAI"
_CHAT = "chat/completions"


@spoilt("openai", route=_CHAT, source=_LOCAL)
def fenced_json(answer: Document, _: Request) -> None:
    """The structured answer in a Markdown fence."""
    _rewrite(answer, lambda text: f"```json\n{text}\n```")


@spoilt("openai", route=_CHAT, source=_LOCAL)
def prose_before_json(answer: Document, _: Request) -> None:
    """A friendly sentence, then the structured answer in a Markdown fence, then another sentence."""
    _rewrite(
        answer,
        lambda text: (
            f"Sure! Here is the {{JSON}} you asked for:\n\n```json\n{text}\n```\n\nLet me know if you need more."
        ),
    )


@spoilt("openai", route=_CHAT, source=_LOCAL)
def thinking_before_json(answer: Document, _: Request) -> None:
    """A reasoning model's thoughts, braces among them, then the structured answer."""
    thoughts = 'The user wants {"title": ...}. Let me think about the scenes first.'
    _rewrite(answer, lambda text: f"<think>\n{thoughts}\n</think>\n\n{text}")


@spoilt("openai", route=_CHAT, source=_LOCAL)
def thinking_without_end(answer: Document, _: Request) -> None:
    """Thoughts that are never closed, and no answer behind them."""
    _rewrite(answer, lambda _: "<think>\nOkay, the user wants a story. Let me think about the scenes first.")


@spoilt("openai", route=_CHAT, source=_LOCAL)
def prose_instead_of_json(answer: Document, _: Request) -> None:
    """Prose where a structured answer was asked for."""
    _rewrite(answer, lambda _: "Once upon a time there was a fox who wanted to be brave.")


@spoilt("openai", route=_CHAT, source="OpenAI's documentation of refusals")
def chat_refusal(answer: Document, _: Request) -> None:
    """The model declines: `refusal` in place of `content`."""
    for choice in answer["choices"]:
        choice["message"] |= {"content": None, "refusal": "I'm sorry, but I can't assist with that request."}


@spoilt("openai", route=_CHAT, source="OpenAI's and Azure's documentation of finish reasons")
def finish_reason_content_filter(answer: Document, _: Request) -> None:
    """The filter stops the answer half-way: a 200, and a finish reason."""
    for choice in answer["choices"]:
        content = choice["message"]["content"] or ""
        choice["message"]["content"] = content[: len(content) // 2]
        choice["finish_reason"] = "content_filter"


@spoilt("openai", route=_CHAT, source="OpenAI's documentation of finish reasons")
def finish_reason_length(answer: Document, _: Request) -> None:
    """The answer ends at its limit in tokens."""
    for choice in answer["choices"]:
        content = choice["message"]["content"] or ""
        choice["message"]["content"] = content[: len(content) // 2]
        choice["finish_reason"] = "length"


@spoilt("openai", route=_CHAT, source="servers that only speak the format")
def no_choices(answer: Document, _: Request) -> None:
    """A 200 with an empty list of choices."""
    answer["choices"] = []


@spoilt("openai", route=_CHAT, source="servers that only speak the format")
def empty_content(answer: Document, _: Request) -> None:
    """A choice whose content is an empty string."""
    _rewrite(answer, lambda _: "")


@spoilt("openai", route=_CHAT, source="servers that only speak the format")
def no_usage(answer: Document, _: Request) -> None:
    """The right answer without a word on tokens."""
    del answer["usage"]


@spoilt("openai", route=_CHAT, source="models that were asked for emoji or read a broken text")
def nul_characters(answer: Document, _: Request) -> None:
    """A structured answer whose strings end in U+0000, which JSON may have and PostgreSQL may not."""
    _rewrite(answer, lambda text: _with_endings(text, "\0"))


@spoilt("openai", route=_CHAT, source="models that were asked for emoji or read a broken text")
def lone_surrogates(answer: Document, _: Request) -> None:
    """A structured answer whose strings end in half an emoji, which no encoding can write."""
    _rewrite(answer, lambda text: _with_endings(text, "\ud83e"))


ANSWERS = (
    fenced_json,
    prose_before_json,
    thinking_before_json,
    thinking_without_end,
    prose_instead_of_json,
    chat_refusal,
    finish_reason_content_filter,
    finish_reason_length,
    no_choices,
    empty_content,
    no_usage,
    nul_characters,
    lone_surrogates,
)


def _rewrite(answer: Document, rewrite: Callable[[str], str]) -> None:
    for choice in answer["choices"]:
        choice["message"]["content"] = rewrite(choice["message"]["content"] or "")


def _with_endings(text: str, ending: str) -> str:
    """The JSON text with an ending on each longer string; as escapes, so that the text itself is sound."""

    def ended(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: ended(child) for key, child in node.items()}
        if isinstance(node, list):
            return [ended(child) for child in node]
        # short ones are names and words of a closed list
        return node + ending if isinstance(node, str) and " " in node else node

    try:
        return json.dumps(ended(json.loads(text)))
    except ValueError:
        return text
