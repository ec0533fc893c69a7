"""What an operator does in Dagster's UI, by the GraphQL that the UI sends; what family and provider see of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from storytailor.db.demo import DEMO_USER
from tests.end_to_end.conftest import Machine

T = TypeVar("T")
REPOSITORY = {"repositoryLocationName": "storytailor", "repositoryName": "__repository__"}
LAUNCH = """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
BACKFILL = """mutation($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) {
    __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
TERMINATE = """mutation($run: String!, $policy: TerminateRunPolicy) {
    terminateRun(runId: $run, terminatePolicy: $policy) { __typename } }"""
CANCEL_BACKFILL = "mutation($id: String!) { cancelPartitionBackfill(backfillId: $id) { __typename } }"
BACKFILL_STATE = """query($id: String!) { partitionBackfillOrError(backfillId: $id) {
    ... on PartitionBackfill { status } } }"""
RUNS = """query($filter: RunsFilter) { runsOrError(filter: $filter) {
    ... on Runs { results { runId status tags { key value } assetSelection { path } } } } }"""


class Operator:
    """Somebody at Dagster's UI, with a family's client and the emulator's log beside it."""

    def __init__(self, machine: Machine) -> None:
        ports = machine.environment
        self._graphql = httpx.Client(base_url=f"http://127.0.0.1:{ports['DAGSTER_PORT']}", timeout=30)
        self._emulator = httpx.Client(base_url=f"http://127.0.0.1:{ports['EMULATOR_PORT']}/_emulator", timeout=30)
        token = machine.run("token", "--user", str(DEMO_USER)).stdout.splitlines()[-1]
        self.api = httpx.Client(
            base_url=f"http://127.0.0.1:{ports['API_PORT']}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    def close(self) -> None:
        for client in (self._graphql, self._emulator, self.api):
            client.close()

    def behave(self, **config: Any) -> None:
        self._emulator.post("/config", json=config).raise_for_status()

    def calls(self) -> int:
        """How many calls the providers have received."""
        return len(self._emulator.get("/log").raise_for_status().json())

    def ask(self, **wish: Any) -> str:
        """Ask for a story as the demo family; its id."""
        character = self.api.get("/characters").json()["data"]["items"][0]["id"]
        body = {"character_ids": [character], "story_type": "bedtime", "themes": ["courage"], **wish}
        answer = self.api.post("/stories", json=body)
        assert answer.status_code == 201, answer.text
        story_id: str = answer.json()["data"]["id"]
        return story_id

    def story(self, story_id: str) -> dict[str, Any]:
        row: dict[str, Any] = self.api.get(f"/stories/{story_id}").json()["data"]
        return row

    def states(self, story_id: str) -> dict[str, str]:
        assets = self.story(story_id)["asset_generation_status"]["assets"]
        return {name: asset["status"] for name, asset in assets.items()}

    def query(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = self._graphql.post("/graphql", json={"query": query, "variables": variables}).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    def runs(self, story_id: str) -> list[dict[str, Any]]:
        """The story's runs, newest first."""
        wanted = {"tags": [{"key": "dagster/partition", "value": story_id}]}
        results: list[dict[str, Any]] = self.query(RUNS, filter=wanted)["runsOrError"]["results"]
        return results

    def materialize(self, story_id: str, *assets: str) -> str:
        """The button "Materialize" for one partition of these assets; the run's id."""
        selector = {**REPOSITORY, "pipelineName": "__ASSET_JOB", "assetSelection": [{"path": [a]} for a in assets]}
        tags = [{"key": "dagster/partition", "value": story_id}]
        params = {"mode": "default", "selector": selector, "executionMetadata": {"tags": tags}, "runConfigData": "{}"}
        launched = self.query(LAUNCH, params=params)["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        run_id: str = launched["run"]["runId"]
        return run_id

    def backfill(self, story_ids: list[str], *assets: str) -> str:
        """The button "Materialize" for several partitions; the backfill's id."""
        params = {"assetSelection": [{"path": [a]} for a in assets], "partitionNames": story_ids}
        launched = self.query(BACKFILL, params=params)["launchPartitionBackfill"]
        assert launched["__typename"] == "LaunchBackfillSuccess", launched
        backfill_id: str = launched["backfillId"]
        return backfill_id

    def backfill_state(self, backfill_id: str) -> str:
        state: str = self.query(BACKFILL_STATE, id=backfill_id)["partitionBackfillOrError"]["status"]
        return state

    def cancel_backfill(self, backfill_id: str) -> None:
        assert self.query(CANCEL_BACKFILL, id=backfill_id)["cancelPartitionBackfill"]["__typename"].endswith("Success")

    def terminate(self, run_id: str, policy: str = "SAFE_TERMINATE") -> None:
        """The button "Terminate"; `MARK_AS_CANCELED_IMMEDIATELY` is its box "Force termination immediately"."""
        answer = self.query(TERMINATE, run=run_id, policy=policy)["terminateRun"]
        assert answer == {"__typename": "TerminateRunSuccess"}


def eventually(look: Callable[[], T], *, within: float = 60.0) -> T:
    """The first true answer."""
    deadline = time.monotonic() + within
    while not (answer := look()):
        assert time.monotonic() < deadline, f"still {answer!r} after {within:g} s"
        time.sleep(0.25)
    return answer
