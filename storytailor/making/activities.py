"""What a family does after reading: questions, words, an idea."""

from __future__ import annotations

import re

from storytailor.errors import TransientError
from storytailor.making.context import AssetContext
from storytailor.story import STORY_BEATS, Activities, StoryContent


async def make_activities(ctx: AssetContext, content: StoryContent) -> Activities:
    """Questions on the text, two words that stand in it, an idea; checked against the text."""
    brief = ctx.brief
    data = {
        "title": content.title,
        "beats": [{"text": beat.text} for beat in content.beats],
        "moral": content.moral,
        "age_band": brief.age_band,
        "language": brief.language,
    }
    activities, _ = await ctx.ask(
        ctx.settings.story_model,
        "activities",
        data,
        Activities,
        age_band=brief.age_band,
        language=brief.language,
    )
    _check(activities, content)
    return activities


def _check(activities: Activities, content: StoryContent) -> None:
    text = content.text.casefold()
    words = [entry.word.strip().casefold() for entry in activities.vocabulary]
    for word in words:
        if not word or not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text):
            raise TransientError(f"The activities explain {word!r}, which is not in the story.")
    if len(set(words)) < len(words):
        raise TransientError("The activities explain one word twice.")
    for question in activities.questions:
        if not 1 <= question.page <= STORY_BEATS:
            raise TransientError(f"The activities point to page {question.page}, which the story does not have.")
        if not (question.question.strip() and question.answer.strip()):
            raise TransientError("The activities have an empty question or answer.")
