"""Prompts as the pipeline writes them, for tests."""

from __future__ import annotations

import json
from typing import Any

MAYA: dict[str, Any] = {
    "name": "Maya",
    "age": 7,
    "species": "human",
    "appearance": "curly dark hair, a yellow jumper",
    "traits": [{"id": "manual_wheelchair", "must_show": "Maya's wheelchair", "respect": "She moves it herself."}],
}
PALETTE = {"name": "Bright sunrise warmth", "colours": ["#ffb703", "#8ecae6", "#fb8500"]}


def prompt(data: dict[str, Any], prose: str = "Do this.") -> str:
    text = json.dumps(data)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f"{prose}\n<data>{text}</data>"


def story_prompt(**changes: Any) -> str:
    data = {
        "characters": [MAYA],
        "story_type": "adventure",
        "themes": ["courage"],
        "title": None,
        "age": 7,
        "age_band": "6-8",
        "words": {"min": 300, "max": 500},
        "language": "en",
        "correction": None,
    }
    return prompt(data | changes, "Write a story.")


def palette_prompt() -> str:
    beats = [{"text": "Maya set out.", "mood": "eager"}] * 4
    return prompt({"title": "T", "story_type": "adventure", "themes": ["courage"], "beats": beats, "moral": "M."})


def analysis_prompt(asset: str = "scene_2") -> str:
    return prompt(
        {
            "asset": asset,
            "title": "T",
            "scene": "Maya rolls along the beach.",
            "mood": "eager",
            "motif": "a kite",
            "palette": PALETTE,
            "characters": [MAYA],
        }
    )


def picture_prompt(asset: str = "cover", **changes: Any) -> str:
    data = {
        "asset": asset,
        "title": "Maya and the Sea",
        "story_type": "adventure",
        "scene": "Maya rolls along the beach in her wheelchair.",
        "analysis": None,
        "mood": "eager",
        "motif": "a kite",
        "palette": PALETTE,
        "characters": [MAYA],
        "feedback": [],
    }
    return prompt(data | changes, "A children's book illustration.")


def verdict_prompt(asset: str = "cover") -> str:
    return prompt({"asset": asset, "characters": [MAYA]}, "Which traits does this picture show?")


def activities_prompt() -> str:
    beats = [{"text": "Maya rolled down to the beach. The kite flew over the enormous lighthouse."}] * 4
    return prompt({"title": "T", "beats": beats, "moral": "M.", "age_band": "6-8", "language": "en"})
