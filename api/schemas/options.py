"""What may be chosen in a request for a story or a character."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, Field

from storytailor.photo_consent import WORDING, WORDING_VERSION
from storytailor.safety.traits import TRAITS
from storytailor.story import StoryType
from storytailor.text.languages import LANGUAGES


class TraitOption(BaseModel):
    """A trait that a character may be recorded with."""

    id: str = Field(examples=["glasses"])
    category: str = Field(examples=["senses_speech"])


class VoiceOption(BaseModel):
    """A narrator that a request may name."""

    id: str = Field(description="ElevenLabs' id.")
    name: str | None = Field(description="What the account calls it; null where it does not say.")


class ConsentWords(BaseModel):
    """What whoever uploads a picture of somebody confirms."""

    wording: str
    version: str = Field(examples=[WORDING_VERSION])


class Options(BaseModel):
    """What may be chosen."""

    story_types: list[StoryType]
    languages: list[str] = Field(description="Primary subtags of BCP 47; a request may say more, such as `pt-BR`.")
    voices: list[VoiceOption] = Field(description="Narrators that may be named; without one the operator's speaks.")
    traits: list[TraitOption]
    photo_consent: ConsentWords

    @classmethod
    def of(cls, voices: Mapping[str, str | None]) -> Options:
        """These voices by id, with their names; the rest is the same for everybody."""
        return cls(
            story_types=list(StoryType),
            languages=list(LANGUAGES),
            voices=[VoiceOption(id=voice, name=name) for voice, name in voices.items()],
            traits=[TraitOption(id=trait.id, category=trait.category) for trait in TRAITS.values()],
            photo_consent=ConsentWords(wording=WORDING, version=WORDING_VERSION),
        )
