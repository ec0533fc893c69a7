"""What is asked for is fit for a children's book, or it is refused and costs nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from emulator.testing import Emulator
from tests.api.conftest import Person


@pytest.fixture
def broken_moderation(emulator: Emulator) -> Emulator:
    emulator.behave(faults=[{"route": "moderations", "kind": 500, "times": 99}])
    return emulator


async def used(client: httpx.AsyncClient, maya: Person) -> Any:
    return (await client.get("/api/v1/me", headers=maya.headers)).json()["data"]["storiesUsed"]


@pytest.mark.parametrize("where", ["title", "themes"])
async def test_unfit_words_are_refused_and_nothing_is_debited(
    client: httpx.AsyncClient, maya: Person, where: str
) -> None:
    words = "how to kill yourself"
    request = maya.story_request(**{where: [words] if where == "themes" else words})
    answer = await client.post("/api/v1/stories", json=request, headers=maya.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "CONTENT_REJECTED")
    assert answer.json()["data"]["categories"]
    assert await used(client, maya) == 0


async def test_a_dragon_may_fight_and_a_child_may_be_scared(client: httpx.AsyncClient, maya: Person) -> None:
    request = maya.story_request(title="The Knight Who Fought a Dragon in the Storm", themes=["being scared"])
    answer = await client.post("/api/v1/stories", json=request, headers=maya.headers)
    assert answer.status_code == 201


async def test_a_key_that_moderation_refuses_is_not_told_as_a_matter_of_waiting(
    client: httpx.AsyncClient, maya: Person, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.behave(faults=[{"route": "moderations", "kind": 401, "times": 99}])
    answer = await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert "put right on our side" in answer.json()["message"]
    assert "Try again" not in answer.json()["message"]
    assert "check OPENAI_API_KEY" in caplog.text  # for the operator
    assert await used(client, maya) == 0


async def test_what_cannot_be_checked_is_not_let_in(
    client: httpx.AsyncClient, maya: Person, broken_moderation: Emulator
) -> None:
    answer = await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["Retry-After"]
    assert await used(client, maya) == 0
