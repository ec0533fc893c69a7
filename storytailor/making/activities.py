"""What a family does after reading: questions, words, an idea."""

from __future__ import annotations

from storytailor.errors import TransientError
from storytailor.making.context import AssetContext
from storytailor.story import STORY_BEATS, Activities, StoryContent
from storytailor.text.comparing import bare, folded, stands_in
from storytailor.text.quotes import with_printers_quotes


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
    """The activities as they are printed; each word stands in the story."""
    for entry in activities.vocabulary:
        if not stands_in(entry.word, content.text, language):
            raise TransientError("The activities explain a word that is not in the story.")
    if len({folded(bare(entry.word), language) for entry in activities.vocabulary}) < len(activities.vocabulary):
        raise TransientError("The activities explain one word twice.")
    for question in activities.questions:
        if not 1 <= question.page <= STORY_BEATS:
            raise TransientError(f"The activities point to page {question.page}, which the story does not have.")
    return _with_printers_quotes(activities, language)


def _with_printers_quotes(activities: Activities, language: str) -> Activities:
    """The activities with their language's quotation marks for straight ones, each word without any."""

    def printed(text: str) -> str:
        return with_printers_quotes(text, language)

    questions = [
        asked.model_copy(update={"question": printed(asked.question), "answer": printed(asked.answer)})
        for asked in activities.questions
    ]
    vocabulary = [
        entry.model_copy(update={"word": printed(bare(entry.word)), "meaning": printed(entry.meaning)})
        for entry in activities.vocabulary
    ]
    idea = activities.idea.model_copy(update={"prompt": printed(activities.idea.prompt)})
    return activities.model_copy(update={"questions": questions, "vocabulary": vocabulary, "idea": idea})
