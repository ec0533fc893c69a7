"""Word times: a voice's times are right, or mended within a fifth of a second, or refused with what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from unicodedata import normalize

import pytest

from storytailor.errors import TransientError
from storytailor.making.mp3 import Sounding
from storytailor.making.word_times import character_times, stitched, timed_words
from storytailor.providers.elevenlabs import Speech
from storytailor.story import Word
from storytailor.text.words import word_spans

EACH = 0.07
"""Seconds a character takes; so many a second are what people read aloud."""
TEXT = (
    "“Oh!” said Zoë. It was a café by the sea, and in the café there sat a fox who read a book about the moon.\n\n"
    "“What does it say?” she asked, and the fox, who was not used to being asked, read her the last page aloud. "
    "There was a boat in it, and a lantern, and somebody who had come home late but who had come home."
)


def spoken(text: str = TEXT) -> Speech:
    """A text spoken at an even pace."""
    edges = [round(EACH * number, 3) for number in range(len(text) + 1)]
    return Speech(b"", list(text), edges[:-1], edges[1:])


def sound(text: str = TEXT, *, silent: float = 0.0) -> Sounding:
    """The sound of a text, and so long a silence behind it."""
    return Sounding(EACH * len(text) + silent, EACH * len(text))


def words_of(speech: Speech, text: str = TEXT, heard: Sounding | None = None) -> list[Word]:
    return timed_words(list(word_spans(text, "en")), character_times(text, speech, heard or sound(text)))


def retimed(speech: Speech, change: Callable[[int, float], float]) -> Speech:
    """With each time changed; the function is given the character's number too."""
    starts = [change(at, time) for at, time in enumerate(speech.starts)]
    return replace(speech, starts=starts, ends=[change(at, time) for at, time in enumerate(speech.ends)])


def kept(speech: Speech, at: Sequence[int]) -> Speech:
    """Of its entries those with these numbers, in this order."""
    characters, starts, ends = speech.characters, speech.starts, speech.ends
    return Speech(b"", [characters[n] for n in at], [starts[n] for n in at], [ends[n] for n in at])


def spelled(characters: Callable[[str], str]) -> Speech:
    """With each character of the text in another spelling, which shares the character's time."""
    plain = spoken()
    rows = [
        (part, start, end)
        for character, start, end in zip(plain.characters, plain.starts, plain.ends, strict=True)
        for part in characters(character)
    ]
    return Speech(b"", [part for part, _, _ in rows], [start for _, start, _ in rows], [end for _, _, end in rows])


def furthest_off(found: list[Word]) -> float:
    """By how many seconds the words are wrong at most."""
    right = words_of(spoken())
    assert [word.txt for word in found] == [word.txt for word in right]
    edges = [edge for word in found for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert all(word.end > word.start for word in found)
    return max(
        max(abs(word.start - true.start), abs(word.end - true.end)) for word, true in zip(found, right, strict=True)
    )


EVERY = range(len(TEXT))
LETTER = TEXT.index("lantern")


def instant(word: str) -> Speech:
    """With a word that starts and ends in the moment at which it starts."""
    at = TEXT.index(word)
    return retimed(spoken(), lambda number, time: EACH * at if at <= number < at + len(word) else time)


@pytest.mark.parametrize(
    ("speech", "most"),
    [
        pytest.param(spoken(), 0.0, id="as it should be"),
        pytest.param(kept(spoken(), [at for at in EVERY if TEXT[at] not in "\n"]), 0.0, id="without line breaks"),
        pytest.param(kept(spoken(), [at for at in EVERY if TEXT[at] != " "]), 0.0, id="without spaces"),
        pytest.param(spelled(lambda c: normalize("NFD", c)), 0.0, id="decomposed"),
        pytest.param(spelled(lambda c: normalize("NFKC", c)), 0.0, id="composed for compatibility"),
        pytest.param(spelled(lambda c: {"“": '"', "”": '"'}.get(c, c)), 0.0, id="with a typewriter's quotation marks"),
        pytest.param(spelled(str.upper), 0.0, id="in capitals"),
        pytest.param(spelled(lambda c: c if c not in "“”,.!?\n" else ""), 0.08, id="without punctuation"),
        pytest.param(kept(spoken(), [at for at in EVERY if at % 40]), 0.08, id="without every fortieth character"),
        pytest.param(
            kept(spoken(), [at for at in EVERY if at not in range(LETTER, LETTER + 7)]), 0.08, id="a word less"
        ),
        pytest.param(kept(spoken(), [*EVERY[:90], *EVERY[82:]]), 0.0, id="eight characters twice"),
        pytest.param(kept(spoken(), EVERY[2:]), 0.08, id="without the first characters"),
        pytest.param(kept(spoken(), EVERY[:-3]), 0.08, id="without the last characters"),
        pytest.param(retimed(spoken(), lambda at, t: t - 0.15), 0.16, id="a start before the sound"),
        pytest.param(retimed(spoken(), lambda at, t: t + 0.19), 0.2, id="an end a little after the sound"),
        pytest.param(retimed(spoken(), lambda at, t: t - 0.1 * (at % 2)), 0.11, id="a little to and fro"),
        pytest.param(instant("lantern"), 0.01, id="a word of no length"),
        pytest.param(instant("late but who"), 0.14, id="three words of no length"),
    ],
)
def test_what_is_a_little_wrong_is_mended(speech: Speech, most: float) -> None:
    assert furthest_off(words_of(speech)) <= most + 1e-9


def test_a_word_without_any_room_takes_a_little_of_its_neighbours() -> None:
    right = words_of(spoken())
    first = TEXT.index("sea,")
    following = first + len("sea, ")  # which begins in the same moment
    speech = retimed(spoken(), lambda at, time: EACH * first if first < at <= following else time)
    found = words_of(speech)
    at = next(number for number, word in enumerate(right) if word.txt == "sea,")
    assert found[at].end - found[at].start == pytest.approx(0.2)
    assert found[at].start == pytest.approx(right[at].start, abs=0.2)
    assert found[at - 1].end == pytest.approx(right[at - 1].end, abs=0.2)
    assert found[at + 1].start <= right[at + 1].start
    assert found[: at - 1] == right[: at - 1]
    assert found[at + 2 :] == right[at + 2 :]


def stuck(share: float) -> Speech:
    """Times that stand still after this share of the text."""
    last = round(share * len(TEXT))
    return retimed(spoken(), lambda at, time: min(time, EACH * last))


OTHER = "It is a text about something else altogether, with other words, and of another length than this one here."


@pytest.mark.parametrize(
    ("speech", "reason"),
    [
        pytest.param(stuck(0.3), "end 15.3 s before its sound does, at 6.5 of 21.8 s", id="stuck"),
        pytest.param(retimed(spoken(), lambda at, t: 1.5 * t), "run beyond its sound", id="half as long again"),
        pytest.param(retimed(spoken(), lambda at, t: 0.7 * t), "end 6.6 s before its sound does", id="too quick"),
        pytest.param(retimed(spoken(), lambda at, t: t * 1.05), "run beyond its sound", id="late by more and more"),
        pytest.param(retimed(spoken(), lambda at, t: t * 0.94), "before its sound does", id="early by more and more"),
        pytest.param(retimed(spoken(), lambda at, t: t - 3), "begin 3.0 s before its sound does", id="negative"),
        pytest.param(
            retimed(spoken(), lambda at, t: t if at < 150 else t - EACH * 150),
            "run backwards, by 10.4 s",
            id="begun again",
        ),
        pytest.param(retimed(spoken(), lambda at, t: t // 1), "stand still", id="in whole seconds"),
        pytest.param(retimed(spoken(), lambda at, t: float("nan") if at == 9 else t), "are no numbers", id="no number"),
        pytest.param(spoken(OTHER), "another text", id="another text"),
        pytest.param(kept(spoken(), EVERY[: len(TEXT) // 2]), "another text", id="half of it"),
        pytest.param(kept(spoken(), [*EVERY, *EVERY]), "another text", id="all of it twice"),
        pytest.param(Speech(b"", [], [], []), "another text", id="none of it"),
        pytest.param(replace(spoken(), ends=spoken().ends[1:]), "more or fewer", id="an end less"),
    ],
)
def test_what_is_wrong_is_refused_with_what_it_is(speech: Speech, reason: str) -> None:
    with pytest.raises(TransientError) as refused:
        words_of(speech)
    assert reason in refused.value.for_operator
    assert "voice" not in str(refused.value)


def test_a_paragraph_that_has_no_times_is_too_much_to_guess_at() -> None:
    text = " ".join(f"Lantern number {number} was lit." for number in range(60))
    lost = [at for at in range(len(text)) if not 600 <= at < 640]
    with pytest.raises(TransientError) as refused:
        words_of(kept(spoken(text), lost), text)
    assert "another text" in refused.value.for_operator


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
@pytest.mark.parametrize(
    "text",
    [
        "Được rồi, bạn ấy đã về đến nhà. Ở đó có ánh đèn.",
        "ガンバレ、ｷﾂﾈｶﾞ ｲﾏｼﾀ。そこに①のでんわ㌔があった。",
        "“Ça va… où ça?” ﬁt-il, ½ fâché.",
    ],
)
def test_every_normal_form_of_a_text_is_that_text(text: str, written: str, form: str) -> None:
    text = normalize(written, text)  # type: ignore[arg-type]
    heard = normalize(form, text)  # type: ignore[arg-type]
    found = words_of(spoken(heard), text, sound(heard))
    assert "".join(word.txt for word in found) == "".join(text.split())
    at = 0
    for word in found:  # each where the voice says its letters
        letters = len(normalize(form, word.txt))  # type: ignore[arg-type]
        at = heard.index(normalize(form, word.txt), at)  # type: ignore[arg-type]
        assert (word.start, word.end) == pytest.approx((EACH * at, EACH * (at + letters)), abs=0.001)
        at += letters


def test_a_silence_at_the_end_is_nobodys_fault() -> None:
    assert furthest_off(words_of(spoken(), heard=sound(silent=4.0))) == 0


def test_what_is_heard_after_the_last_word_is_a_word_without_its_time() -> None:
    with pytest.raises(TransientError) as refused:
        words_of(spoken(), heard=Sounding(EACH * len(TEXT) + 5, EACH * len(TEXT) + 4))
    assert "end 4.1 s before its sound does" in refused.value.for_operator  # after the last letter


def test_an_entry_may_stand_for_several_code_points() -> None:
    characters = ["H", "i", " ", "👩🏽‍🦽", " ", "y", "o", "u"]
    edges = [0.1 * number for number in range(9)]
    text = "".join(characters)
    times = character_times(text, Speech(b"", characters, edges[:-1], edges[1:]), Sounding(1.0, 0.8))
    words = timed_words(list(word_spans(text, "en")), stitched([times, times], [1.0, 1.0])[: len(text)])
    assert [(word.txt, word.start, word.end) for word in words] == [("Hi", 0.0, 0.2), ("you", 0.5, 0.8)]


def test_recordings_follow_one_another() -> None:
    assert stitched([[(0.0, 0.4)], [(0.1, 0.5), (0.5, 0.9)]], [1.5, 1.0]) == [(0.0, 0.4), (1.6, 2.0), (2.0, 2.4)]


def test_a_run_of_marks_costs_no_time_to_speak_of() -> None:
    text = "!" * 40_000 + " end"
    words = timed_words(list(word_spans(text, "en")), [(0.0, 1.0)] * len(text))
    assert [word.txt for word in words] == ["end"]
