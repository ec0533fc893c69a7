"""What a process logs, as an operator reads it."""

from __future__ import annotations

import json
import subprocess
import sys

SCRIPT = """
import logging, sys
from storytailor.logs import about, configure
configure(sys.argv[1])
log = logging.getLogger("storytailor.leases")
logging.getLogger("httpx").info("called")
log.debug("nothing")
with about(story="s1"), about(asset="cover"):
    log.warning("lost %d", 1)
try:
    raise ValueError("broken")
except ValueError:
    log.exception("a bug")
"""


def logged(log_format: str) -> list[str]:
    command = [sys.executable, "-c", SCRIPT, log_format]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stderr.splitlines()


def test_as_json_each_line_is_an_object_that_names_the_story() -> None:
    lost, bug = [json.loads(line) for line in logged("json")]
    assert lost.pop("time").startswith("20")
    assert lost == {
        "level": "WARNING",
        "logger": "storytailor.leases",
        "message": "lost 1",
        "story": "s1",
        "asset": "cover",
    }
    assert "ValueError: broken" in bug["exception"]
    assert "story" not in bug


def test_as_text_a_line_says_when_how_grave_and_of_which_story() -> None:
    first = logged("text")[0]
    assert first.endswith(" WARNING storytailor.leases: lost 1 (story=s1, asset=cover)")
    assert first.startswith("20")
