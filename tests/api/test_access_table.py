"""Who gets what: every route, asked for one person's things by that person, another tenant, and nobody."""

from __future__ import annotations

import io
import time
from typing import Any
from uuid import UUID

import httpx
import psycopg
from fastapi import FastAPI
from PIL import Image

from api.app import create_app
from tests.api.conftest import Person, SettingsFor, client_of, create_person, finish, token
from tests.report_tables import ReportTable

CALLERS = ("no token", "expired token", "other tenant", "owner")  # in this order: the owner's call may delete
Access = tuple[int, int, int, int]
OWN: Access = (401, 401, 404, 200)
MAKING: Access = (401, 401, 404, 201)
GONE: Access = (401, 401, 404, 204)
EACH_THEIR_OWN: Access = (401, 401, 200, 200)
ANYBODYS: Access = (200, 200, 200, 200)

ACCESS: dict[str, Access] = {
    "POST /api/v1/stories": MAKING,
    "POST /api/v1/stories/estimate": OWN,
    "GET /api/v1/stories": EACH_THEIR_OWN,
    "GET /api/v1/stories/{story_id}": OWN,
    "DELETE /api/v1/stories/{story_id}": GONE,
    "GET /api/v1/stories/{story_id}/events": OWN,
    "POST /api/v1/stories/{story_id}/assets/regenerate": (401, 401, 404, 202),
    "POST /api/v1/stories/{story_id}/cancel": OWN,
    "POST /api/v1/stories/{story_id}/share": MAKING,
    "DELETE /api/v1/stories/{story_id}/share": GONE,
    "GET /api/v1/shared/{token}": ANYBODYS,
    "GET /api/v1/characters": EACH_THEIR_OWN,
    "POST /api/v1/characters": MAKING,
    "GET /api/v1/characters/{character_id}": OWN,
    "PATCH /api/v1/characters/{character_id}": OWN,
    "DELETE /api/v1/characters/{character_id}": GONE,
    "POST /api/v1/characters/{character_id}/reference-images": MAKING,
    "DELETE /api/v1/characters/{character_id}/reference-images/{image}": GONE,
    "GET /api/v1/libraries": EACH_THEIR_OWN,
    "GET /api/v1/options": EACH_THEIR_OWN,
    "GET /api/v1/me": EACH_THEIR_OWN,
    "POST /api/v1/me/webhook-secret": (401, 401, 201, 201),
    "GET /api/v1/me/webhook-secret": EACH_THEIR_OWN,
    "DELETE /api/v1/me/webhook-secret": (401, 401, 204, 204),
    "GET /api/v1/me/export": EACH_THEIR_OWN,
    "GET /health": ANYBODYS,
    "GET /ready": ANYBODYS,
    "GET /metrics": ANYBODYS,
    "DELETE /api/v1/me": (401, 401, 204, 204),  # last: the other tenant deletes themselves
}
"""Each route, and the status it answers each of CALLERS with."""


def test_the_table_has_a_row_for_every_route(app: FastAPI) -> None:
    assert ACCESS.keys() == {
        f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods
    }


async def test_everybody_gets_what_is_theirs_and_nothing_else(
    app: FastAPI, database_url: str, report_table: ReportTable
) -> None:
    answers = await ask_everything(app, database_url)
    report_table("who gets what", drawn(answers))
    assert answers == ACCESS


async def test_a_process_that_can_only_act_for_users_serves_every_route(
    settings_for: SettingsFor, database_url: str, login_of_the_apis_role: str
) -> None:
    """So an API may be given a login of its own, which reaches nothing of anybody without a user's name."""
    assert await ask_everything(create_app(settings_for(login_of_the_apis_role)), database_url) == ACCESS


async def ask_everything(app: FastAPI, database_url: str) -> dict[str, Access]:
    """What each route answers each caller; sees to it that nobody but the owner changes or is told anything."""
    async with app.router.lifespan_context(app), client_of(app) as client:
        other = create_person(database_url, tier="individual")
        await made_story(client, other, database_url)
        return {route: await ask(client, route, other, database_url) for route in ACCESS}


async def ask(client: httpx.AsyncClient, route: str, other: Person, database_url: str) -> Access:
    """What the route answers each caller when asked for the things of a new owner."""
    owner = create_person(database_url, tier="individual")
    story_id = await made_story(client, owner, database_url)
    method, _, path = route.partition(" ")
    link = ""
    if "{token}" in path:
        shared = await client.post(f"/api/v1/stories/{story_id}/share", headers=owner.headers)
        link = shared.json()["data"]["url"].rpartition("/")[2]
    path = path.format(story_id=story_id, character_id=owner.character_id, image="0123456789ab", token=link)
    before = everything_of(database_url, owner.id)
    statuses = []
    for caller in CALLERS:
        if caller == "owner":
            assert everything_of(database_url, owner.id) == before, route
        headers = {
            "no token": {},
            "expired token": {"Authorization": f"Bearer {token(owner.id, exp=time.time() - 60)}"},
            "other tenant": other.headers,
            "owner": owner.headers,
        }[caller]
        answer = await client.request(method, path, headers=headers, **body_for(route, owner))
        statuses.append(answer.status_code)
        if caller != "owner" and answer.status_code < 300:
            assert not [thing for thing in before if thing in answer.text], (route, caller)
    first, second, third, fourth = statuses
    return first, second, third, fourth


async def made_story(client: httpx.AsyncClient, person: Person, database_url: str) -> str:
    """A story that is over, so that its events end and its assets can be made again."""
    answer = await client.post("/api/v1/stories", json=person.story_request(), headers=person.headers)
    story_id: str = answer.json()["data"]["id"]
    finish(database_url, story_id)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE asset_generation_jobs SET status = 'ready' WHERE story_id = %s", (story_id,))
    return story_id


def body_for(route: str, owner: Person) -> dict[str, Any]:
    """What is sent: always something that would be of the owner's, and right if the owner sent it."""
    match route.removeprefix("POST /api/v1/").removeprefix("PATCH /api/v1/"):
        case "stories" | "stories/estimate":
            return {"json": owner.story_request()}
        case "stories/{story_id}/assets/regenerate":
            return {"json": {"assetTypes": ["activities"]}}
        case "characters":
            return {"json": {"name": "Theo", "library_id": str(owner.library_id)}}
        case "characters/{character_id}":
            return {"json": {"name": "Mallory"}}
        case "characters/{character_id}/reference-images":
            picture = io.BytesIO()
            Image.new("RGB", (64, 64), "teal").save(picture, "PNG")
            return {"files": {"image": ("maya.png", picture.getvalue(), "image/png")}, "data": {"consent": "true"}}
        case _:
            return {}


def everything_of(database_url: str, user_id: UUID) -> dict[str, str]:
    """The person's things by their ids, as they stand in the database."""
    with psycopg.connect(database_url) as connection:
        return dict(
            connection.execute(
                """SELECT id::text, users::text FROM users WHERE id = %(user)s
                   UNION ALL SELECT id::text, libraries::text FROM libraries WHERE owner_user_id = %(user)s
                   UNION ALL SELECT id::text, characters::text FROM characters WHERE owner_user_id = %(user)s
                   UNION ALL SELECT id::text, stories::text FROM stories WHERE creator_user_id = %(user)s
                   UNION ALL SELECT job.id::text, job::text FROM asset_generation_jobs AS job
                             JOIN stories ON stories.id = story_id WHERE creator_user_id = %(user)s""",
                {"user": user_id},
            ).fetchall()
        )


def drawn(answers: dict[str, Access]) -> str:
    """The table: a line a route; what is not as expected is marked."""
    width = max(map(len, answers))
    lines = [" " * width + "".join(f"{caller:>15}" for caller in CALLERS)]
    for route, statuses in answers.items():
        marked = [
            str(status) if status == expected else f"{status} (not {expected})"
            for status, expected in zip(statuses, ACCESS[route], strict=True)
        ]
        lines.append(route.ljust(width) + "".join(f"{status:>15}" for status in marked))
    return "\n".join(lines)
