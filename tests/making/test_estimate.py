"""What a story will cost, told before it is made: held against what making it did cost."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from storytailor.catalog import ALL_ASSETS, PICTURES, TEXT_ONLY, AssetName
from storytailor.making.activities import make_activities
from storytailor.making.content import plan_palette, write_story
from storytailor.making.context import AssetContext
from storytailor.making.estimate import CostRange, Estimate, estimate
from storytailor.making.illustration import illustrate
from storytailor.making.narration import narrate
from storytailor.making.portraits import ensure_portraits
from storytailor.making.usage import summed
from storytailor.safety.traits import TRAITS
from storytailor.settings import Settings
from storytailor.story import Character, StoryBrief, StoryType
from tests.making.conftest import ContextFor
from tests.making.stories import character

RECORDED = tuple(TRAITS)[:2]
NAMES = ("Maya", "Leo", "Mimi", "Grandma Rose")


def cast(people: int, traits: int) -> tuple[Character, ...]:
    return tuple(character(name, traits=RECORDED[:traits]) for name in NAMES[:people])


def expected(settings: Settings, characters: tuple[Character, ...], **asked: Any) -> Estimate:
    """The estimate of a family's first story with these characters."""
    usual = {"story_type": StoryType.ADVENTURE, "themes": ("courage",), "assets": ALL_ASSETS}
    brief = StoryBrief(**{"story_id": uuid4(), "characters": characters} | usual | asked)
    return estimate(brief, [character for character in characters if not character.reference_images], settings)


def cost(settings: Settings, characters: tuple[Character, ...], **asked: Any) -> CostRange:
    found = expected(settings, characters, **asked)
    assert found.cost_usd is not None, found.reason
    return found.cost_usd


async def make(ctx: AssetContext, assets: tuple[AssetName, ...]) -> None:
    """All of the story that asks a model; portraits stand in for the cover as the scenes' reference."""
    content = await write_story(ctx)
    palette = await plan_palette(ctx, content)
    if "cover" not in assets:
        return
    await make_activities(ctx, content)
    await narrate(ctx, content)
    await ensure_portraits(ctx)
    references: list[bytes] = []
    for name in PICTURES:
        references = [(await illustrate(ctx, name, content, palette, references)).image]


@pytest.mark.parametrize(
    ("people", "traits", "age", "language", "assets", "quality"),
    [
        (1, 0, 4, "en", ALL_ASSETS, "medium"),
        (2, 1, 7, "en", ALL_ASSETS, "high"),
        (4, 2, 11, "en", ALL_ASSETS, "low"),
        (2, 0, 6, "de", ALL_ASSETS, "medium"),
        (3, 2, 8, "en", TEXT_ONLY, "medium"),
    ],
)
async def test_a_story_costs_what_was_said_before(
    context_for: ContextFor,
    settings: Settings,
    people: int,
    traits: int,
    age: int,
    language: str,
    assets: tuple[AssetName, ...],
    quality: str,
) -> None:
    characters = cast(people, traits)
    ctx = context_for(characters=characters, age=age, language=language)
    ctx.settings = ctx.openai.settings = settings.model_copy(update={"image_quality": quality})
    await make(ctx, assets)
    real = summed(ctx.calls).cost_usd
    said = cost(ctx.settings, characters, age=age, language=language, assets=assets)
    assert real is not None
    assert said.low <= real <= said.high


@pytest.mark.parametrize("people", [1, 2])
def test_a_first_story_with_the_defaults_costs_at_most_about_three_quarters_of_a_dollar(people: int) -> None:
    """Portraits drawn, every picture looked at for a trait, the longest text, a picture in four drawn again."""
    assert cost(Settings(_env_file=None), cast(people, 1)).high <= 0.75


def test_better_pictures_and_more_of_them_cost_more() -> None:
    def high(people: int, **changes: Any) -> float:
        return cost(Settings(_env_file=None, **changes), cast(people, 1)).high

    by_quality = [high(1, image_quality=quality) for quality in ("low", "medium", "high", "xhigh", "max")]
    assert by_quality == sorted(set(by_quality))
    assert high(1) < high(2) < high(4)
    assert high(1) < high(1, image_size="2048x2048")
    assert high(1, voice_model="eleven_flash_v2_5") < high(1)
    judged = {"moderation": "chat", "moderation_model": "gpt-5-mini"}
    assert high(1) < high(1, **judged) < high(4, **judged)


def test_who_has_a_portrait_is_not_drawn_again() -> None:
    settings, characters = Settings(_env_file=None), cast(2, 0)
    later = StoryBrief(
        story_id=uuid4(),
        characters=characters,
        story_type=StoryType.ADVENTURE,
        themes=("courage",),
        assets=ALL_ASSETS,
    )
    first, again = estimate(later, characters, settings), estimate(later, (), settings)
    assert first.cost_usd is not None
    assert again.cost_usd is not None
    assert again.cost_usd.low < first.cost_usd.low


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"story_model": "gpt-9"}, "No price is known for the model gpt-9."),
        (
            {"moderation": "chat", "moderation_model": "a-guard"},
            "No price is known for the model a-guard.",
        ),
        ({"voice_model": "eleven_v9"}, "No price is known for the model eleven_v9."),
        ({"image_model": "gpt-image-9"}, "It is not known what a picture by the model gpt-image-9 uses"),
        ({"image_quality": "ultra"}, "in quality ultra."),
    ],
)
def test_without_a_price_there_is_no_cost_but_the_reason(changes: dict[str, str], reason: str) -> None:
    found = expected(Settings(_env_file=None, **changes), cast(1, 0))  # type: ignore[arg-type]
    assert found.cost_usd is None
    assert reason in (found.reason or "")
    assert found.seconds > 0


def test_a_story_of_words_alone_needs_no_painters_price_and_is_sooner_done() -> None:
    settings = Settings(_env_file=None, image_model="gpt-image-9", voice_model="eleven_v9")
    words = expected(settings, cast(1, 0), assets=TEXT_ONLY)
    assert words.cost_usd is not None
    assert words.cost_usd.high < 0.15
    assert words.seconds < expected(settings, cast(1, 0)).seconds
