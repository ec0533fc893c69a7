"""The palette journey: five curated palettes that follow a story's moods, shifted a little for each story."""

from __future__ import annotations

import colorsys
import hashlib
from random import Random
from typing import Any

from emulator_models.storyteller.ask import StoryAsk, read_ask
from emulator_models.storyteller.library import words
from emulator_models.storyteller.telling import theme_of

_STEPS = 5
_SHIFT = 0.028  # of the colour circle, either way: another story's palette, the same harmony
_MOOD_WEIGHT, _TEXT_WEIGHT = 4, 1


def palette_journey(data: dict[str, Any] | None, prompt: str, seed: int) -> dict[str, Any]:
    """A `PaletteJourney` document. What it chooses hangs on the story, so that a retry agrees with itself."""
    ask = read_ask(data, prompt, seed)
    document = data or {}
    beats = [beat for beat in document.get("beats") or [] if isinstance(beat, dict)][: _STEPS - 1]
    random = Random(hashlib.sha256(f"{document.get('title')}{len(str(beats))}".encode()).hexdigest())
    shift = random.uniform(-_SHIFT, _SHIFT)
    table = words("palettes")
    used: set[tuple[str, int]] = set()
    names: set[str] = set()
    steps = []
    for number, usual in enumerate(table["order"][ask.story_type.value]):
        beat = beats[number - 1] if 0 < number <= len(beats) else None
        family = _family(beat, usual, {name for name, _ in used}) if beat else usual
        entry, variant = _unused(table, family, used, random)
        colours = [_shifted(colour, shift) for colour in entry["sets"][variant]]
        name = next((name for name in entry["names"] if name not in names), f"{entry['names'][0]} again")
        names.add(name)
        steps.append({"name": name, "colours": colours[: random.choice((4, 5))]})
    return {"motif": _motif(ask, random), "steps": steps}


def _motif(ask: StoryAsk, random: Random) -> str:
    theme = theme_of(ask.themes[0], "en")
    return random.choice(theme.motifs)


def _family(beat: dict[str, Any], usual: str, used: set[str]) -> str:
    """The family whose words the beat's mood names, or else its text most often."""
    mood, text = str(beat.get("mood", "")).lower(), str(beat.get("text", "")).lower()
    scores = {
        name: sum(
            _MOOD_WEIGHT * (word in mood) + _TEXT_WEIGHT * min(text.count(word), 2) for word in entry["words"]
        )
        - (2 if name in used else 0)
        for name, entry in words("palettes").items()
        if name != "order"
    }
    scores[usual] += 1
    return max(scores, key=lambda name: scores[name])


def _unused(
    table: dict[str, Any], family: str, used: set[tuple[str, int]], random: Random
) -> tuple[dict[str, Any], int]:
    entry: dict[str, Any] = table[family]
    free = [index for index in range(len(entry["sets"])) if (family, index) not in used]
    if not free:
        others = [name for name in table if name != "order" and not any(name == taken for taken, _ in used)]
        return _unused(table, random.choice(others), used, random)
    variant = random.choice(free)
    used.add((family, variant))
    return entry, variant


def _shifted(colour: str, shift: float) -> str:
    red, green, blue = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    turned = colorsys.hls_to_rgb((hue + shift) % 1.0, lightness, saturation)
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in turned)
