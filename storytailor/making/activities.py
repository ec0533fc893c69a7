"""What a family does after reading: questions, words, an idea."""

from __future__ import annotations

from storytailor.errors import TransientError
from storytailor.making.context import AssetContext
from storytailor.story import STORY_BEATS, Activities, StoryContent
from storytailor.text.comparing import bare, folded, stands_in


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
    return _check(activities, content, brief.language)


def _check(activities: Activities, content: StoryContent, language: str) -> Activities:
    """The activities, each word as it is taught: without the signs it was quoted with."""
    for entry in activities.vocabulary:
        if not stands_in(entry.word, content.text, language):
            raise TransientError(f"The activities explain {entry.word!r}, which is not in the story.")
    if len({folded(bare(entry.word), language) for entry in activities.vocabulary}) < len(activities.vocabulary):
        raise TransientError("The activities explain one word twice.")
    for question in activities.questions:
        if not 1 <= question.page <= STORY_BEATS:
            raise TransientError(f"The activities point to page {question.page}, which the story does not have.")
    words = [entry.model_copy(update={"word": bare(entry.word)}) for entry in activities.vocabulary]
    return activities.model_copy(update={"vocabulary": words})
