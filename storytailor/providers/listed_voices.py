"""What the account that speaks calls its voices: by a call that costs nothing, and without the voice's SDK.

The API offers them by name; it speaks with none, and the SDK takes longer to import than the rest of it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

import httpx
from pydantic import BaseModel, ValidationError

from storytailor.endpoints import endpoint
from storytailor.settings import Settings

log = logging.getLogger("storytailor.providers")

ELEVENLABS = "https://api.elevenlabs.io"
TIMEOUT_SECONDS = 4.0
KEPT_SECONDS, AFTER_FAILURE_SECONDS = 600.0, 60.0


class _Voice(BaseModel):
    voice_id: str
    name: str


class _Account(BaseModel):
    voices: list[_Voice]


class ListedVoices:
    """The names of the account's voices, asked for once in a while."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._names: Mapping[str, str] = {}
        self._asked_again_at = 0.0

    async def names(self) -> Mapping[str, str]:
        """Names by id; those known last, or none, where the account does not say."""
        if time.monotonic() >= self._asked_again_at:
            try:
                self._names = await self._ask()
                self._asked_again_at = time.monotonic() + KEPT_SECONDS
            except (httpx.HTTPError, httpx.InvalidURL, ValidationError) as error:
                log.warning("The account's voices are offered without their names: %s", type(error).__name__)
                self._asked_again_at = time.monotonic() + AFTER_FAILURE_SECONDS
        return self._names

    async def _ask(self) -> Mapping[str, str]:
        place = endpoint(self._settings, "voice")
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
            url = f"{(place.base_url or ELEVENLABS).rstrip('/')}/v1/voices"
            answer = (await client.get(url, headers={"xi-api-key": place.key})).raise_for_status()
        return {voice.voice_id: voice.name for voice in _Account.model_validate_json(answer.content).voices}
