"""What an answer says it used, as the many servers of this wire format say it, or do not."""

from __future__ import annotations

from openai.types import ImagesResponse
from openai.types.chat import ChatCompletion

from storytailor.providers.usage import Usage


def chat_usage(model: str, completion: ChatCompletion) -> Usage:
    """Tokens of a chat."""
    used = completion.usage
    if used is None:
        return Usage(model)
    details = used.prompt_tokens_details
    return Usage(
        model,
        used.prompt_tokens or 0,
        used.completion_tokens or 0,
        cached_tokens=(details.cached_tokens or 0) if details else 0,
    )


def picture_usage(model: str, made: ImagesResponse) -> Usage:
    """Tokens of a picture: those of the pictures sent with it apart from its words."""
    used = made.usage
    if used is None:
        return Usage(model)
    sent, drawn = used.input_tokens_details, used.output_tokens_details
    return Usage(
        model,
        used.input_tokens or 0,
        used.output_tokens or 0,
        image_tokens=(sent.image_tokens or 0) if sent else 0,
        output_image_tokens=(drawn.image_tokens or 0) if drawn else 0,
    )
