"""The spoken story: chunks the voice can take, stitched, with each word's time measured."""

from __future__ import annotations

from dataclasses import dataclass

from storytailor.errors import TransientError, VoiceGoneError
from storytailor.making.alignment import Span
from storytailor.making.context import AssetContext
from storytailor.making.mp3 import BrokenMp3Error, join_recordings, sounding
from storytailor.making.spoken_text import spoken_text
from storytailor.making.word_times import character_times, stitched, timed_words, without
from storytailor.providers.elevenlabs import Speech
from storytailor.story import Narration, StoryContent
from storytailor.turns import in_turn


@dataclass(frozen=True)
class RecordedNarration:
    """The narration with its recording."""

    narration: Narration
    mp3: bytes


async def narrate(ctx: AssetContext, content: StoryContent) -> RecordedNarration:
    """Speak the book from title to end, by the voice that was asked for or chosen.

    One that was chosen and is gone from the account gives way to another.
    """
    voice_id = await _voice(ctx)
    try:
        return await _spoken_by(ctx, content, voice_id)
    except VoiceGoneError:
        ctx.elevenlabs.forget_voice(voice_id)
        another = await _voice(ctx)
        if another == voice_id:
            raise
        return await _spoken_by(ctx, content, another)


async def _voice(ctx: AssetContext) -> str:
    return ctx.brief.voice_id or await ctx.elevenlabs.voice_for(ctx.brief.language)


async def _spoken_by(ctx: AssetContext, content: StoryContent, voice_id: str) -> RecordedNarration:
    """The narration: one chunk after the other, each told of its neighbours, times by measure."""
    spoken, voice = spoken_text(content, ctx.brief.language), ctx.elevenlabs.model_for(ctx.brief.language)
    chunks = spoken.chunks(voice.most_characters - len(voice.pause) * len(spoken.parts))
    kept = ctx.carried_over.spoken
    for number, chunk in enumerate(chunks):
        if (voice_id, chunk.text) not in kept:
            before = "".join(other.text for other in chunks[:number])
            after = "".join(other.text for other in chunks[number + 1 :])
            speech = await ctx.speak(chunk.with_pauses(voice.pause), voice_id, before=before, after=after)
            times = await in_turn(_times_in_sound, chunk.text, without(voice.pause, speech))
            kept[voice_id, chunk.text] = speech.mp3, times
        await ctx.progress(round(90 * (number + 1) / len(chunks)), chunks=len(chunks))
    spoken_chunks = [kept[voice_id, chunk.text] for chunk in chunks]
    kept.clear()  # what goes wrong from here on is wrong with these recordings: the next try has others
    recordings, times_in_chunks = [mp3 for mp3, _ in spoken_chunks], [times for _, times in spoken_chunks]
    audio, lengths = await in_turn(join_recordings, recordings)
    words = timed_words(list(spoken.words), stitched(times_in_chunks, lengths))
    narration = Narration(words=words, blocks=spoken.blocks(), seconds=round(sum(lengths), 3))
    return RecordedNarration(narration, audio)


def _times_in_sound(text: str, speech: Speech) -> list[Span]:
    """When each code point of the text is heard in its recording; before the next one is paid for."""
    try:
        return character_times(text, speech, sounding(speech.mp3))
    except BrokenMp3Error as error:
        raise TransientError("The narration arrived broken.", remedy=f"The voice's sound is no MP3: {error}") from error
