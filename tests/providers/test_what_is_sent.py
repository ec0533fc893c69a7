"""What goes to a provider besides the words: the language of a voice, how strictly pictures are judged."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from pydantic import SecretStr

from storytailor.errors import MakingError
from storytailor.providers.elevenlabs import ElevenLabs
from storytailor.providers.openai import OpenAI
from storytailor.settings import Settings
from tests.providers.conftest import Provider, picture

KEY = SecretStr("sk-theirs")


def settings(url: str, **others: Any) -> Settings:
    others |= {"openai_base_url": f"{url}/v1", "elevenlabs_base_url": url}
    return Settings(_env_file=None, openai_api_key=KEY, elevenlabs_api_key=KEY, **others)


@pytest.mark.parametrize(
    ("model", "code"),
    [("eleven_flash_v2_5", "de"), ("eleven_v3", "de"), ("eleven_multilingual_v2", None), ("a-new-one", None)],
)
async def test_a_voice_model_is_told_the_language_where_it_takes_one(
    provider: Provider, model: str, code: str | None
) -> None:
    provider.refuses(400, {"detail": {"status": "any", "message": "any"}})
    async with ElevenLabs(settings(provider.url, voice_model=model)) as elevenlabs:
        with pytest.raises(MakingError):
            await elevenlabs.speak("Es war einmal.", "a-voice", language="de-AT")
    ((_, _, body),) = provider.sent
    assert body.get("language_code") == code


@pytest.mark.parametrize("references", [[], [picture("PNG")]], ids=["drawn", "drawn from references"])
@pytest.mark.parametrize(("how", "sent"), [("auto", False), ("low", True)])
async def test_pictures_are_judged_less_strictly_where_the_operator_says_so(
    provider: Provider, references: list[bytes], how: str, sent: bool
) -> None:
    provider.draws = {"b64_json": base64.b64encode(picture("PNG")).decode()}
    async with OpenAI(settings(provider.url, image_moderation=how)) as openai:
        await openai.draw("A hill.", references)
    ((path, _, body),) = provider.sent
    assert path.endswith("edits" if references else "generations")
    said = b'name="moderation"\r\n\r\nlow' in body if references else body.get("moderation") == "low"
    assert said is sent
