"""The narrator reads German, French and Spanish with their own sounds, each word in its time."""

from __future__ import annotations

import difflib
import re

import numpy as np
import pytest
from test_narrator import decoded, level, words

from emulator_models.answers import AudioFormat
from emulator_models.narrator import VOICES, narrate
from emulator_models.pronunciation import ipa, phonemes
from emulator_models.pronunciation.telling import language_of
from emulator_models.speech import Speaker

SARAH = VOICES[0].id
TEXTS = {
    "de": "Krümel sah den Fuchs auf der Straße und rief: „Ich habe keine Angst!“ Die 3 Eichhörnchen lachten, und der "
    "Leuchtturm zeigte ihnen den Weg nach Hause.",
    "es": "La niña miró el jardín y vio 21 estrellas. «¿Quién está en la calle?», preguntó su perro, y el viejo faro "
    "guiñó su luz, como hace todas las noches.",
    "fr": "L’oiseau chantait dans la forêt, et les enfants l’écoutaient. « Où est la grenouille ? » demanda Zoë. Elle "
    "avait 10 petits chapeaux, et une lampe que la lune avait oubliée.",
}


@pytest.mark.parametrize(
    ("language", "word", "sounds"),
    [
        ("de", "ich", "ˈɪç"), ("de", "Fuchs", "fˈʊks"), ("de", "Straße", "ʃtʁˈaːsə"), ("de", "Nacht", "nˈaxt"),
        ("de", "Mäuse", "mˈɔʏ̯zə"), ("de", "zwei", "tsvˈaɪ̯"), ("de", "gefunden", "ɡəfˈʊndən"), ("de", "Tag", "tˈaːk"),
        ("de", "Vater", "fˈaːtɐ"), ("de", "spielen", "ʃpˈiːlən"), ("de", "König", "kˈøːnɪç"), ("de", "gehen", "ɡˈeːən"),
        ("fr", "oiseau", "wazˈo"), ("fr", "l’oiseau", "lwazˈo"), ("fr", "enfants", "ɑ̃fˈɑ̃"), ("fr", "parlent", "pˈaʁl"),
        ("fr", "grenouille", "ɡʁənˈuj"), ("fr", "montagne", "mɔ̃tˈaɲ"), ("fr", "lumière", "lymjˈeʁ"),
        ("fr", "qu’elle", "kˈɛl"), ("fr", "étoile", "etwˈal"), ("fr", "chuchotait", "ʃyʃɔtˈɛ"),
        ("es", "calle", "kˈaʝe"), ("es", "niña", "nˈiɲa"), ("es", "jardín", "xaɾdˈin"), ("es", "guitarra", "ɡitˈara"),
        ("es", "cielo", "sjˈelo"), ("es", "huevo", "wˈebo"), ("es", "corazón", "koɾasˈon"), ("es", "amigo", "amˈiɡo"),
    ],
)  # fmt: skip
def test_a_word_has_the_sounds_of_its_language(language: str, word: str, sounds: str) -> None:
    assert ipa(word, language) == sounds


@pytest.mark.parametrize(
    ("language", "word", "sounds"),
    [
        ("de", "ich", "ˈɪʃ"), ("de", "Buch", "bˈuh"), ("de", "Fuchs", "fˈʊks"), ("de", "Straße", "ʃtɹˈɑsə"),
        ("fr", "oiseau", "wɑzˈO"), ("fr", "rue", "ɹˈu"), ("fr", "montagne", "mɔntˈɑnj"),
        ("es", "calle", "kˈɑjA"), ("es", "niña", "nˈinjɑ"), ("es", "jardín", "hɑTdˈin"),
    ],
)  # fmt: skip
def test_the_voice_says_what_it_lacks_with_its_nearest_sound(language: str, word: str, sounds: str) -> None:
    assert phonemes(word, language) == sounds


@pytest.mark.parametrize("language", TEXTS)
def test_a_third_of_the_sounds_and_more_are_not_those_of_english(language: str) -> None:
    speaker, different, all_of_them = Speaker(), 0, 0
    for word in re.findall(r"[^\W\d_]+(?:’[^\W\d_]+)?", TEXTS[language]):
        english = "".join(token.phonemes or "" for token in speaker._phonemised(word))
        own = phonemes(word, language)
        same = sum(
            block.size for block in difflib.SequenceMatcher(None, english, own, autojunk=False).get_matching_blocks()
        )
        different += max(len(english), len(own)) - same
        all_of_them += max(len(english), len(own))
    assert different / all_of_them > 1 / 3


@pytest.mark.parametrize("language", TEXTS)
def test_every_word_is_heard_when_its_time_says(language: str) -> None:
    read = narrate(TEXTS[language], SARAH, AudioFormat(44_100, 128))
    sound = decoded(read.audio)
    spoken = [word for word in words(read.alignment) if re.search(r"\w", word[0])]
    assert len(spoken) > 20
    assert [word for word, start, end in spoken if end - start < 0.03] == []
    assert [word for word, start, end in spoken if level(sound, start - 0.02, end + 0.02) < -40] == []
    frames = sound[: len(sound) // 441 * 441].reshape(-1, 441)  # of 10 ms
    levels = 10 * np.log10((frames**2).mean(axis=1) + 1e-8)
    speaking = np.zeros(len(levels))
    for _, start, end in spoken:
        speaking[round(start * 100) : round(end * 100)] = 1
    fits = {shift: float(np.corrcoef(np.roll(speaking, shift), levels)[0, 1]) for shift in range(-30, 31)}
    best = max(fits, key=lambda shift: fits[shift])
    assert abs(best) <= 3


@pytest.mark.parametrize(("language", "number"), [("de", "drei"), ("es", "veintiuno"), ("fr", "dix")])
def test_a_number_is_read_in_the_language(language: str, number: str) -> None:
    read = narrate(TEXTS[language], SARAH, AudioFormat(8_000, None))
    assert f" {number} " in "".join(read.normalized.characters)


@pytest.mark.parametrize(
    ("text", "language"),
    [*((text, language) for language, text in TEXTS.items()),
     ("Maya and the old fox went to the sea, and the moon looked at her.", "en"),
     ("Ciao!", "en"), ("…", "en"), ("さくらは灯台へ行きました。", "en")],
)  # fmt: skip
def test_the_narrator_hears_which_language_a_text_is_in(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_language_that_is_named_is_taken_before_the_one_it_sounds_like() -> None:
    named, heard = (narrate("Die Nase.", SARAH, AudioFormat(8_000, None), language=code) for code in ("de", "en"))
    assert named.audio != heard.audio


@pytest.mark.parametrize(
    "text", ["T. S. H. d’ ’", "l’", "Ab 1234567890123456 km!", "Ñ ß œ ¿? 你好 さくら", "-", "xyz’"]
)
@pytest.mark.parametrize("language", TEXTS)
def test_no_text_is_too_odd_for_the_rules(text: str, language: str) -> None:
    read = narrate(text, SARAH, AudioFormat(8_000, None), language=language)
    assert "".join(read.alignment.characters) == text
    letters = [word for word in words(read.alignment) if re.search(r"[^\W_]{2}", word[0])]
    assert all(end > start for _, start, end in letters)
