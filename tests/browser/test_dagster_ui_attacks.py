"""Attacks on an operator's browser, in a real Chromium at Dagster's real UI: a title in Markdown, and foreign pages."""

from __future__ import annotations

import asyncio
import functools
import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dagster as dg
import httpx
import pytest
from playwright.async_api import Page, Response

from storytailor_cli.local_stack.network import free_port
from tests.browser.chromium import started_chromium

LOGIN = ("operator", "correct horse battery")
COMMAND = 'mutation{setConcurrencyLimit(concurrencyKey:"taken",limit:1)}'
PAGE = "<!doctype html><title>evil</title><body>evil"
SUBSCRIBED = """() => new Promise((done, fail) => {
    const socket = new WebSocket(location.origin.replace('http', 'ws') + '/graphql', 'graphql-ws')
    socket.onopen = () => socket.send('{"type": "connection_init"}')
    socket.onmessage = (message) => done(JSON.parse(message.data).type)
    socket.onerror = () => fail(new Error('no socket'))
})"""
FOREIGN = """async ([url, command]) => {
    const got = {}
    const attempt = async (name, work) => { try { got[name] = await work() } catch (error) { got[name] = 'refused' } }
    const json = JSON.stringify({query: command})
    const byUrl = url + '/graphql?query=' + encodeURIComponent(command)
    const send = async (address, how) => { await fetch(address, how); return 'sent' }
    const asJson = {method: 'POST', headers: {'Content-Type': 'application/json'}, body: json}
    await attempt('get', () => send(byUrl, {mode: 'no-cors'}))
    await attempt('post', () => send(url + '/graphql', {method: 'POST', mode: 'no-cors', body: json}))
    await attempt('json', () => send(url + '/graphql', asJson))
    await attempt('socket', () => new Promise((done, fail) => {
        const socket = new WebSocket(url.replace('http', 'ws') + '/graphql', 'graphql-ws')
        socket.onopen = () => done('open')
        socket.onerror = fail
    }))
    for (const kind of ['img', 'iframe', 'script']) {
        const element = document.createElement(kind)
        const address = kind === 'iframe' ? url + '/runs' : byUrl
        got[kind] = await new Promise((done) => {
            element.onload = () => done('loaded'); element.onerror = () => done('refused')
            element.src = address
            document.body.append(element)
        })
    }
    const form = document.createElement('form')
    const frame = document.createElement('iframe')
    frame.name = 'there'
    document.body.append(form, frame)
    form.method = 'POST'; form.target = 'there'; form.enctype = 'text/plain'
    form.action = byUrl
    form.submit()
    await new Promise((done) => setTimeout(done, 500))
    return got
}"""


@dataclass(frozen=True)
class Ui:
    """Dagster's UI behind its gate, and the instance that it shows."""

    url: str
    instance: dg.DagsterInstance

    def taken(self) -> bool:
        """Whether the command was carried out."""
        return "taken" in self.instance.event_log_storage.get_concurrency_keys()


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    home = tmp_path_factory.mktemp("dagster")
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\nnux: {enabled: false}\n")
    (home / "workspace.yaml").write_text("load_from: []\n")
    port = free_port()
    environment = {**os.environ, "DAGSTER_HOME": str(home), "DAGSTER_LOGIN": ":".join(LOGIN)}
    command = (
        sys.executable,
        "-m",
        "storytailor_dagster.webserver",
        str(home / "workspace.yaml"),
        "127.0.0.1",
        str(port),
    )
    with (
        (home / "log").open("wb") as log,
        dg.DagsterInstance.from_config(str(home)) as instance,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=home) as process,
    ):
        try:
            wait_for(f"http://127.0.0.1:{port}/gate/health", home / "log")
            yield Ui(f"http://127.0.0.1:{port}", instance)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def wait_for(url: str, log: Path) -> None:
    for _ in range(300):
        try:
            assert httpx.get(url).json() == {"status": "ok"}
            return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(log.read_text())


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """A foreign server: its origin, and the paths that it was asked for."""
    asked: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE.encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=functools.partial(server.serve_forever, poll_interval=0.05))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


async def logged_in(browser: Any) -> Page:
    """A page of an operator who has logged in."""
    credentials = {"username": LOGIN[0], "password": LOGIN[1]}
    # Dagster's page stays empty in a browser whose language is `C`
    context = await browser.new_context(http_credentials=credentials, locale="en-US")
    page: Page = await context.new_page()
    return page


async def test_a_title_in_markdown_gives_no_command_and_shows_no_remote_picture(
    ui: Ui, elsewhere: tuple[str, list[str]]
) -> None:
    origin, asked = elsewhere
    address = "/graphql?query=" + quote(COMMAND)
    title = f"![]({address}) ![]({origin}/track.png) [go]({address})"
    # as an older version wrote it, or somebody's asset of tomorrow: ours write no word of a family's (test_metadata.py)
    metadata = {"preview": dg.MetadataValue.md(title)}
    ui.instance.report_runless_asset_event(dg.AssetMaterialization("content", metadata=metadata))
    answers: list[Response] = []
    async with started_chromium() as browser:
        page = await logged_in(browser)
        page.on("response", lambda answer: answers.append(answer))
        await page.goto(f"{ui.url}/assets/content?view=events")
        link = page.get_by_role("link", name="go")
        await link.wait_for()
        await asyncio.sleep(1)
        commands = [answer.status for answer in answers if "query=mutation" in answer.url]
        assert commands, "the picture was asked for, as ever"
        assert set(commands) == {405}
        assert not asked, "and nothing of another host"
        href = await link.get_attribute("href")
        assert href is not None
        answer = await page.goto(ui.url + href if href.startswith("/") else href)
        assert answer is not None
        assert answer.status == 405
        assert not ui.taken()


async def test_a_foreign_page_neither_commands_nor_reads_nor_embeds_the_ui_of_an_operator_who_is_logged_in(
    ui: Ui, elsewhere: tuple[str, list[str]]
) -> None:
    origin, _ = elsewhere
    async with started_chromium() as browser:
        page = await logged_in(browser)
        await page.goto(ui.url)
        assert await page.evaluate(SUBSCRIBED) == "connection_ack"  # its own page has its live updates
        foreign = await page.context.new_page()
        statuses: list[int] = []
        foreign.on("response", lambda answer: statuses.append(answer.status) if answer.url.startswith(ui.url) else None)
        for address in (origin, origin.replace("127.0.0.1", "localhost")):
            await foreign.goto(address)
            got = await foreign.evaluate(FOREIGN, [ui.url, COMMAND])
            assert got["json"] == got["socket"] == got["img"] == got["script"] == "refused", got
            frames = [frame for frame in foreign.frames[1:] if frame.url.startswith(ui.url)]
            for frame in frames:
                assert "A page of another origin" in await frame.content()
        assert statuses
        assert set(statuses) <= {403, 405, 415}, statuses
    assert not ui.taken()


def test_the_same_command_works_where_it_is_the_operators_and_nowhere_without_the_login(ui: Ui) -> None:
    with httpx.Client(base_url=ui.url) as stranger:
        assert stranger.get("/").status_code == 401
        assert stranger.get("/").headers["www-authenticate"].startswith("Basic ")
        assert stranger.get("/graphql", params={"query": "{version}"}).status_code == 401
        assert stranger.post("/graphql", json={"query": COMMAND}).status_code == 401
        assert stranger.get("/", auth=(LOGIN[0], "wrong horse battery")).status_code == 401
    assert not ui.taken()
    with httpx.Client(base_url=ui.url, auth=LOGIN) as operator:
        page = operator.get("/")
        assert page.headers["x-frame-options"] == "DENY"
        policies = ", ".join(page.headers.get_list("content-security-policy"))
        assert "script-src 'nonce-" in policies
        assert "frame-ancestors 'none'" in policies
        assert operator.get("/", headers={"Host": "evil.example:3000"}).status_code == 421
        assert operator.get("/graphql", params={"query": "{version}"}).json()["data"]["version"]
        assert operator.get("/graphql", params={"query": COMMAND}).status_code == 405
        assert not ui.taken()
        assert operator.post("/graphql", json={"query": COMMAND}).json() == {"data": {"setConcurrencyLimit": True}}
    assert ui.taken()
