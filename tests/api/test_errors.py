from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from api.app import create_app
from tests.api.conftest import Person, SettingsFor, client_of

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def check_envelope(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json().keys() == {"success", "error", "code", "message", "data"}
    assert answer.json()["success"] is False
    assert answer.json()["error"]
    assert answer.json()["message"]


@pytest.mark.parametrize("path", ["/nothing", "/api/v1", "/api/v1/nothing", "/api/v1/stories/"])
async def test_an_unknown_path_is_answered_in_the_envelope(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    check_envelope(answer, 404, "NOT_FOUND")
    assert path in answer.json()["message"]


async def test_a_url_of_a_file_that_opens_nothing_says_where_to_get_one_that_does(client: httpx.AsyncClient) -> None:
    answer = await client.get("/assets/stories/x/none.png")

    check_envelope(answer, 403, "URL_ENDED")
    assert "GET /api/v1/stories/{id}" in answer.json()["message"]


async def test_a_wrong_method_is_answered_in_the_envelope(client: httpx.AsyncClient) -> None:
    answer = await client.put("/api/v1/stories")

    check_envelope(answer, 405, "METHOD_NOT_ALLOWED")
    assert "allow" in answer.headers


async def test_a_path_that_is_no_id_says_so(client: httpx.AsyncClient, maya: Person) -> None:
    answer = await client.get("/api/v1/stories/first", headers=maya.headers)

    check_envelope(answer, 422, "VALIDATION_ERROR")
    assert answer.json()["data"][0]["where"] == "path.story_id"


async def test_a_body_announced_as_huge_is_refused_before_it_is_sent(client: httpx.AsyncClient, maya: Person) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        sent += 1
        yield b"x"

    headers = maya.headers | {"Content-Length": str(1024 * 1024 + 1)}
    answer = await client.post("/api/v1/stories", content=body(), headers=headers)

    check_envelope(answer, 413, "PAYLOAD_TOO_LARGE")
    assert sent == 0


async def test_a_huge_body_in_chunks_is_not_read_to_its_end(client: httpx.AsyncClient, maya: Person) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b" " * 64 * 1024

    headers = maya.headers | {"Content-Type": "application/json"}
    answer = await client.post("/api/v1/stories", content=body(), headers=headers)

    check_envelope(answer, 413, "PAYLOAD_TOO_LARGE")
    assert sent <= 18


async def test_a_body_of_a_mebibyte_is_read(client: httpx.AsyncClient, maya: Person) -> None:
    headers = maya.headers | {"Content-Type": "application/json"}
    answer = await client.post("/api/v1/stories", content=b" " * 1024 * 1024, headers=headers)

    check_envelope(answer, 422, "VALIDATION_ERROR")


async def test_a_fault_of_ours_is_logged_by_its_id_and_told_without_detail(
    app: FastAPI, client: httpx.AsyncClient, database_url: str, maya: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE users RENAME TO people")
    with caplog.at_level(logging.ERROR, "storytailor.api"):
        answer = await client.get("/api/v1/me", headers=maya.headers | {"X-Request-ID": "try-17"})

    check_envelope(answer, 500, "INTERNAL_ERROR")
    assert answer.headers["X-Request-ID"] == "try-17"
    assert "users" not in answer.text
    assert "try-17" in caplog.text
    assert "UndefinedTable" in caplog.text


async def test_every_answer_carries_a_request_id(client: httpx.AsyncClient) -> None:
    first, second = (
        await client.get("/health"),
        await client.get("/nothing", headers={"X-Request-ID": "a b\tc"}),
    )

    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]
    assert len(second.headers["X-Request-ID"]) == 32


async def test_a_database_that_is_down_is_said_with_when_to_come_back(settings_for: SettingsFor) -> None:
    app = create_app(settings_for(NOWHERE))
    headers = Person(uuid4(), uuid4()).headers
    async with app.router.lifespan_context(app), client_of(app) as client:
        answer = await client.get("/api/v1/me", headers=headers, timeout=30)

    check_envelope(answer, 503, "SERVICE_UNAVAILABLE")
    assert int(answer.headers["Retry-After"]) > 0
    assert "nobody" not in answer.text
