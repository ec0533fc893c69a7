"""Knocking at the servers that write, look, draw and moderate: calls that cost nothing, side by side."""

from __future__ import annotations

import asyncio
from datetime import date

import openai

from storytailor.endpoints import Endpoint, Role, endpoint, rubric_judge
from storytailor.errors import PermanentError
from storytailor.providers.knock import KNOCK_SECONDS, Knock, gathered, problem, tried, warning
from storytailor.providers.openai.fitting import misfits
from storytailor.providers.openai.models import image_family, text_family
from storytailor.providers.openai.refusals import says_no_such_model, translated
from storytailor.settings import Settings

HARMLESS = "A rabbit finds a lantern in the snow."


async def knock_at_openai(settings: Settings) -> list[Knock]:
    """Ask each role's server for its models, and moderation for a verdict. Raises SettingsError for a missing key."""
    models: list[tuple[str, Role, str]] = [
        ("STORY_MODEL", "text", settings.story_model),
        ("ANALYSIS_MODEL", "text", settings.analysis_model),
        ("VISION_MODEL", "vision", settings.vision_model),
        ("IMAGE_MODEL", "image", settings.image_model),
    ]
    if settings.moderation == "moderations":
        role, judge = rubric_judge(settings)
        models.append(("RUBRIC_MODEL", role, judge))
    if settings.moderation == "chat":
        models.append(("MODERATION_MODEL", "moderation", settings.moderation_model))
    calls = [_model(endpoint(settings, role), setting, model) for setting, role, model in models]
    if settings.moderation == "moderations":
        calls.append(_moderation(endpoint(settings, "moderation"), settings.moderation_model))
    return gathered([*await asyncio.gather(*calls), *look_at_settings(settings)])


def look_at_settings(settings: Settings) -> list[Knock]:
    """What is known without asking anybody: settings that no model takes, and a moderation that nobody does."""
    knocks = [problem(setting, "does not fit", why) for setting, why in misfits(settings, endpoint(settings, "image"))]
    if settings.moderation == "off":
        remedy = "Set MODERATION=moderations, or chat, unless that is meant."
        knocks.append(warning("MODERATION", "off: nobody checks what families ask for, nor what is made", remedy))
    return knocks


async def _model(place: Endpoint, setting: str, model: str) -> Knock:
    async def look() -> Knock:
        async def call() -> openai.types.Model | None:
            try:
                async with _client(place) as client:
                    return await client.models.retrieve(model)
            except openai.APIStatusError as error:
                lists_none = error.status_code in (404, 405, 501) and not says_no_such_model(error)
                if place.kind == "other" and lists_none:
                    return None
                raise

        found = await translated(place, call)
        if found is None:
            return Knock(setting, f"{model}: not looked at, for {place.provider} does not tell its models")
        return _ending(setting, model, (found.model_extra or {}).get("shutdown_date"))

    return await tried(setting, look)


def _ending(setting: str, model: str, told: object) -> Knock:
    """A model that is there; the day on which it will be no more, as the server tells it or as was announced."""
    announced = image_family(model).ends if setting == "IMAGE_MODEL" else getattr(text_family(model), "ends", None)
    ends = date.fromisoformat(told) if isinstance(told, str) else announced
    if ends is None:
        return Knock(setting, f"{model} is there")
    return warning(setting, f"{model} is there until {ends}", f"Set {setting} to a newer model before {ends}.")


async def _moderation(place: Endpoint, model: str) -> Knock:
    async def look() -> Knock:
        async def call() -> bool:
            async with _client(place) as client:
                return bool((await client.moderations.create(model=model, input=HARMLESS)).results)

        if not await translated(place, call):
            raise PermanentError("", remedy=f"{place.provider} gave no verdict: check MODERATION_MODEL.")
        return Knock("Moderation", f"{model} answers")

    return await tried("Moderation", look)


def _client(place: Endpoint) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=place.base_url, api_key=place.key, max_retries=0, timeout=KNOCK_SECONDS)
