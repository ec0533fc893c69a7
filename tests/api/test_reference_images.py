from __future__ import annotations

import asyncio
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psycopg
import pytest
from coloraide import Color
from PIL import Image, ImageDraw

from api.limits import MAX_IMAGE_BYTES
from storytailor.db import Database
from storytailor.db.orphaned_objects import OrphanedObjects
from storytailor.object_cleanup import delete_orphans
from storytailor.printing.inks import press_icc, to_inks
from storytailor.providers.object_store import Folder
from storytailor.settings import Settings
from tests.api.conftest import Person, opened, without_signatures
from tests.api.icc import ADOBE_RGB, DISPLAY_P3, profile

Answer = httpx.Response


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), color: Any = "teal", **saving: Any) -> bytes:
    body = BytesIO()
    Image.new("RGBA" if isinstance(color, tuple) else "RGB", size, color).save(body, kind, **saving)
    return body.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


async def add(
    client: httpx.AsyncClient,
    person: Person,
    body: bytes,
    whose: Person | None = None,
    form: dict[str, str] | None = None,
) -> Answer:
    path = f"/api/v1/characters/{(whose or person).character_id}/reference-images"
    return await client.post(
        path,
        files={"image": ("maya", body)},
        data={"consent": "true"} if form is None else form,
        headers=person.headers,
    )


def file_of(settings: Settings, url: str) -> Path:
    """The file that the URL opens."""
    return settings.assets_folder / url.partition("?")[0].removeprefix(settings.assets_url)


def stored(settings: Settings, url: str) -> Image.Image:
    image = Image.open(file_of(settings, url))
    image.load()
    return image


@pytest.fixture
def bare(maya: Person, database_url: str) -> Person:
    """Maya, whom no picture shows yet."""
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE characters SET reference_images = '{}'")
    return maya


async def an_hour_passes(database_url: str, settings: Settings) -> None:
    """And the sweep deletes what is due."""
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE object_removals SET due_at = due_at - interval '61 minutes'")
    database = await Database(database_url).open()
    await delete_orphans(OrphanedObjects(database), Folder(settings.assets_folder))
    await database.close()


async def test_a_picture_whose_api_dies_before_a_character_shows_it_is_deleted_an_hour_later(
    client: httpx.AsyncClient, bare: Person, settings: Settings, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''gone''; END'")
        connection.execute(
            "CREATE TRIGGER die BEFORE UPDATE OF reference_images ON characters FOR EACH ROW EXECUTE FUNCTION die()"
        )
    assert (await add(client, bare, picture())).status_code == 500
    (left,) = settings.assets_folder.rglob("reference-*")
    await an_hour_passes(database_url, settings)
    assert not left.exists()


async def test_a_picture_that_a_character_shows_stays(
    client: httpx.AsyncClient, bare: Person, settings: Settings, database_url: str
) -> None:
    answer = await add(client, bare, picture())
    (url,) = answer.json()["data"]["reference_images"]
    await an_hour_passes(database_url, settings)
    assert file_of(settings, url).is_file()
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM object_removals").fetchone() == (0,)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
async def test_a_picture_is_kept_as_jpeg(
    client: httpx.AsyncClient, bare: Person, settings: Settings, kind: str
) -> None:
    answer = await add(client, bare, picture(kind))

    assert answer.status_code == 201, answer.text
    (url,) = answer.json()["data"]["reference_images"]
    assert url.startswith(f"{settings.assets_url}characters/{bare.character_id}/reference-")
    image = stored(settings, url)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (64, 48))


@pytest.mark.parametrize("access", ["signed", "public"])
async def test_a_photo_is_opened_by_its_owners_url_alone_even_where_books_are_public(
    bare: Person, settings: Settings, access: str
) -> None:
    async with opened(settings.model_copy(update={"assets_access": access})) as client:
        (url,) = (await add(client, bare, picture())).json()["data"]["reference_images"]
        path = "/assets/" + url.removeprefix(settings.assets_url)
        owners, anybodys = await client.get(path), await client.get(path.partition("?")[0])
        listed = await client.get(f"/api/v1/characters/{bare.character_id}", headers=bare.headers)

    assert (owners.status_code, owners.headers["Content-Type"]) == (200, "image/jpeg")
    assert owners.headers["Cache-Control"] == "private, max-age=3600, immutable"
    assert (anybodys.status_code, anybodys.json()["code"]) == (403, "URL_ENDED")
    assert listed.headers.get_list("Cache-Control") == ["no-store"]


async def test_nothing_but_pixels_is_kept(client: httpx.AsyncClient, bare: Person, settings: Settings) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # held sideways
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}  # where it was taken
    answer = await add(client, bare, picture("JPEG", exif=exif, comment=b"our garden"))

    image = stored(settings, answer.json()["data"]["reference_images"][0])
    assert image.size == (48, 64)
    assert image.info.keys() <= {"jfif", "jfif_version", "jfif_density", "jfif_unit"}, "what every JPEG begins with"
    assert not image.getexif()


async def test_a_large_picture_is_made_smaller(client: httpx.AsyncClient, bare: Person, settings: Settings) -> None:
    answer = await add(client, bare, picture("JPEG", (5000, 2500)))

    assert stored(settings, answer.json()["data"]["reference_images"][0]).size == (2048, 1024)


async def test_what_is_transparent_becomes_white(client: httpx.AsyncClient, bare: Person, settings: Settings) -> None:
    answer = await add(client, bare, picture(color=(0, 0, 0, 0)))

    assert stored(settings, answer.json()["data"]["reference_images"][0]).getpixel((0, 0)) == (255, 255, 255)


SKIN, RED = (200, 120, 90), (220, 40, 40)


@pytest.mark.parametrize("seen", [SKIN, RED])
@pytest.mark.parametrize(
    ("space", "written"), [("display-p3", profile(DISPLAY_P3)), ("a98-rgb", profile(ADOBE_RGB, 563 / 256))]
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
async def test_colours_are_kept_as_they_were_seen_whatever_the_cameras_gamut(
    client: httpx.AsyncClient, bare: Person, settings: Settings, kind: str, space: str, written: bytes,
    seen: tuple[int, int, int],
) -> None:  # fmt: skip
    color = Color("srgb", [value / 255 for value in seen]).convert(space)
    numbers = tuple(round(value * 255) for value in color.coords())
    body = BytesIO()
    Image.new("RGB", (64, 48), numbers).save(
        body, kind, icc_profile=written, **({"quality": 98} if kind == "JPEG" else {})
    )
    answer = await add(client, bare, body.getvalue())

    stored_as = stored(settings, answer.json()["data"]["reference_images"][0]).getpixel((20, 20))
    assert stored_as == pytest.approx(seen, abs=3)


async def test_a_printers_inks_are_read_by_their_profile(
    client: httpx.AsyncClient, bare: Person, settings: Settings
) -> None:
    dark_skin = (141, 85, 54)
    body = BytesIO()
    to_inks(Image.new("RGB", (64, 48), dark_skin)).save(body, "JPEG", quality=98, icc_profile=press_icc())
    answer = await add(client, bare, body.getvalue())

    stored_as = stored(settings, answer.json()["data"]["reference_images"][0]).getpixel((20, 20))
    assert stored_as == pytest.approx(dark_skin, abs=6)


async def test_sixteen_bits_of_grey_keep_their_shades(
    client: httpx.AsyncClient, bare: Person, settings: Settings
) -> None:
    body = BytesIO()
    Image.fromarray(np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (64, 1))).save(body, "PNG")
    answer = await add(client, bare, body.getvalue())

    greys = np.asarray(stored(settings, answer.json()["data"]["reference_images"][0]).convert("L"))
    assert len(np.unique(greys)) >= 250
    assert greys.mean() == pytest.approx(127, abs=2)


async def test_a_broken_profile_counts_as_none(client: httpx.AsyncClient, bare: Person, settings: Settings) -> None:
    answer = await add(client, bare, _with_profile(b"no profile"))

    assert stored(settings, answer.json()["data"]["reference_images"][0]).getpixel((20, 20)) == pytest.approx(
        SKIN, abs=3
    )


def _with_profile(written: bytes) -> bytes:
    body = BytesIO()
    Image.new("RGB", (64, 48), SKIN).save(body, "PNG", icc_profile=written)
    return body.getvalue()


async def test_white_lines_on_nothing_are_not_lost(client: httpx.AsyncClient, bare: Person, settings: Settings) -> None:
    drawn = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    ImageDraw.Draw(drawn).ellipse((20, 20, 80, 80), outline="white", width=6)
    body = BytesIO()
    drawn.save(body, "PNG")
    answer = await add(client, bare, body.getvalue())

    greys = np.asarray(stored(settings, answer.json()["data"]["reference_images"][0]).convert("L"))
    assert (np.median(greys), greys.max()) == pytest.approx((100, 255), abs=10)
    assert greys.min() > 70  # what a JPEG leaves beside a line


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (picture(size=(1, 1)), "1 × 1 pixels"),
        (picture(size=(4000, 40)), "too narrow a strip"),
        (b"\x00\x00\x00\x24ftypheic" + bytes(40), "HEIC picture, as phones take them; save or share it as a JPEG"),
    ],
)
async def test_what_cannot_be_drawn_from_is_refused_by_what_it_is(
    client: httpx.AsyncClient, bare: Person, body: bytes, said: str
) -> None:
    answer = await add(client, bare, body)

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    assert said in answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not a picture",
        picture("GIF"),
        picture("BMP"),
        picture()[:-30],
        picture("JPEG")[:200],
        picture("WEBP")[:40],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        bomb(100, 100),
    ],
)
async def test_what_is_no_whole_picture_is_refused(
    client: httpx.AsyncClient, bare: Person, settings: Settings, body: bytes
) -> None:
    answer = await add(client, bare, body)

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    assert not settings.assets_folder.exists()


@pytest.mark.parametrize("size", [(8_000, 8_000), (65_000, 65_000)])
async def test_a_decompression_bomb_is_refused_by_its_header(
    client: httpx.AsyncClient, bare: Person, size: tuple[int, int]
) -> None:
    answer = await add(client, bare, bomb(*size))

    assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
    assert "pixels" in answer.json()["message"]


@pytest.mark.parametrize("extra", [1, 1024 * 1024])
async def test_a_picture_of_over_ten_mebibytes_is_too_large(
    client: httpx.AsyncClient, bare: Person, extra: int
) -> None:
    answer = await add(client, bare, picture() + b"\0" * (MAX_IMAGE_BYTES + extra))

    assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")


async def test_four_pictures_are_enough_and_the_same_one_again_is_no_fifth(
    client: httpx.AsyncClient, bare: Person
) -> None:
    colors = ["red", "green", "blue", "gold"]
    answers = await asyncio.gather(*(add(client, bare, picture(color=color)) for color in colors))
    assert [answer.status_code for answer in answers] == [201] * 4
    fifth = await add(client, bare, picture(color="pink"))
    assert (fifth.status_code, fifth.json()["code"]) == (422, "VALIDATION_ERROR")


async def test_the_same_picture_again_changes_nothing(client: httpx.AsyncClient, bare: Person) -> None:
    first, again = await add(client, bare, picture()), await add(client, bare, picture())

    assert again.status_code == 201
    pictures = [answer.json()["data"]["reference_images"] for answer in (first, again)]
    assert len(pictures[0]) == 1
    assert without_signatures(pictures[0]) == without_signatures(pictures[1])


async def test_a_picture_that_is_given_again_outlives_what_was_decided_of_it_before(
    client: httpx.AsyncClient, bare: Person, settings: Settings
) -> None:
    """A sweep or a request that is about to delete it comes to that when the character has it again."""
    store = Folder(settings.assets_folder)
    files = []
    for _ in range(2):
        (url,) = (await add(client, bare, picture())).json()["data"]["reference_images"]
        files.append(file_of(settings, url))
        path = f"/api/v1/characters/{bare.character_id}/reference-images/{files[0].stem[-12:]}"
        assert (await client.delete(path, headers=bare.headers)).status_code == 204
    key = files[0].relative_to(settings.assets_folder).as_posix()
    await store.delete([key])
    await store.delete_below(key)
    assert files[1].is_file()


async def test_the_same_picture_sent_twice_at_once_is_one_picture_and_what_is_too_much_goes(
    client: httpx.AsyncClient, bare: Person, settings: Settings, database_url: str
) -> None:
    answers = await asyncio.gather(*(add(client, bare, picture()) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [201, 201]
    await an_hour_passes(database_url, settings)
    shown = await client.get(f"/api/v1/characters/{bare.character_id}", headers=bare.headers)
    (url,) = shown.json()["data"]["reference_images"]
    assert list(settings.assets_folder.rglob("reference-*")) == [file_of(settings, url)]


async def test_a_picture_can_be_taken_away_and_stories_asked_for_with_it_keep_it(
    client: httpx.AsyncClient, bare: Person, settings: Settings
) -> None:
    (url,) = (await add(client, bare, picture())).json()["data"]["reference_images"]
    kept = file_of(settings, url)
    story = await client.post("/api/v1/stories", json=bare.story_request(), headers=bare.headers)
    path = f"/api/v1/characters/{bare.character_id}"
    digest = file_of(settings, url).stem[-12:]
    removed = await client.delete(f"{path}/reference-images/{digest}", headers=bare.headers)

    assert removed.status_code == 204
    assert (await client.get(path, headers=bare.headers)).json()["data"]["reference_images"] == []
    assert kept.exists()
    await client.delete(f"/api/v1/stories/{story.json()['data']['id']}", headers=bare.headers)
    assert not kept.exists()


async def test_with_its_character_a_picture_goes(client: httpx.AsyncClient, bare: Person, settings: Settings) -> None:
    (url,) = (await add(client, bare, picture())).json()["data"]["reference_images"]
    await client.delete(f"/api/v1/characters/{bare.character_id}", headers=bare.headers)

    assert not file_of(settings, url).exists()


async def test_nobody_gives_pictures_to_somebody_elses_character(
    client: httpx.AsyncClient, bare: Person, stranger: Person
) -> None:
    answer = await add(client, stranger, picture(), whose=bare)
    path = f"/api/v1/characters/{bare.character_id}/reference-images/0123456789ab"
    removed = await client.delete(path, headers=stranger.headers)

    assert (answer.status_code, answer.json()["code"]) == (404, "CHARACTER_NOT_FOUND")
    assert (removed.status_code, removed.json()["code"]) == (404, "CHARACTER_NOT_FOUND")


@pytest.mark.parametrize("form", [{"picture": picture()}, {}])
async def test_a_form_without_the_picture_says_so(
    client: httpx.AsyncClient, bare: Person, form: dict[str, bytes]
) -> None:
    path = f"/api/v1/characters/{bare.character_id}/reference-images"
    answer = await client.post(path, files=form, headers=bare.headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")


def photograph(size: tuple[int, int] = (2048, 1536)) -> Image.Image:
    """As hard to compress as one: soft shades, and the noise of a sensor over all of it."""
    across, down = np.meshgrid(np.linspace(0, 9, size[0]), np.linspace(0, 7, size[1]))
    shades = np.stack([120 + 90 * np.sin(across + turn) * np.cos(down - turn) for turn in (0.0, 1.1, 2.3)], axis=-1)
    noise = np.random.default_rng(7).normal(0, 6, shades.shape)
    return Image.fromarray(np.clip(shades + noise, 0, 255).astype("uint8"))


async def test_a_photo_takes_up_no_more_than_a_few_times_what_was_sent_and_looks_the_same(
    client: httpx.AsyncClient, bare: Person, settings: Settings
) -> None:
    sent, taken = BytesIO(), photograph()
    taken.save(sent, "WEBP", quality=80)
    answer = await add(client, bare, sent.getvalue())
    (url,) = answer.json()["data"]["reference_images"]
    assert url.partition("?")[0].endswith(".jpg")
    kept = file_of(settings, url).stat().st_size
    assert kept < 3 * len(sent.getvalue())
    seen, shown = np.asarray(stored(settings, url), float), np.asarray(Image.open(sent).convert("RGB"), float)
    assert np.abs(seen - shown).mean() < 3


async def test_pictures_end_at_so_many_megabytes_and_one_that_is_removed_makes_room(
    bare: Person, settings: Settings, database_url: str
) -> None:
    async with opened(settings.model_copy(update={"picture_megabytes_per_user": 1})) as client:
        one = await add(client, bare, picture("JPEG", (300, 300)))
        assert one.status_code == 201
        with psycopg.connect(database_url) as connection:
            connection.execute("UPDATE photo_consents SET bytes = 999900")
        full = await add(client, bare, picture("JPEG", (300, 300), "gold"))
        assert (full.status_code, full.json()["code"]) == (403, "QUOTA_EXCEEDED")
        assert "1.0 of the 1 MB" in full.json()["message"]
        assert "Remove some" in full.json()["message"]
        assert full.json()["data"] == {"keptBytes": 999_900, "mostBytes": 1_000_000}
        assert len(list(settings.assets_folder.rglob("reference-*"))) == 1
        name = one.json()["data"]["reference_images"][0].partition("?")[0].rpartition("-")[2][:12]
        path = f"/api/v1/characters/{bare.character_id}/reference-images/{name}"
        assert (await client.delete(path, headers=bare.headers)).status_code == 204
        assert (await add(client, bare, picture("JPEG", (300, 300), "gold"))).status_code == 201
        with psycopg.connect(database_url) as connection:
            ((kept,),) = connection.execute("SELECT sum(bytes)::int FROM photo_consents").fetchall()
        (file,) = settings.assets_folder.rglob("reference-*")
        assert kept == file.stat().st_size


async def test_a_picture_that_was_kept_as_png_is_still_removed(
    client: httpx.AsyncClient, bare: Person, settings: Settings, database_url: str
) -> None:
    key = f"characters/{bare.character_id}/reference-0123456789ab.png"
    file = settings.assets_folder / key
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(picture())
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE characters SET reference_images = %s", ([key],))
    path = f"/api/v1/characters/{bare.character_id}"
    assert (await client.delete(f"{path}/reference-images/0123456789ab", headers=bare.headers)).status_code == 204
    assert (await client.get(path, headers=bare.headers)).json()["data"]["reference_images"] == []
    assert not file.exists()
