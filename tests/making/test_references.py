"""What pictures are drawn from: one reference picture a character, and fewer where the provider takes fewer."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from emulator.testing import Emulator
from storytailor.making.contact_sheet import LARGEST_SIDE, contact_sheet
from storytailor.making.context import AssetContext
from storytailor.making.illustration import illustrate
from storytailor.making.portraits import reference_pictures
from tests.making.conftest import ContextFor
from tests.making.stories import character, story
from tests.making.test_illustration import PALETTE
from tests.making.wire import Wire

RED, GREEN, BLUE = (200, 30, 30), (30, 160, 60), (30, 60, 200)


def plain(color: tuple[int, int, int], size: tuple[int, int] = (64, 64)) -> bytes:
    png = io.BytesIO()
    Image.new("RGB", size, color).save(png, "PNG")
    return png.getvalue()


def colors_in(picture: bytes) -> set[tuple[int, ...]]:
    with Image.open(io.BytesIO(picture)) as opened:
        return {color for _, color in opened.convert("RGB").getcolors(1 << 24) or ()}  # type: ignore[misc]


def test_a_sheet_shows_every_picture_whole_and_beside_the_others() -> None:
    sheet = contact_sheet([plain(RED), plain(GREEN, (200, 100)), plain(BLUE, (100, 300))])
    assert {RED, GREEN, BLUE} <= colors_in(sheet)
    with Image.open(io.BytesIO(sheet)) as opened:
        assert max(opened.size) <= LARGEST_SIDE
    single = plain(RED)
    assert contact_sheet([single]) is single


@pytest.fixture
async def two_with_three_images(context_for: ContextFor) -> AssetContext:
    """Two characters with three reference images each."""
    keys = {name: tuple(f"characters/{name}/{n}.png" for n in range(3)) for name in ("Maya", "Theo")}
    ctx = context_for(characters=tuple(character(name, reference_images=keys[name]) for name in keys))
    for name in keys:
        for key, color in zip(keys[name], (RED, GREEN, BLUE), strict=True):
            await ctx.store.put(key, plain(color))
    return ctx


async def test_two_characters_with_three_images_each_are_two_input_images(
    two_with_three_images: AssetContext, wire: Wire, emulator: Emulator
) -> None:
    emulator.behave(answers="canned")
    references = await reference_pictures(two_with_three_images, two_with_three_images.brief.characters)
    await illustrate(two_with_three_images, "cover", story("Once."), PALETTE, references)
    (edit,) = wire.calls("images/edits")
    assert len(edit.body["image[]"]) == 2
    assert all({RED, GREEN, BLUE} <= colors_in(sheet) for sheet in edit.body["image[]"])


async def test_a_reference_image_that_the_store_has_lost_is_left_out(
    two_with_three_images: AssetContext, wire: Wire
) -> None:
    await two_with_three_images.store.delete(["characters/Maya/0.png"])
    mayas, theos = await reference_pictures(two_with_three_images, two_with_three_images.brief.characters)
    assert RED not in colors_in(mayas)
    assert RED in colors_in(theos)


async def test_a_provider_that_takes_fewer_references_gets_all_of_them_on_fewer_sheets(
    two_with_three_images: AssetContext, wire: Wire, emulator: Emulator
) -> None:
    emulator.behave(answers="canned", limits={"input_images": 1})
    references = await reference_pictures(two_with_three_images, two_with_three_images.brief.characters)
    picture = await illustrate(two_with_three_images, "cover", story("Once."), PALETTE, references)
    assert (picture.fallback, picture.attempts) == (False, 1)
    assert [(call["status"], call["input_pictures"]) for call in emulator.calls(route="images/edits")] == [
        (429, 2),
        (200, 1),
    ]
    (sheet,) = wire.calls("images/edits")[1].body["image[]"]
    assert {RED, GREEN, BLUE} <= colors_in(sheet)
