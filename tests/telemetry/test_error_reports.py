"""Errors that nobody expected reach Sentry, by its own library and over HTTP, and no word of a family's does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.telemetry.receivers import receiving_errors

NAME = "Xanthippezz"
PROGRAM = f"""
import asyncio, logging, httpx
from api.app import create_app
from storytailor.errors import TransientError
from storytailor.withheld import withhold

app = create_app()

@app.post("/breaks")
async def breaks(body: dict[str, str]) -> None:
    name = body["name"]
    try:
        {{}}[name]
    except KeyError as error:
        raise ValueError(f"no page of {{name}} is there") from error

@app.post("/expected")
async def expected() -> None:
    raise TransientError("{NAME} is busy.")

async def ask():
    transport = httpx.ASGITransport(app)
    headers = {{"X-Request-ID": "req-7", "Authorization": "Bearer {NAME}"}}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        assert (await client.post("/expected")).status_code == 503
        assert (await client.post("/breaks?q={NAME}", json={{"name": "{NAME}"}})).status_code == 500

asyncio.run(ask())
logging.getLogger("storytailor").error("The provider does not know %s.", "{NAME}")
"""
IMPORTS = """
import sys
import api.app, storytailor.providers.openai
from storytailor import error_reports, tracing
from storytailor.settings import Settings
tracing.configure(Settings(), "test")
error_reports.configure(Settings(), "test")
with tracing.span("a step"):
    assert tracing.traceparent() is None
costly = ("opentelemetry.sdk", "opentelemetry.exporter", "requests", "sentry_sdk")  # FastAPI imports the API by itself
print([name for name in sys.modules if name.startswith(costly)])
"""


def ran(program: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**environment, **settings},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


def test_an_unexpected_error_is_sent_by_its_kind_and_place_without_the_child_s_name_wherever_it_stood(
    tmp_path: Path,
) -> None:
    with receiving_errors() as sentry:
        settings = {
            "SENTRY_DSN": sentry.dsn,
            "SENTRY_ENVIRONMENT": "staging",
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
            "JWT_SECRET": "a-secret-of-the-tests-only-and-long-enough-for-hs256",
            "ASSETS_DIR": str(tmp_path / "assets"),
        }
        ran(PROGRAM, tmp_path, **settings)
    (event,) = sentry.events
    assert [value["type"] for value in event["exception"]["values"]] == ["KeyError", "ValueError"]
    where = event["exception"]["values"][-1]["stacktrace"]["frames"][-1]
    assert where["function"] == "breaks"
    assert event["tags"] == {"service": "storytailor-api", "request": "req-7"}
    assert event["environment"] == "staging"
    assert NAME.lower() not in "".join(sentry.raw).lower()


def test_where_neither_is_set_neither_library_is_imported(tmp_path: Path) -> None:
    assert ran(IMPORTS, tmp_path).stdout.strip() == "[]"
