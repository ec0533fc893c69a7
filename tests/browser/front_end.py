"""A front end on a port of its own: static files, and the browser's build of supabase-js."""

from __future__ import annotations

import contextlib
import functools
import http.server
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlencode

from playwright.async_api import Page

from tests.browser.chromium import started_chromium
from tests.realtime.node import MODULES, find_node, install

PAGE = Path(__file__).with_name("page")
SUPABASE_JS = MODULES / "@supabase" / "supabase-js" / "dist" / "umd" / "supabase.js"


class _Files(http.server.SimpleHTTPRequestHandler):
    def translate_path(self, path: str) -> str:
        return str(SUPABASE_JS) if path == "/supabase.js" else super().translate_path(path)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextlib.contextmanager
def served_front_end() -> Iterator[str]:
    """The front end; its origin."""
    install(find_node())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=str(PAGE)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.asynccontextmanager
async def opened_page(origin: str, api: str) -> AsyncIterator[Page]:
    """The page in a browser, calling this API."""
    async with started_chromium() as browser:
        page = await browser.new_page()
        await page.goto(f"{origin}/index.html?{urlencode({'api': api})}")
        await page.wait_for_selector("body[data-ready]", state="attached")
        yield page
