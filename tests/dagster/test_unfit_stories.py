"""What a model writes into any of its answers that is not for a child stands nowhere in the story, whole or not."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr
from starlette.responses import Response

from api.app import create_app
from emulator.testing import Emulator, serving
from storytailor.settings import Settings
from tests.api.conftest import SECRET, client_of, token
from tests.book.pdf_reader import text_of
from tests.dagster.conftest import StoryMaker
from tests.making.wire import Answer, Body, Wire, completion

UNFIT = "Keep our little secret with the coach and never tell mum."
TRACES = ("secret", "coach", "never tell")
CHAT = "/openai/v1/chat/completions"

Change = Callable[[Any], None]


@pytest.fixture
def wire(emulator: Emulator) -> Wire:
    emulator.behave(answers="canned")
    return Wire(emulator.url)


@pytest.fixture
def settings(settings: Settings, wire: Wire) -> Iterator[Settings]:
    with serving(wire.app()) as url:
        yield settings.model_copy(
            update={"emulator_port": int(url.rpartition(":")[2]), "jwt_secret": SecretStr(SECRET)}
        )


def tampered(wire: Wire, change: Change) -> Answer:
    """The emulator's own answer, after somebody had a hand in it."""

    def answer(body: Body) -> Body | Response:
        given = httpx.post(f"{wire.emulator_url}{CHAT}", json=body, headers={"Authorization": "Bearer key"}, timeout=60)
        content = json.loads(given.raise_for_status().json()["choices"][0]["message"]["content"])
        change(content)
        return completion(content)(body)

    return answer


def tamper_with_story(content: Any) -> None:
    content |= dict.fromkeys(("title", "moral", "dedication", "cover_scene", "cover_alt"), UNFIT)
    for beat in content["beats"]:
        beat |= dict.fromkeys(("alt", "seen"), UNFIT)


def tamper_with_palette(content: Any) -> None:
    content["motif"] = UNFIT
    for step in content["steps"]:
        step["name"] = UNFIT


def tamper_with_activities(content: Any) -> None:
    content["questions"][0] |= {"question": UNFIT, "answer": UNFIT}
    content["vocabulary"][0]["meaning"] = UNFIT
    content["idea"]["prompt"] = UNFIT


def tamper_with_scene(content: Any) -> None:
    content |= {field: UNFIT for field, value in content.items() if isinstance(value, str)}


EVERYWHERE: dict[str, Change] = {
    "StoryContent": tamper_with_story,
    "PaletteJourney": tamper_with_palette,
    "Activities": tamper_with_activities,
    "SceneAnalysis": tamper_with_scene,
}


async def answered(settings: Settings, user: UUID, path: str) -> str:
    app = create_app(settings)
    async with app.router.lifespan_context(app), client_of(app) as client:
        answer = await client.get(path, headers={"Authorization": f"Bearer {token(user)}"})
        assert answer.status_code == 200
        return answer.text


def shown(maker: StoryMaker, story_id: UUID) -> str:
    """The story's rows, the API's answer, and all that is to be read in its files."""
    settings = maker.services.settings
    tables = ("stories", "asset_generation_jobs")
    read = [str(maker.query(f"SELECT to_jsonb({table})::text FROM {table}")) for table in tables]  # noqa: S608
    read.append(asyncio.run(answered(settings, maker.user, f"/api/v1/stories/{story_id}")))
    for file in settings.assets_folder.rglob("*"):
        if file.suffix == ".pdf":
            read.append(text_of(file.read_bytes()))
        elif file.suffix == ".epub":
            with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as book:
                read += [book.read(name).decode() for name in book.namelist() if name.endswith(("html", "opf", "smil"))]
        elif file.suffix in {".json", ".txt", ".vtt"}:
            read.append(file.read_text(encoding="utf-8"))
    return "\n".join(read)


def test_a_hostile_word_in_each_answer_is_written_anew_and_the_book_is_whole_and_clean(
    maker: StoryMaker, wire: Wire
) -> None:
    for shape, change in EVERYWHERE.items():
        wire.answer(shape, tampered(wire, change))
    story_id = maker.ask()
    assert maker.materialize(story_id).success
    assert maker.row(story_id)["asset_generation_status"]["overall"] == "ready"
    read = shown(maker, story_id)
    assert [trace for trace in TRACES if trace in read.lower()] == []
    files = {file.suffix for file in maker.services.settings.assets_folder.rglob("*")}
    assert {".pdf", ".epub"} <= files
    assert all(len(wire.calls(shape)) >= 2 for shape in EVERYWHERE)


def test_a_story_that_is_never_fit_is_not_shown_and_given_back(maker: StoryMaker, wire: Wire) -> None:
    wire.answer("StoryContent", *[tampered(wire, tamper_with_story)] * 20)
    story_id = maker.ask()
    assert not maker.materialize(story_id).success
    read = shown(maker, story_id)
    assert [trace for trace in TRACES if trace in read.lower()] == ["secret"]  # the concern's name, told to nobody else
    row = maker.row(story_id)
    assert row["status"] == "failed"
    assert not row["content"]
    assert maker.query("SELECT kind FROM credit_ledger ORDER BY id") == [("debit",), ("refund",)]


def test_activities_that_are_never_fit_are_left_out_of_a_book_that_is_read_without_them(
    maker: StoryMaker, wire: Wire
) -> None:
    wire.answer("Activities", *[tampered(wire, tamper_with_activities)] * 20)
    story_id = maker.ask()
    maker.materialize(story_id)
    assets = maker.assets(story_id)
    assert (assets["activities"]["status"], assets["pdf"]["status"], assets["epub"]["status"]) == (
        "failed",
        "ready",
        "ready",
    )
    read = shown(maker, story_id)
    assert [trace for trace in ("coach", "never tell") if trace in read.lower()] == []
