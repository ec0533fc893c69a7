"""The page at `/`: what browsers let it do, who is the demo user, and that it has words for all there is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from emulator.testing import Emulator
from storytailor.catalog import ALL_ASSETS, SCENES
from storytailor.db.demo import DEMO_USER, seed_demo
from storytailor.errors import RequestError
from storytailor.photo_consent import WORDING
from storytailor.safety.traits import TRAITS
from storytailor.settings import Settings
from storytailor.story import StoryType
from tests.api.conftest import Person, opened

WEB = Path(__file__).parents[2] / "api" / "web"
WORDS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (WEB / "i18n").glob("*.json")}
HERE = {"Host": "127.0.0.1:8000"}


def keys_of(words: dict[str, Any], above: str = "") -> set[str]:
    """Every key down to the words, `one` and `other` as one."""
    if "other" in words and "one" in words:
        return {above}
    return {
        key
        for name, part in words.items()
        for key in (keys_of(part, f"{above}.{name}") if isinstance(part, dict) else {f"{above}.{name}"})
    }


async def test_the_page_may_load_from_here_and_the_store_alone_and_runs_nothing_inline(settings: Settings) -> None:
    bucket = {"assets_bucket": "books", "assets_base_url": "https://books.s3.example", "ask_at_start": False}
    keys = {
        "aws_access_key_id": SecretStr("id"),
        "aws_secret_access_key": SecretStr("secret"),
        "aws_region": "eu-central-1",
    }
    async with opened(settings.model_copy(update=bucket | keys)) as client:
        page = await client.get("/")
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["img-src"].split()[0] == "'self'"
    assert len(policy["img-src"].split()) == 3, "the store and blobs beside it"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page.text)


async def test_every_file_the_page_names_is_there_and_kept_by_browsers_only_as_long_as_it_is_the_newest(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/")).text
    named = re.findall(r"(?:href|src)=\"((?:web|docs)[^\"]*)\"", page)
    assert len(named) > 10
    for name in [*named, "sw.js", "web/i18n/de.json", "web/views/watch.js"]:
        answer = await client.get(f"/{name}")
        assert answer.status_code == 200, name
        if name != "docs":
            assert answer.headers["Cache-Control"] == "no-cache"
            again = await client.get(f"/{name}", headers={"If-None-Match": answer.headers["ETag"]})
            assert again.status_code in (200, 304)


async def test_on_the_machine_of_the_local_stack_the_page_is_the_demo_user(
    settings: Settings, database_url: str
) -> None:
    seed_demo(database_url)
    async with opened(settings.model_copy(update={"demo_login": True})) as client:
        assert (await client.get("/sign-in", headers=HERE)).json()["demo"] is True
        token = (await client.post("/sign-in/demo", headers=HERE)).json()["token"]
        me = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["data"]["id"] == str(DEMO_USER)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},  # a name that leads to this machine
        {"Host": "127.0.0.1:8000", "Sec-Fetch-Site": "cross-site"},
        {"Host": "localhost:8000", "Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_page_of_another_site_gets_no_demo_token(settings: Settings, headers: dict[str, str]) -> None:
    async with opened(settings.model_copy(update={"demo_login": True})) as client:
        assert (await client.get("/sign-in", headers=headers)).json()["demo"] is False
        refused = await client.post("/sign-in/demo", headers=headers)
    assert (refused.status_code, "token" in refused.text) == (404, False)


async def test_a_deployment_has_no_demo_user_and_names_its_login(settings: Settings) -> None:
    login = {"supabase_url": "https://abcd.supabase.co", "supabase_anon_key": "sb_publishable_x"}
    async with opened(settings) as client:
        assert (await client.get("/sign-in", headers=HERE)).json()["demo"] is False
        assert (await client.post("/sign-in/demo", headers=HERE)).status_code == 404
    async with opened(settings.model_copy(update=login)) as client:
        ways = (await client.get("/sign-in", headers=HERE)).json()
        policy = (await client.get("/")).headers["Content-Security-Policy"]
    assert ways["supabase"] == {"url": "https://abcd.supabase.co", "key": "sb_publishable_x"}
    assert "https://abcd.supabase.co" in policy.partition("connect-src")[2].partition(";")[0]


async def test_the_options_are_what_requests_are_held_to(settings: Settings, maya: Person) -> None:
    voices = {"voices": frozenset({"b-voice", "a-voice"}), "elevenlabs_api_key": SecretStr("x")}
    async with opened(settings.model_copy(update=voices)) as client:
        options = (await client.get("/api/v1/options", headers=maya.headers)).json()["data"]
        for voice in options["voices"]:
            asked = maya.story_request(voice_id=voice["id"], language=options["languages"][-1])
            answer = await client.post("/api/v1/stories/estimate", json=asked, headers=maya.headers)
            assert answer.status_code == 200
    assert options["voices"] == [{"id": "a-voice", "name": None}, {"id": "b-voice", "name": None}]
    assert options["story_types"] == list(StoryType)
    assert [trait["id"] for trait in options["traits"]] == list(TRAITS)
    assert options["photo_consent"]["wording"] == WORDING == WORDS["en"]["character"]["consent"]


async def test_voices_are_offered_by_the_names_the_account_has_for_them(
    settings: Settings, maya: Person, emulator: Emulator, emulator_url: str
) -> None:
    speaking = {"elevenlabs_base_url": f"{emulator_url}/elevenlabs", "elevenlabs_api_key": SecretStr("x")}
    alice = "Xb7hH8MSUJpSbSDYk0k2"
    async with opened(settings.model_copy(update=speaking | {"voices": frozenset({alice, "unlisted"})})) as client:
        for _ in range(2):
            options = (await client.get("/api/v1/options", headers=maya.headers)).json()["data"]
            assert options["voices"] == [{"id": alice, "name": "Alice"}, {"id": "unlisted", "name": None}]
    assert len(emulator.calls(provider="elevenlabs")) == 1, "and are asked for once"


def test_the_page_has_the_same_words_in_each_of_its_languages() -> None:
    assert set(WORDS) == {"en", "de", "es", "fr"}
    english = keys_of(WORDS["en"])
    for words in WORDS.values():
        assert keys_of(words) == english
    for key, words in (("title", "make"), ("QUOTA_EXCEEDED", "errors")):
        assert len({language[words][key] for language in WORDS.values()}) == 4


def test_the_page_has_words_for_every_trait_kind_asset_and_error() -> None:
    words = WORDS["en"]
    assert set(words["traits"]) == set(TRAITS)
    assert set(words["categories"]) == {trait.category for trait in TRAITS.values()}
    assert set(words["types"]) == set(StoryType)
    assert set(words["assets"]) == {*ALL_ASSETS, "scene"} - set(SCENES)
    assert codes_below(RequestError) - {"", "URL_ENDED"} <= set(
        words["errors"]
    )  # an ended URL is no answer to a request


def codes_below(error: type[RequestError]) -> set[str]:
    """The codes of all refusals."""
    own = {code} if isinstance(code := getattr(error, "code", None), str) else set()
    return own.union(*(codes_below(kind) for kind in error.__subclasses__()))


def test_every_key_the_page_asks_for_has_words() -> None:
    known = keys_of(WORDS["en"])
    asked = {
        key for path in WEB.rglob("*.js") for key in re.findall(r"\bt\('([\w.]+)'", path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 100
    assert {f".{key}" for key in asked} - known == set()
