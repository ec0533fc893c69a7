"""The palette journey: curated palettes for the cover and each scene, that follow the moods of the story."""

from __future__ import annotations

import colorsys
import hashlib
from random import Random

from emulator_models.answers import ContentOrder, Data
from emulator_models.shapes import PaletteJourney, PaletteStep
from emulator_models.storyteller.library import mood_in_english, words
from emulator_models.storyteller.request import StoryRequest, beats_of, read_request
from emulator_models.storyteller.typography import set_text
from emulator_models.storyteller.wishes import read_wish

_SHIFT = 0.028  # of the color circle, either way: another story's palette, the same harmony
_MOOD_WEIGHT, _TEXT_WEIGHT = 4, 1


def palette_journey(order: ContentOrder) -> PaletteJourney:
    """A palette for the cover and each scene. It hangs on the story alone, so that a retry agrees with itself."""
    request = read_request(order)
    document = order.data or {}
    beats = beats_of(document)[: request.scenes]
    random = Random(hashlib.sha256(f"{document.get('title')}{len(str(beats))}".encode()).hexdigest())
    shift = random.uniform(-_SHIFT, _SHIFT)
    table = words("palettes")
    used: set[tuple[str, int]] = set()
    names: set[str] = set()
    steps = []
    for number, usual in enumerate(_usual(table["order"][request.story_type], request.scenes + 1)):
        beat = beats[number - 1] if 0 < number <= len(beats) else None
        family = _family(beat, usual, {name for name, _ in used}) if beat else usual
        family, variant = _unused(table, family, used, random)
        entry = table[family]
        colors = [_shifted(color, shift) for color in entry["sets"][variant]]
        known = _names(family, request.language)
        name = next((name for name in known if name not in names), f"{known[0]} · {number + 1}")
        names.add(name)
        steps.append(PaletteStep(name=name, colors=colors[: random.choice((4, 5))]))
    return PaletteJourney(motif=_motif(request, random), steps=steps)


def _names(family: str, language: str) -> list[str]:
    """What the family's palettes are called in that language."""
    abroad = language != "en"
    named = words("palettes", language)["names"][family] if abroad else words("palettes")[family]["names"]
    return [set_text(name, language) for name in named]


def _usual(families: list[str], steps: int) -> list[str]:
    """A story type's usual families, cover first, spread over that many steps."""
    last = len(families) - 1
    return [families[round(step * last / max(steps - 1, 1))] for step in range(steps)]


def _motif(request: StoryRequest, random: Random) -> str:
    theme = read_wish(request.themes[0], request.language).theme
    motifs: list[str] = list(theme.motifs) or words("palettes", request.language)["motifs"][theme.id]
    return set_text(random.choice(motifs), request.language)


def _family(beat: Data, usual: str, used: set[str]) -> str:
    """The family whose words the beat's mood names, or else its text most often."""
    mood, text = mood_in_english(str(beat.get("mood", "")).lower()), str(beat.get("text", "")).lower()
    scores = {
        name: sum(_MOOD_WEIGHT * (word in mood) + _TEXT_WEIGHT * min(text.count(word), 2) for word in entry["words"])
        - (2 if name in used else 0)
        for name, entry in words("palettes").items()
        if name != "order"
    }
    scores[usual] += 1
    return max(scores, key=lambda name: scores[name])


def _unused(table: Data, family: str, used: set[tuple[str, int]], random: Random) -> tuple[str, int]:
    """A set of the family that was not used yet, else one of another family: its family and number."""
    entry: Data = table[family]
    free = [index for index in range(len(entry["sets"])) if (family, index) not in used]
    if not free:
        others = [name for name in table if name != "order" and not any(name == taken for taken, _ in used)]
        if not others:  # a very long story: all families are used
            return family, random.randrange(len(entry["sets"]))
        return _unused(table, random.choice(others), used, random)
    variant = random.choice(free)
    used.add((family, variant))
    return family, variant


def _shifted(color: str, shift: float) -> str:
    red, green, blue = (int(color[index : index + 2], 16) / 255 for index in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    turned = colorsys.hls_to_rgb((hue + shift) % 1.0, lightness, saturation)
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in turned)
