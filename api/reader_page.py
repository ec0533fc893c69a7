"""The reader's page at `/`: static files, and how a visitor comes in.

It asks no host but this one, where stored objects lie, and Supabase where its login is set.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.dependencies import state_of
from api.errors import FrameworkError, error_response
from api.rates import address_of
from storytailor.db.demo import DEMO_USER
from storytailor.settings import Settings
from storytailor.tokens import mint

FILES = Path(__file__).with_name("web")
STATIC = "/web"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
DEMO_HOURS = 12.0
KEPT_AND_ASKED_AFTER = "no-cache"
"""Browsers keep the files and ask each time whether they are still the newest: there are no versions in their names."""
COMPRESSED_FROM = 400
"""Bytes."""


def install_reader_page(app: FastAPI, settings: Settings) -> None:
    """Serve the page at `/`, its files below `/web`, and what it asks before anybody has signed in."""

    @app.get("/", include_in_schema=False)
    async def reader_page(request: Request) -> FileResponse:
        return await _page_file(request, settings, "index.html")

    @app.get("/sw.js", include_in_schema=False)
    async def service_worker(request: Request) -> FileResponse:
        """Not below `/web`: a service worker serves the paths below its own."""
        return await _page_file(request, settings, "sw.js")

    @app.get("/sign-in", include_in_schema=False)
    async def ways_in(request: Request) -> JSONResponse:
        return JSONResponse(_ways_in(request, settings))

    @app.post("/sign-in/demo", include_in_schema=False)
    async def demo_token(request: Request) -> Response:
        if not _may_be_the_demo_user(request, settings):
            return error_response(FrameworkError(404, "There is no demo user to be here."))
        assert settings.jwt_secret is not None
        secret = settings.jwt_secret.get_secret_value()
        return JSONResponse({"token": mint(DEMO_USER, secret, hours=DEMO_HOURS, issuer=settings.jwt_issuer)})

    app.mount(STATIC, GZipMiddleware(PageFiles(), minimum_size=COMPRESSED_FROM))


class PageFiles(StaticFiles):
    """The page's scripts, styles, letters and words."""

    def __init__(self) -> None:
        super().__init__(directory=FILES)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, to be kept by browsers and asked after."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = KEPT_AND_ASKED_AFTER
        return response


async def _page_file(request: Request, settings: Settings, name: str) -> FileResponse:
    headers = {
        "Content-Security-Policy": content_security_policy(await _origins(request, settings)),
        "Cache-Control": KEPT_AND_ASKED_AFTER,
        "X-Robots-Tag": "noindex",  # what a shared link shows is for those who were sent it
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    return FileResponse(FILES / name, headers=headers)


async def _origins(request: Request, settings: Settings) -> _Origins:
    """Where stored objects are read, and where the login is."""
    state = state_of(request.app)
    urls = [(await urls.current())("stories/x/cover-0.png") for urls in (state.urls, state.shared_urls)]
    private = (await state.urls.current())("characters/x/reference-0.jpg")
    objects = sorted({_origin(url) for url in (*urls, private)})
    return _Origins(objects, [_origin(settings.supabase_url)] if settings.supabase_url else [])


class _Origins:
    """Origins beside the page's own: of stored objects, and of the login."""

    def __init__(self, objects: list[str], login: list[str]) -> None:
        self.objects = " ".join(["'self'", *objects])
        self.asked = " ".join(["'self'", *objects, *login])


def content_security_policy(origins: _Origins) -> str:
    """Scripts, styles and letters from here alone, none of them inline; nothing is made of text but text."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            f"img-src {origins.objects} blob:",
            f"media-src {origins.objects} blob:",
            f"connect-src {origins.asked}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types service-worker",
        )
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _ways_in(request: Request, settings: Settings) -> dict[str, object]:
    supabase = {"url": settings.supabase_url, "key": settings.supabase_anon_key}
    return {
        "demo": _may_be_the_demo_user(request, settings),
        "supabase": supabase if all(supabase.values()) else None,
        "assets": settings.assets_url if settings.assets_bucket is None else None,
    }


def _may_be_the_demo_user(request: Request, settings: Settings) -> bool:
    """Whether this is a page of ours on the machine that runs the local stack.

    The name it was asked by is looked at too: a page of another site, whose name leads here, is no page of ours.
    """
    from_here = address_of(request) is None and request.url.hostname in LOOPBACK_NAMES
    by_our_page = request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    return settings.demo_login and settings.jwt_secret is not None and from_here and by_our_page
