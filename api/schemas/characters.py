"""Characters as they are described and as they are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, cast
from uuid import UUID, uuid4

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from api.schemas.fields import LINE, LINES, PRINTED, VISIBLE, WHOLE_NUMBER, all_different
from storytailor.db.characters import CharacterChanges, NewCharacter
from storytailor.db.rows import CharacterRow, ConsentJson
from storytailor.photo_consent import WORDING_VERSION
from storytailor.providers.object_store import UrlOf
from storytailor.safety.traits import TRAITS

EXAMPLE_ID = "00000000-0000-4000-8000-0000000000c1"
EXAMPLE: dict[str, JsonValue] = {
    "name": "Maya",
    "age": 6,
    "species": "human",
    "appearance": "warm brown skin, curly black hair in two puffs, a yellow raincoat",
    "traits": ["skin_tone", "hair_texture", "manual_wheelchair"],
}


def _known(trait: str) -> str:
    if trait not in TRAITS:
        raise ValueError(f"no such trait; there are: {', '.join(TRAITS)}")
    return trait


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=LINE), PRINTED]
Age = Annotated[int, Field(ge=0, le=130), WHOLE_NUMBER]
Species = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=LINE), PRINTED]
Appearance = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=LINES), VISIBLE]
TraitId = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(TRAITS)})]
Traits = Annotated[
    list[TraitId],
    Field(max_length=len(TRAITS), json_schema_extra={"uniqueItems": True}),
    all_different("trait"),
]


class CharacterSheet(BaseModel):
    """Who a character is."""

    id: UUID
    name: str = Field(examples=["Maya"])
    age: int | None
    species: str = Field(examples=["human"])
    appearance: str
    traits: list[str] = Field(description="Ids of the inclusion traits.")
    reference_images: list[str] = Field(description="URLs of pictures that show the character, which end.")


class PhotoConsent(BaseModel):
    """Somebody's word that a reference image may be used."""

    image: str = Field(description="The twelve hexadecimal digits in the image's URL.", examples=["0f3c9a4e8d3f"])
    given_by: UUID = Field(description="The user who confirmed it.")
    given_at: datetime
    wording: str = Field(description="Which version of the words was confirmed.", examples=[WORDING_VERSION])

    @classmethod
    def of_json(cls, consent: ConsentJson) -> PhotoConsent:
        """A consent as it is kept."""
        return cls.model_validate({**consent, "image": consent["image_key"].rpartition("-")[2].partition(".")[0]})


class Character(CharacterSheet):
    """A character of a library."""

    library_id: UUID
    created_at: datetime
    updated_at: datetime
    consents: list[PhotoConsent] = Field(
        description="Whose word there is that the reference images may be used; pictures taken before it was asked for "
        "have none."
    )

    @classmethod
    def of_row(cls, row: CharacterRow, url_of: UrlOf) -> Character:
        """A character's row."""
        return cls(
            id=row.id,
            name=row.name,
            age=row.age,
            species=row.species,
            appearance=row.appearance,
            traits=row.traits,
            reference_images=[url_of(key) for key in row.reference_images],
            library_id=row.library_id,
            created_at=row.created_at,
            updated_at=row.updated_at,
            consents=[PhotoConsent.of_json(consent) for consent in row.consents],
        )


class CharacterRequest(BaseModel):
    """A new character."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    name: Name
    age: Age | None = None
    species: Species = "human"
    appearance: Appearance = Field("", description="What a picture shows of them, in words.")
    traits: Traits = Field([], description="What every picture of them must show, and show with respect.")
    library_id: UUID | None = Field(None, description="Where the character lives; without it your first library.")

    def new(self) -> NewCharacter:
        """This request as a new character."""
        return NewCharacter(**self.model_dump())


class CharacterPatch(BaseModel):
    """What is to change of a character; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"age": 7, "traits": ["glasses"]}]})

    # What the factories make is never read: only what was sent counts.
    name: Name = Field(default_factory=str)
    age: Age | None = None
    species: Species = Field(default_factory=str)
    appearance: Appearance = Field(default_factory=str)
    traits: Traits = Field(default_factory=list)
    library_id: UUID = Field(default_factory=uuid4)

    def changes(self) -> CharacterChanges:
        """The fields that were sent."""
        return cast("CharacterChanges", self.model_dump(exclude_unset=True))
