"""A Chromium for tests that are no coroutines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium


@contextmanager
def started_browser() -> Iterator[Browser]:
    """A browser without a window that plays sound unasked, for as long as the block lasts."""
    chromium = find_chromium()
    arguments = [*ARGUMENTS, "--autoplay-policy=no-user-gesture-required"]
    environment: dict[str, str | float | bool] = {**os.environ, **chromium.environment}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path, args=arguments, env=environment)
        yield browser
        browser.close()
