"""The documentation pages, and the OpenAPI document that is committed."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from api.openapi import openapi_json

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


class References(HTMLParser):
    """What a page loads: every `src` and `href`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.urls += [value or "" for name, value in attrs if name in ("src", "href")]


def references(page: str) -> list[str]:
    """What the page loads, without what a page for browsers without scripts links to."""
    return References(page.partition("<noscript>")[0] + page.partition("</noscript>")[2]).urls


@pytest.mark.parametrize(("page", "least"), [("/docs", 3), ("/redoc", 2)])
async def test_a_documentation_page_loads_nothing_from_another_host(
    client: httpx.AsyncClient, page: str, least: int
) -> None:
    answer = await client.get(page)
    assert answer.status_code == 200

    loaded = references(answer.text)
    assert len(loaded) >= least
    for url in loaded:
        assert not urlsplit(url).netloc, url
        assert (await client.get(url)).status_code == 200, url
    assert "/openapi.json" in answer.text
    assert "https://" not in answer.text
    policy = answer.headers["content-security-policy"]  # what its scripts would load is held back by the browser
    assert "default-src 'self'" in policy
    assert "http" not in policy


async def test_a_documentation_page_below_a_proxys_path_stays_below_it(client: httpx.AsyncClient) -> None:
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    below = httpx.ASGITransport(transport.app, root_path="/books")
    async with httpx.AsyncClient(transport=below, base_url="http://api") as proxied:
        answer = await proxied.get("/books/docs")
    assert all(url.startswith("/books/docs/static/") for url in references(answer.text))
    assert "'/books/openapi.json'" in answer.text


def test_the_committed_document_is_current() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == openapi_json(), (
        "write it anew: python -m api.openapi > docs/openapi.json"
    )
