"""The written story and its palette: the two assets everything else is made from."""

from __future__ import annotations

import json
import logging

from storytailor.errors import PermanentError, TransientError
from storytailor.making.context import AssetContext
from storytailor.making.prompting import character_sheet
from storytailor.safety.asking import until_answered
from storytailor.story import AgeBand, PaletteJourney, StoryContent
from storytailor.text.quotes import with_printers_quotes
from storytailor.text.words import CHARACTERS_A_WORD, count_words

log = logging.getLogger(__name__)

WORDS: dict[AgeBand, tuple[int, int]] = {"3-5": (250, 450), "6-8": (450, 800), "9+": (800, 1200)}
"""(fewest, most) words of a story, by the reader's age."""
LEEWAY = 0.15
"""How far outside these bounds a story may end before it is asked for again: a model counts by feel."""

MOST_CHARACTERS = 30_000
"""Twice the longest story in the wordiest language: a model that goes on and on is not to be spoken and printed."""


async def write_story(ctx: AssetContext) -> StoryContent:
    """The story, of the right length: asked for once more when the first is too short or too long.

    The second is taken whatever its length, unless the first was nearer, or there is no second to be had.
    """
    content = await _ask(ctx, None)
    await ctx.progress(66, words=_words(ctx, content))
    correction = _length_correction(ctx, content)
    if correction:
        content = min(content, await _corrected(ctx, content, correction), key=lambda story: _words_off(ctx, story))
        await ctx.progress(90, words=_words(ctx, content), correction=correction)
    if flaw := _flaw(content):
        raise TransientError(flaw)
    return content.model_copy(update={"title": ctx.brief.title}) if ctx.brief.title else content


async def _corrected(ctx: AssetContext, content: StoryContent, correction: str) -> StoryContent:
    """Another story, of a better length; the first when nobody writes one, as it is paid for and may be read."""
    try:
        return await until_answered(lambda: _ask(ctx, correction))
    except (TransientError, PermanentError) as failure:
        if _flaw(content):
            raise
        log.warning("The story stays %s: %s", correction, failure.for_operator)
        return content


def _flaw(content: StoryContent) -> str | None:
    """Why the story cannot be read as it is, whatever its length; None for one that can."""
    if len(content.text) > MOST_CHARACTERS:
        return "The story came back without an end."
    if any(not beat.text.strip() for beat in content.beats):
        return "The story came back with an empty page."
    return None


async def plan_palette(ctx: AssetContext, content: StoryContent) -> PaletteJourney:
    """The story's palette journey: motif and the steps of colour."""
    data = {
        "title": content.title,
        "language": ctx.brief.language,
        "story_type": ctx.brief.story_type,
        "themes": ctx.brief.themes,
        "beats": [{"text": beat.text, "mood": beat.mood} for beat in content.beats],
        "moral": content.moral,
    }
    palette, used = await ctx.ask(ctx.settings.analysis_model, "palette", data, PaletteJourney)
    facts = {"paletteSteps": len(palette.steps), "tokensUsed": used.output_tokens}
    log.info("Story palette journey generated %s", json.dumps(facts))
    return palette


async def _ask(ctx: AssetContext, correction: str | None) -> StoryContent:
    brief = ctx.brief
    fewest, most = WORDS[brief.age_band]
    unit, words = "words", {"min": fewest, "max": most}
    if a_word := CHARACTERS_A_WORD.get(brief.language.partition("-")[0]):
        unit, words = "characters", {"min": round(fewest * a_word), "max": round(most * a_word)}
    data = {
        "characters": [character_sheet(character) for character in brief.characters],
        "story_type": brief.story_type,
        "themes": brief.themes,
        "title": brief.title,
        "age": brief.age,
        "age_band": brief.age_band,
        "words": words,
        "language": brief.language,
        "correction": correction,
    }
    content, _ = await ctx.ask(ctx.settings.story_model, "story", data, StoryContent, words=words, unit=unit)
    return _with_printers_quotes(content, brief.language)


def _with_printers_quotes(content: StoryContent, language: str) -> StoryContent:
    """The story with its language's quotation marks in all that is printed, for straight ones."""
    beats = [
        beat.model_copy(update={name: with_printers_quotes(getattr(beat, name), language) for name in ("text", "alt")})
        for beat in content.beats
    ]
    lines = ("title", "moral", "dedication", "cover_alt")
    changed = {name: with_printers_quotes(getattr(content, name), language) for name in lines}
    return content.model_copy(update={**changed, "beats": beats})


def _words(ctx: AssetContext, content: StoryContent) -> int:
    return count_words(content.text, ctx.brief.language)


def _words_off(ctx: AssetContext, content: StoryContent) -> int:
    """By how many words it is too short or too long."""
    fewest, most = WORDS[ctx.brief.age_band]
    return max(fewest - _words(ctx, content), _words(ctx, content) - most, 0)


def _length_correction(ctx: AssetContext, content: StoryContent) -> str | None:
    fewest, most = WORDS[ctx.brief.age_band]
    count = _words(ctx, content)
    if count < fewest * (1 - LEEWAY):
        return "too short"
    return "too long" if count > most * (1 + LEEWAY) else None
