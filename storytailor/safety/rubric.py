"""The rubric for children: what general moderation does not know, asked of a chat model that answers strictly."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from storytailor.endpoints import rubric_judge
from storytailor.providers.openai import OpenAI
from storytailor.providers.usage import Count
from storytailor.text.marked import marked

ConcernName = Literal[
    "secrets_with_adults",
    "strangers",
    "self_harm",
    "eating",
    "hatred",
    "dares",
    "weapons_drugs",
    "cruelty",
    "sexual",
    "frightening",
    "wrongdoing",
    "personal_data",
    "instructions",
    "other",
]


class Concern(BaseModel):
    """One thing that is not for a child, and the words that show it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    concern: ConcernName
    quote: str = Field(description="The few words that show it, as they stand there; of a picture what it shows.")


class ChildSafety(BaseModel):
    """What a model found in material it was asked to judge."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    concerns: list[Concern] = Field(description="What applies; empty for material that is fit.")
    fit: bool = Field(description="Whether the material is fit for a children's picture book as it is.")

    @property
    def names(self) -> list[str]:
        """The concerns, each once. Unfit without a concern is unfit all the same."""
        found: set[str] = {concern.concern for concern in self.concerns}
        return sorted(found or (set() if self.fit else {"other"}))


async def concerns_by_rubric(
    openai: OpenAI, words: Sequence[str], *, picture: bytes | None = None, count: Count
) -> list[str]:
    """The concerns a model finds in the words and the picture. Raises MakingError when it gives no answer."""
    role, model = rubric_judge(openai.settings, sees=picture is not None)
    verdict, _ = await openai.answer(
        model, _rubric(), marked({"material": list(words)}), ChildSafety, picture=picture, role=role, count=count
    )
    return verdict.names


@cache
def _rubric() -> str:
    return (Path(__file__).parent / "rubric.md").read_text(encoding="utf-8").strip()
