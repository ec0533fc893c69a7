"""Books of eight scripts, from texts as a model of that language writes them to files that are right."""

from __future__ import annotations

from uuid import UUID

import pytest

from emulator.testing import Emulator
from storytailor.making.activities import make_activities
from storytailor.making.book_files import StoredNarration, make_epub, make_pdf
from storytailor.making.checks import require, word_times
from storytailor.making.checks.epub import epub_checks
from storytailor.making.checks.pdf import pdf_checks
from storytailor.making.content import write_story
from storytailor.making.narration import narrate
from storytailor.printing.facts import read_pdfs
from storytailor.text.words import count_words, spoken_words
from tests.book.sample_book import PALETTE
from tests.book.scripts import SAMPLES
from tests.making.conftest import ContextFor
from tests.making.stories import character
from tests.making.wire import Wire, completion

WORDS = {
    **{"ar": "القرية", "hi": "गाँव", "th": "หมู่บ้าน", "ja": "森"},
    **{"zh": "森林", "ko": "숲", "ru": "деревни", "am": "ፋኖስ"},
}
"""A word of each sample that a child may not know."""


@pytest.mark.parametrize("language", WORDS)
async def test_a_book_of_any_script_is_written_narrated_and_set_whole(
    language: str, context_for: ContextFor, story_id: UUID, wire: Wire, emulator: Emulator
) -> None:
    emulator.behave(answers="canned")
    sample, word = SAMPLES[language], WORDS[language]
    told = "\n\n".join([sample.text] * -(-130 // count_words(sample.text, language)))
    if word not in told:
        told += f"\n\n{word}"
    beats = [{"text": told, "seen": "Two children walk to a wood.", "mood": "calm"}] * 4
    story = {"title": sample.title, "beats": beats, "cover_scene": "Two children.", "moral": told.split("\n")[0]}
    wire.answer("StoryContent", completion({**story, "dedication": sample.names[0]}))
    ctx = context_for(story_id=story_id, language=language, characters=tuple(map(character, sample.names)))
    content = await write_story(ctx)
    assert content.text.count(told) == 4

    question = {"question": told.split("\n")[0], "answer": sample.names[1], "page": 1}
    vocabulary = [{"word": taught, "meaning": sample.title} for taught in (word, spoken_words(told, language)[0])]
    idea = {"kind": "talking", "prompt": sample.title}
    wire.answer("Activities", completion({"questions": [question] * 3, "vocabulary": vocabulary, "idea": idea}))
    assert (await make_activities(ctx, content)).vocabulary[0].word == word

    voice = await narrate(ctx, content)
    lit = [spoken.txt for spoken in voice.narration.words]
    assert len(lit) >= 4 * len(spoken_words(told, language))
    assert max(map(len, lit)) <= 30  # no paragraph lights up as one word
    await ctx.store.put("voice.mp3", voice.mp3)
    pdfs = (await make_pdf(ctx, content, PALETTE, {})).files
    book = (await make_epub(ctx, content, PALETTE, {}, StoredNarration("voice.mp3", voice.narration))).files["epub"]
    require([word_times(voice.narration), *pdf_checks(read_pdfs(pdfs)), *epub_checks(book)])
