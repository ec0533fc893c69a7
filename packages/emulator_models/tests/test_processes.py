"""The process that pictures are drawn in."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

KILLED_WHILE_DRAWING = """
import asyncio, os, signal
from emulator_models.answers import PictureOrder
from emulator_models.local_models import LocalModels

async def main():
    models = LocalModels()
    await models.picture(PictureOrder("A fox", (64, 64), "png", (), frozenset(), 100))
    drawing = asyncio.create_task(models.picture(PictureOrder("A fox", (2048, 2048), "png", (), frozenset(), 100)))
    await asyncio.sleep(0.05)
    print(*models._illustrator._processes, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED_WHILE_DRAWING, encoding="utf-8")
    ended = subprocess.run([sys.executable, script], stdout=subprocess.PIPE, text=True, timeout=120, check=False)
    assert ended.returncode == -9
    (process,) = (int(word) for word in ended.stdout.split())
    for _ in range(600):
        if not is_running(process):
            return
        time.sleep(0.1)
    os.kill(process, 9)
    raise AssertionError("the process that draws outlived the one that asked it to")
