"""The written story and its palette: the two assets everything else is made from."""

from __future__ import annotations

import json
import logging

from storytailor.errors import Transient
from storytailor.making.context import Desk
from storytailor.making.prompting import INSTRUCTIONS, prompt, sheet
from storytailor.safety.moderation import must_be_fit
from storytailor.story import AgeBand, PaletteJourney, StoryContent

log = logging.getLogger(__name__)

WORDS: dict[AgeBand, tuple[int, int]] = {"3-5": (250, 450), "6-8": (450, 800), "9+": (800, 1200)}
"""(fewest, most) words of a story, by the reader's age."""
LEEWAY = 0.15
"""How far outside these bounds a story may end before it is asked for again: a model counts by feel."""


async def write_story(desk: Desk) -> StoryContent:
    """The story, of the right length: asked for once more when the first is too short or too long.

    The second is taken whatever its length, unless the first was nearer.
    """
    content = await _ask(desk, None)
    await desk.progress(66, words=_words(content))
    correction = _length_correction(desk, content)
    if correction:
        content = min(content, await _ask(desk, correction), key=lambda story: _words_off(desk, story))
        await desk.progress(90, words=_words(content), correction=correction)
    if any(not beat.text.strip() for beat in content.beats):
        raise Transient("The story came back with an empty page.")
    await must_be_fit(desk.openai, "The story", words=content.text)
    return content.model_copy(update={"title": desk.brief.title}) if desk.brief.title else content


async def plan_palette(desk: Desk, content: StoryContent) -> PaletteJourney:
    """The story's palette journey: motif and five steps of colour."""
    data = {
        "title": content.title,
        "story_type": desk.brief.story_type,
        "themes": desk.brief.themes,
        "beats": [{"text": beat.text, "mood": beat.mood} for beat in content.beats],
        "moral": content.moral,
    }
    palette, used = await desk.openai.answer(
        desk.settings.analysis_model, INSTRUCTIONS, prompt("palette", data), PaletteJourney
    )
    desk.used.append(used)
    facts = {"motif": palette.motif, "paletteSteps": len(palette.steps), "tokensUsed": used.output_tokens}
    log.info("Story palette journey generated %s", json.dumps(facts, ensure_ascii=False))
    return palette


async def _ask(desk: Desk, correction: str | None) -> StoryContent:
    brief = desk.brief
    fewest, most = WORDS[brief.age_band]
    words = {"min": fewest, "max": most}
    data = {
        "characters": [sheet(character) for character in brief.characters],
        "story_type": brief.story_type,
        "themes": brief.themes,
        "title": brief.title,
        "age": brief.age,
        "age_band": brief.age_band,
        "words": words,
        "language": brief.language,
        "correction": correction,
    }
    content, used = await desk.openai.answer(
        desk.settings.story_model,
        INSTRUCTIONS,
        prompt("story", data, words=words),
        StoryContent,
    )
    desk.used.append(used)
    return content


def _words(content: StoryContent) -> int:
    return len(content.text.split())


def _words_off(desk: Desk, content: StoryContent) -> int:
    """By how many words it is too short or too long."""
    fewest, most = WORDS[desk.brief.age_band]
    return max(fewest - _words(content), _words(content) - most, 0)


def _length_correction(desk: Desk, content: StoryContent) -> str | None:
    fewest, most = WORDS[desk.brief.age_band]
    count = _words(content)
    if count < fewest * (1 - LEEWAY):
        return "too short"
    return "too long" if count > most * (1 + LEEWAY) else None
