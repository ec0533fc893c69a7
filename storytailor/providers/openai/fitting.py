"""Whether sizes, qualities and efforts fit the models they are set for, known without asking anybody."""

from __future__ import annotations

from collections.abc import Iterator

from storytailor.endpoints import Endpoint
from storytailor.errors import SettingsError
from storytailor.providers.openai.models import image_family, text_family
from storytailor.settings import Settings


def require_fitting(settings: Settings, place: Endpoint) -> None:
    """Raise SettingsError for a size, quality or effort that its model does not take. `place` draws the pictures."""
    for _, misfit in misfits(settings, place):
        raise SettingsError(misfit)


def misfits(settings: Settings, place: Endpoint) -> Iterator[tuple[str, str]]:
    """Each setting that its model does not take, and why."""
    family = image_family(settings.image_model)
    if problem := family.sizes.problem(settings.image_size, smaller_too=place.is_emulated):
        yield "IMAGE_SIZE", f"IMAGE_SIZE={settings.image_size} does not fit {settings.image_model}: {problem}."
    if family.qualities and settings.image_quality not in family.qualities:
        yield (
            "IMAGE_QUALITY",
            f"IMAGE_QUALITY={settings.image_quality} does not fit {settings.image_model}: "
            f"it takes {', '.join(family.qualities)}.",
        )
    effort = settings.reasoning_effort
    for model in dict.fromkeys((settings.story_model, settings.analysis_model, settings.vision_model)):
        text = text_family(model)
        if text is not None and text.efforts and effort is not None and effort not in text.efforts:
            takes = ", ".join(text.efforts)
            yield "REASONING_EFFORT", f"REASONING_EFFORT={effort} does not fit {model}: it takes {takes}."
