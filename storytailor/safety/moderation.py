"""Moderation: what a family asks for, and what the models made of it, is fit for a children's book."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from storytailor.errors import (
    ContentRejectedError,
    PermanentError,
    ProviderBusyError,
    ServiceUnavailableError,
    TransientError,
    UnfitOutputError,
)
from storytailor.providers.openai import OpenAI
from storytailor.providers.usage import Count, Usage, uncounted
from storytailor.safety.asking import until_answered
from storytailor.safety.verdicts import flagged_categories
from storytailor.story import Character

log = logging.getLogger(__name__)


def words_of(title: str | None, themes: Iterable[str], characters: Iterable[Character]) -> list[str]:
    """Everything people typed that a story will be made from."""
    typed = [title or "", *themes]
    for character in characters:
        typed += [character.name, character.species, character.appearance]
    return [words for words in typed if words.strip()]


async def moderate_request(openai: OpenAI, words: list[str]) -> None:
    """Raise ContentRejectedError for words no children's book is made from.

    When they cannot be checked nothing is let in: ServiceUnavailableError, to be asked again, or, when that would
    be of no use, until the operator has acted.
    """
    used: list[Usage] = []
    try:
        categories = await flagged_categories(openai, words, count=used.append)
    except PermanentError as failure:
        log.error("Requests cannot be checked until somebody acts: %s", failure.for_operator)
        raise ServiceUnavailableError(
            "No story can be requested now: something has to be put right on our side first.", retry_after=300
        ) from failure
    except TransientError as failure:
        log.warning("A request could not be checked: %s", failure.for_operator)
        seconds = failure.seconds if isinstance(failure, ProviderBusyError) and failure.seconds else 10
        raise ServiceUnavailableError(
            "The request cannot be checked right now. Try again shortly.", retry_after=max(round(seconds), 1)
        ) from failure
    finally:
        for call in used:  # there is no story yet that it could be written to, and perhaps never will be
            log.info("Checking a request used %d + %d tokens of %s", call.input_tokens, call.output_tokens, call.model)
    if categories:
        raise ContentRejectedError(
            "We cannot make a children's book from this. Please choose other words.",
            {"categories": categories},
        )


async def moderate_output(
    openai: OpenAI, what: str, *, words: str = "", picture: bytes | None = None, count: Count = uncounted
) -> None:
    """Raise UnfitOutputError when what a model made is not fit to be shown: another try may be.

    `count` is told what a model that was asked as a judge used, each time it was.
    Raises TransientError when nobody could judge, after asking several times.
    """
    categories = await until_answered(
        lambda: flagged_categories(openai, [words] if words else [], picture=picture, patiently=True, count=count)
    )
    if categories:
        log.warning("%s did not pass moderation: %s", what, ", ".join(categories))
        raise UnfitOutputError(f"{what} did not pass the safety check ({', '.join(categories)}).")
