from __future__ import annotations

import httpx
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from tests.api.conftest import Person, SettingsFor, client_of

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def scrape(client: httpx.AsyncClient) -> Samples:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def requests(method: str, route: str, status: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    return "storytailor_http_requests_total", (("method", method), ("route", route), ("status", status))


async def test_requests_are_counted_by_route_and_status_never_by_path(client: httpx.AsyncClient, maya: Person) -> None:
    created = await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
    for _ in range(2):
        await client.get(f"/api/v1/stories/{created.json()['data']['id']}", headers=maya.headers)
    await client.get("/api/v1/me")
    await client.get("/nowhere")
    await client.get("/assets/stories/nothing.png")
    await client.request("BREW", "/coffee")
    samples = await scrape(client)

    assert samples[requests("GET", "/api/v1/stories/{story_id}", "200")] == 2
    assert samples[requests("GET", "/api/v1/me", "401")] == 1
    assert samples[requests("GET", "none", "404")] == 1
    assert samples[requests("GET", "/assets", "403")] == 1
    assert samples["storytailor_stories_created_total", (("assets", "all"),)] == 1
    labels = (("method", "GET"), ("route", "/api/v1/stories/{story_id}"))
    assert samples["storytailor_http_answer_seconds_count", labels] == 2
    assert not any("BREW" in str(labels) or created.json()["data"]["id"] in str(labels) for _, labels in samples)


async def test_the_queue_is_told_as_it_is(client: httpx.AsyncClient, maya: Person) -> None:
    before = await scrape(client)
    await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
    after = await scrape(client)

    assert before["storytailor_jobs", (("state", "waiting"),)] == 0
    assert after["storytailor_jobs", (("state", "waiting"),)] == 11
    assert after["storytailor_jobs", (("state", "generating"),)] == 0
    assert 0 <= after["storytailor_queue_oldest_seconds", ()] < 10
    assert after["storytailor_sse_watchers", ()] == 0
    assert after["storytailor_database_up", ()] == 1


async def test_a_database_that_is_down_is_a_number_too(settings_for: SettingsFor) -> None:
    app = create_app(settings_for("postgresql://nobody@127.0.0.1:1/nothing"))
    async with app.router.lifespan_context(app), client_of(app) as client:
        samples = await scrape(client)

    assert samples["storytailor_database_up", ()] == 0
    assert ("storytailor_jobs", (("state", "waiting"),)) not in samples
