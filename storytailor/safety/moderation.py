"""The gate: what a family sends, and what the models made of it, is fit for a children's book or goes no further."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from storytailor.errors import (
    ContentRejectedError,
    NotJudgedError,
    PermanentError,
    ProviderBusyError,
    ServiceUnavailableError,
    TransientError,
    UnfitOutputError,
)
from storytailor.providers.openai import OpenAI
from storytailor.providers.usage import Count, Usage, uncounted
from storytailor.safety.asking import until_answered
from storytailor.safety.verdicts import concerns_in
from storytailor.story import Character

log = logging.getLogger(__name__)

UNFIT_WORDS = "We cannot make a children's book from this. Please choose other words."
UNFIT_PICTURE = "We cannot use this picture in a children's book. Please choose another."


def words_of(title: str | None, themes: Iterable[str], characters: Iterable[Character]) -> list[str]:
    """Everything people typed that a story will be made from."""
    typed = [title or "", *themes]
    for character in characters:
        typed += [character.name, character.species, character.appearance]
    return [words for words in typed if words.strip()]


async def moderate_request(
    openai: OpenAI, words: Sequence[str], *, picture: bytes | None = None, count: Count = uncounted
) -> None:
    """Raise ContentRejectedError for words or a picture that no children's book is made from.

    When they cannot be checked nothing is let in: ServiceUnavailableError, to be asked again, or, when that would
    be of no use, until the operator has acted. `count` is told what a model used, whatever it ends in.
    """
    used: list[Usage] = []

    def counted(call: Usage) -> None:
        used.append(call)
        count(call)

    try:
        found = await concerns_in(openai, words, picture=picture, count=counted)
    except PermanentError as failure:
        log.error("Requests cannot be checked until somebody acts: %s", failure.for_operator)
        raise ServiceUnavailableError(
            "This cannot be checked now, so it cannot be taken: something has to be put right on our side first.",
            retry_after=300,
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
    if found:
        raise ContentRejectedError(UNFIT_WORDS if picture is None else UNFIT_PICTURE, {"categories": found})


async def moderate_output(
    openai: OpenAI, what: str, *, words: Sequence[str] = (), picture: bytes | None = None, count: Count = uncounted
) -> None:
    """Raise UnfitOutputError when what a model made is not fit to be shown: another try may be.

    `count` is told what a model that was asked as a judge used, each time it was.
    Raises NotJudgedError when nobody could judge, after asking several times.
    """
    try:
        found = await until_answered(
            lambda: concerns_in(openai, words, picture=picture, drawn=picture is not None, patiently=True, count=count)
        )
    except TransientError as failure:
        raise NotJudgedError(str(failure), remedy=failure.remedy, detail=failure.detail) from failure
    if found:
        log.warning("%s did not pass the safety check: %s", what, ", ".join(found))
        raise UnfitOutputError(f"{what} did not pass the safety check ({', '.join(found)}).", concerns=found)
