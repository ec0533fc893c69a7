"""Where nobody is known by default: a token, or Supabase's login; what was under way goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from playwright.sync_api import Page, expect

from emulator.testing import serving
from storytailor.db.demo import DEMO_USER
from tests.api.conftest import create_person, token
from tests.databases import Databases
from tests.web.books import lantern
from tests.web.conftest import House, Visiting, opened_house

OF_ANOTHER_HOUSE = token(DEMO_USER).rpartition(".")[0] + "." + "A" * 43
"""Signed by somebody else: this page cannot know, and the API refuses it."""
SHORT = 32
"""Seconds: the page renews a token half a minute before its end."""


@pytest.fixture(scope="module")
def house(
    databases: Databases, postgres: str, emulator_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    with opened_house(databases, postgres, emulator_url, tmp_path_factory.mktemp("assets"), demo_login=False) as house:
        yield house


class Supabase:
    """What Supabase's login answers, and what it was asked for."""

    def __init__(self) -> None:
        self.grants: list[str] = []
        self.app = FastAPI()
        self.app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
        self.app.post("/auth/v1/token")(self.answer)

    async def answer(self, grant_type: str, request: Request) -> JSONResponse:
        assert request.headers["apikey"] == "sb_publishable_x"
        given = await request.json()
        self.grants.append(grant_type)
        if grant_type == "password" and given != {"email": "ada@example.org", "password": "a moon"}:
            return JSONResponse({"error_code": "invalid_credentials"}, status_code=400)
        if grant_type == "refresh_token":
            assert given == {"refresh_token": "r1"}
        return JSONResponse(
            {"access_token": token(DEMO_USER, exp=time.time() + SHORT), "refresh_token": f"r{len(self.grants) - 1}"}
        )


def sign_in(page: Page, text: str) -> None:
    dialog = page.get_by_role("dialog", name="Sign in")
    dialog.get_by_label("Token").fill(text)
    dialog.get_by_role("button", name="Sign in").click()


def test_a_deployments_page_asks_for_a_token_keeps_it_with_the_tab_and_forgets_it(
    house: House, visiting: Visiting
) -> None:
    story = house.shelf.put(lantern())
    page = visiting().page
    page.goto(f"{house.url}/#/read/{story}")
    sign_in(page, "a token")
    expect(page.get_by_role("alert")).to_have_text("This is no token.")
    sign_in(page, token(DEMO_USER))
    expect(page.get_by_role("heading", name="The Lantern").first).to_be_visible()  # where one wanted to be
    page.reload()
    expect(page.get_by_role("heading", name="The Lantern").first).to_be_visible()
    page.get_by_role("link", name="To my books").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("dialog", name="Sign in")).to_be_visible()
    assert page.evaluate("caches.has('storytailor-books')") is False
    assert page.evaluate("() => Object.values({...localStorage, ...sessionStorage}).join().includes('eyJ')") is False


def test_a_token_that_is_refused_in_the_middle_is_asked_for_again_and_nothing_is_lost(
    house: House, visiting: Visiting
) -> None:
    page = visiting(expected="401").page
    page.goto(f"{house.url}/#/new")
    sign_in(page, token(DEMO_USER))
    page.get_by_label("Title").fill("Ada and the Sea")
    page.get_by_role("button", name="courage").click()
    page.wait_for_timeout(700)
    page.evaluate(
        "(other) => sessionStorage.setItem('storytailor.session', JSON.stringify({kind: 'token', token: other}))",
        OF_ANOTHER_HOUSE,
    )
    page.reload()
    sign_in(page, token(DEMO_USER))
    expect(page.get_by_label("Title")).to_have_value("Ada and the Sea")
    page.get_by_role("button", name="Make this book").click()
    expect(page.get_by_role("progressbar", name="The whole book")).to_be_visible()


def test_supabases_users_sign_in_with_e_mail_and_password_and_stay_signed_in(
    databases: Databases, postgres: str, emulator_url: str, tmp_path: Path, visiting: Visiting
) -> None:
    supabase = Supabase()
    with (
        serving(supabase.app) as login,
        opened_house(
            databases,
            postgres,
            emulator_url,
            tmp_path,
            demo_login=False,
            supabase_url=login,
            supabase_anon_key="sb_publishable_x",
        ) as house,
    ):
        visit = visiting(expected="400", base_url=house.url, besides=login)
        page = visit.page
        page.goto(house.url)
        dialog = page.get_by_role("dialog", name="Sign in")
        dialog.get_by_label("E-mail").fill("ada@example.org")
        for password in ("a sun", "a moon"):
            dialog.get_by_label("Password").fill(password)
            dialog.get_by_role("button", name="Sign in").click()
            if password == "a sun":
                expect(dialog.get_by_role("alert")).to_have_text("E-mail or password is wrong.")
        expect(page.get_by_role("heading", name="My books")).to_be_visible()
        time.sleep(SHORT - 29)
        page.reload()
        expect(page.get_by_role("heading", name="My books")).to_be_visible()
        page.close()
    assert supabase.grants == ["password", "password", "refresh_token"]


def test_who_has_no_story_left_is_told_so_with_the_way_out(house: House, visiting: Visiting) -> None:
    poor = create_person(house.shelf.database_url, tier="free")
    with httpx.Client(base_url=house.url, headers=poor.headers) as client:
        for _ in range(2):
            client.post("/api/v1/stories", json=poor.story_request()).raise_for_status()
    page = visiting(expected="Failed to load resource").page  # nor is there her picture
    page.goto(f"{house.url}/#/new")
    sign_in(page, token(poor.id))
    expect(page.get_by_text("You can have 0 more stories made.")).to_be_visible()
    page.get_by_role("button", name="courage").click()
    page.get_by_role("button", name="Make this book").click()
    expect(page.get_by_role("alert")).to_have_text(
        "You have had 2 of 2 stories made. For more, choose another plan or buy a pack of five."
    )
