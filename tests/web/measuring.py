"""How soon, how heavy and how quick the page is, as the browser itself tells."""

from __future__ import annotations

from playwright.sync_api import Page, expect

LOADED = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .filter((entry) => !/\\/(assets|api)\\//.test(entry.name))
  .map((entry) => entry.transferSize)"""
TELL = """() => {
  window.slow = []
  const tell = (list) => slow.push(...list.getEntries().map((entry) => entry.duration))
  new PerformanceObserver(tell).observe({type: 'event', durationThreshold: 16})
}"""


def first_paint_ms(page: Page) -> float:
    """From the request until something of the page is seen."""
    painted: float = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    return painted


def weight_kb(page: Page) -> float:
    """What the page itself has loaded, letters included; without pictures, voices and what the API answered."""
    page.evaluate("() => document.fonts.ready.then(() => 0)")
    return float(sum(page.evaluate(LOADED))) / 1000


def show_all(page: Page) -> int:
    """Scroll until the whole shelf is there; how many books stand on it."""
    while page.get_by_role("button", name="Show more").count():
        page.keyboard.press("End")
        page.wait_for_timeout(50)
    return page.locator(".on-shelf").count()


def slowest_interaction_ms(page: Page, title: str) -> float:
    """Use the shelf by mouse and keyboard: from an event to the frame that shows what it did, the slowest."""
    page.evaluate(TELL)
    page.keyboard.press("Home")
    page.get_by_role("button", name=f"Share, download and more: {title}", exact=True).first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    for _ in range(10):
        page.keyboard.press("Tab")
    page.get_by_role("link", name="New story").first.click()
    page.get_by_role("heading", name="A new story").wait_for()
    return float(max(page.evaluate("slow"), default=0))
