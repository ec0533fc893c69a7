"""The only worker is killed in the middle of its stories: they move again within seconds, and nothing is paid twice."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from typing import Any

import httpx
import psutil

from storytailor.db.demo import DEMO_USER
from storytailor_cli.local_stack.leftovers import stack_processes
from tests.end_to_end.conftest import BOOK_TIMEOUT, Machine

MAYA = "00000000-0000-4000-8000-000000000101"
STORIES = 2


def test_the_stories_of_a_killed_worker_end_ready_and_what_was_finished_is_not_made_again(
    stack: subprocess.Popen[bytes], machine: Machine
) -> None:
    token = machine.run("token", "--user", str(DEMO_USER)).stdout.splitlines()[-1]
    emulator = f"http://127.0.0.1:{machine.environment['EMULATOR_PORT']}/_emulator"
    base_url = f"http://127.0.0.1:{machine.environment['API_PORT']}/api/v1"
    with httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as api:
        httpx.delete(f"{emulator}/log", timeout=30).raise_for_status()
        httpx.post(f"{emulator}/config", json={"latency": 0.15}, timeout=30).raise_for_status()
        request = {"character_ids": [MAYA], "story_type": "bedtime", "themes": ["courage"], "generateAssets": True}
        ids = [api.post("/stories", json=request).raise_for_status().json()["data"]["id"] for _ in range(STORIES)]

        def assets(story_id: str) -> dict[str, Any]:
            while not (answer := api.get(f"/stories/{story_id}")).is_success:
                assert answer.status_code in (429, 503), answer.text  # a busy machine
                time.sleep(1)
            found: dict[str, Any] = answer.json()["data"]["asset_generation_status"]
            return found

        def wait_until(what: str, is_so: Any) -> float:
            began = time.monotonic()
            while not is_so():
                assert time.monotonic() - began < BOOK_TIMEOUT, f"{what}: {[assets(story) for story in ids]}"
                time.sleep(0.1)
            return time.monotonic() - began

        def states(name: str) -> set[str]:
            return {assets(story)["assets"][name]["status"] for story in ids}

        wait_until("content and palette ready", lambda: states("palette") == {"ready"})
        wait_until("the cover under way", lambda: states("cover") == {"generating"})
        killed = [process for process in stack_processes(machine.state) if is_worker(process)]
        for process in killed:
            process.kill()
        seconds = wait_until("the covers queued again", lambda: states("cover") == {"pending"})
        print(f"queued again after {seconds:.1f} s")
        print(f"made again {wait_until('made again', lambda: 'generating' in states('cover')):.1f} s later")
        wait_until("ready", lambda: {assets(story)["overall"] for story in ids} == {"ready"})
        log = httpx.get(f"{emulator}/log", timeout=30).raise_for_status().json()
    calls = Counter(call["schema"] for call in log)
    assert (calls["StoryContent"], calls["PaletteJourney"]) == (STORIES, STORIES), calls


def is_worker(process: psutil.Process) -> bool:
    """Whether it is the Celery worker."""
    try:
        return any("run_worker" in word for word in process.cmdline())
    except psutil.Error:
        return False
