"""OPTIONS, HEAD and `Allow` on every path of the OpenAPI document."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from storytailor.providers.object_store import Folder
from storytailor.settings import Settings
from tests.api.conftest import Person, signed_path
from tests.api.test_events import STORIES, Served, served, story_id, until_subscribed

__all__ = ["served", "story_id"]

FILE = "/assets/stories/x/cover-0123456789ab.png"


def paths(app: FastAPI) -> dict[str, set[str]]:
    """Each path, with ids in it that nothing has, and the methods the document gives it."""
    document: dict[str, Any] = app.openapi()["paths"]
    values = {"story_id": uuid4(), "character_id": uuid4(), "image": "0123456789ab", "token": "nobody-s"}
    return {path.format(**values): methods_at(path.format(**values), document) for path in document}


def methods_at(path: str, document: dict[str, Any]) -> set[str]:
    """What is answered there: of the path itself, and of one with a parameter that it fits as well."""
    fitting = (
        methods for template, methods in document.items() if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path)
    )
    return {method.upper() for methods in fitting for method in methods}


def allowed(answer: httpx.Response) -> set[str]:
    methods: list[str] = answer.headers["Allow"].split(", ")
    assert len(methods) == len(set(methods))
    return set(methods)


def whole(methods: set[str]) -> set[str]:
    return methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())


async def test_options_names_every_method_of_every_path(app: FastAPI, client: httpx.AsyncClient) -> None:
    for path, methods in paths(app).items():
        answer = await client.options(path)
        assert (answer.status_code, answer.content) == (204, b""), path
        assert allowed(answer) == whole(methods), path


async def test_a_wrong_method_is_told_every_method_of_the_path(app: FastAPI, client: httpx.AsyncClient) -> None:
    for path, methods in paths(app).items():
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE"} - whole(methods):
            answer = await client.request(method, path)
            assert answer.status_code == 405, (method, path)
            assert allowed(answer) == whole(methods), (method, path)


@pytest.mark.parametrize("path", [FILE, "/docs", "/docs/static/favicon.png", "/openapi.json"])
async def test_files_and_pages_can_be_got_and_nothing_else(client: httpx.AsyncClient, path: str) -> None:
    options, posted = await client.options(path), await client.post(path)

    assert (options.status_code, posted.status_code) == (204, 405)
    assert allowed(options) == allowed(posted) == {"GET", "HEAD", "OPTIONS"}


async def test_a_path_that_does_not_exist_has_no_methods(client: httpx.AsyncClient) -> None:
    options, head = await client.options("/nothing"), await client.head("/nothing")

    assert (options.status_code, head.status_code) == (404, 404)
    assert "Allow" not in options.headers


async def test_head_answers_as_get_does_without_a_body(
    app: FastAPI, client: httpx.AsyncClient, settings: Settings, maya: Person
) -> None:
    await Folder(settings.assets_folder).put(FILE.removeprefix("/assets/"), b"a picture")
    got = [path for path, methods in paths(app).items() if "GET" in methods]
    file = await signed_path(settings, FILE.removeprefix("/assets/"))
    assert (await client.get(file)).content == b"a picture"
    for path in [*got, FILE, file, "/docs", "/openapi.json"]:
        for headers in ({}, maya.headers):
            get, head = await client.get(path, headers=headers), await client.head(path, headers=headers)
            assert (head.status_code, head.content) == (get.status_code, b""), path
            assert head.headers["Content-Type"] == get.headers["Content-Type"], path
    assert (await client.head("/health")).status_code == 200


async def test_head_over_the_wire_leaves_the_connection_in_order(served: Served) -> None:
    for _ in range(3):
        head, get = await served.client.head("/health"), await served.client.get("/health")
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["Content-Length"]) == len(get.content)


async def test_head_of_a_stream_ends_at_once(served: Served, maya: Person, story_id: str) -> None:
    answer = await served.client.head(f"{STORIES}/{story_id}/events", headers=maya.headers)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    await until_subscribed(served, 0)


async def test_head_and_options_are_counted_under_their_own_names(client: httpx.AsyncClient, maya: Person) -> None:
    await client.head(f"{STORIES}/{uuid4()}", headers=maya.headers)
    metrics = (await client.get("/metrics")).text

    assert 'method="HEAD",route="/api/v1/stories/{story_id}",status="404"' in metrics
