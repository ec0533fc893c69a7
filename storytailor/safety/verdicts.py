"""Who judges: the provider's moderation by thresholds for children beside the rubric, or, openly, nobody.

The setting MODERATION says which: the endpoint and the rubric; `chat`, where there is no endpoint, the rubric alone,
whose concerns hold what moderation's categories do; or `off`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from functools import cache

from storytailor.errors import MakingError, PromptBlockedError, TransientError
from storytailor.providers.openai import OpenAI
from storytailor.providers.usage import Count, uncounted
from storytailor.safety.rubric import concerns_by_rubric
from storytailor.safety.thresholds import too_much_for_a_child

log = logging.getLogger(__name__)

DECLINED = "declined"
"""What is found where a judge will not even look."""


async def concerns_in(
    openai: OpenAI,
    words: Sequence[str],
    *,
    picture: bytes | None = None,
    drawn: bool = False,
    patiently: bool = False,
    count: Count = uncounted,
) -> list[str]:
    """What speaks against showing these words or this picture to a child; nothing when they are fine.

    The judges are asked side by side. One no is enough, whatever became of the other's answer; a yes takes both.
    A picture that was `drawn` for us is looked at by the endpoint alone, as another model checks whom it shows.
    Waits for a busy provider if asked to; `count` is told what a model used, while the endpoint costs nothing.
    Raises MakingError when nobody says no and somebody could not judge.
    """
    if openai.settings.moderation == "off":
        _say_that_nobody_judges()
        return []
    asked: list[Awaitable[list[str]]] = []
    if openai.settings.moderation == "moderations":
        asked.append(_by_thresholds(openai, words, picture, patiently=patiently))
    if not (asked and drawn):
        asked.append(_by_rubric(openai, words, picture, patiently=patiently, count=count))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for bug in answers:
        if isinstance(bug, BaseException) and not isinstance(bug, MakingError):
            raise bug
    found = {name for answer in answers if isinstance(answer, list) for name in answer}
    if any(isinstance(answer, PromptBlockedError) for answer in answers):
        found.add(DECLINED)
    if found:
        return sorted(found)
    for failure in answers:
        if isinstance(failure, MakingError):
            raise failure
    return []


async def _by_thresholds(openai: OpenAI, words: Sequence[str], picture: bytes | None, *, patiently: bool) -> list[str]:
    return too_much_for_a_child(await openai.moderate(words, picture=picture, patiently=patiently))


async def _by_rubric(
    openai: OpenAI, words: Sequence[str], picture: bytes | None, *, patiently: bool, count: Count
) -> list[str]:
    try:
        async with asyncio.timeout(None if patiently else openai.settings.moderation_timeout):
            return await concerns_by_rubric(openai, words, picture=picture, count=count)
    except TimeoutError as error:
        raise TransientError("The safety check did not answer in time.") from error


@cache
def _say_that_nobody_judges() -> None:
    log.warning("MODERATION=off: neither what is asked for nor what is made is checked")
