"""How long a call takes when latency is the seed's: its "Timing Breakdown" shared out over the calls.

| the seed's phase | seconds there | our calls |
|---|---|---|
| content generation | 30-60 | moderation 0.5 beside the rubric 1, story 45, palette 5 |
| a picture | 30-45 | scene analysis 5, picture 35, picture check 4 |
| audio narration | 45-90 | narration 67 |
| activities | 10-20 | activities 15 |
"""

from __future__ import annotations

_CHATS = {
    "StoryContent": 45.0,
    "PaletteJourney": 5.0,
    "SceneAnalysis": 5.0,
    "PictureVerdict": 4.0,
    "Activities": 15.0,
    "ChildSafety": 1.0,
}
_ANY_CHAT = 5.0
_ROUTES = {"images": 35.0, "moderations": 0.5, "text-to-speech": 67.0}


def seed_seconds(route: str, schema: str | None) -> float:
    """The seed's seconds for a call; listing models or voices takes no time."""
    if route == "chat/completions":
        return _CHATS.get(schema or "", _ANY_CHAT)
    return _ROUTES.get(route.split("/")[0], 0.0)
