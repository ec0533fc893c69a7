"""The repository's Markdown as the tests read it."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE_SUFFIXES = {".py", ".sql", ".toml", ".yml", ".yaml", ".jinja", ".mjs", ".css", ".lock"}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")


@cache
def files() -> tuple[Path, ...]:
    """Every file of the repository that is not ignored, relative to its root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = (Path(name) for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def pages() -> list[str]:
    """Every Markdown file, by its path."""
    return [path.as_posix() for path in files() if path.suffix == ".md"]


def prose(page: str) -> str:
    """A page without its code blocks."""
    return FENCE.sub("", (ROOT / page).read_text())


def blocks(page: str, language: str) -> list[str]:
    """A page's code blocks in one language."""
    return [text for name, text in FENCE.findall((ROOT / page).read_text()) if name == language]


def spans(page: str) -> list[str]:
    """What stands in backquotes in a page's prose; a line may end within it."""
    paragraphs = re.split(r"\n\s*\n", prose(page))
    return [" ".join(span.split()) for paragraph in paragraphs for span in SPAN.findall(paragraph)]


def links(page: str) -> list[str]:
    """Where a page's links lead, within the repository."""
    targets = (target.partition("#")[0] for target in LINK.findall(prose(page)))
    return [target for target in targets if target and not re.match(r"[a-z]+:", target)]


@cache
def directories() -> frozenset[str]:
    """The names of the directories at the root."""
    return frozenset(path.parts[0] for path in files() if len(path.parts) > 1)


@cache
def packages() -> dict[str, Path]:
    """Where each of our Python packages is: the product's at the root, the others below `packages/`."""
    inits = (path.parent for path in files() if path.name == "__init__.py")
    found = [path for path in inits if len(path.parts) == (3 if path.parts[0] == "packages" else 1)]
    return {path.name: path for path in found}


@cache
def words_of_the_source() -> frozenset[str]:
    """Every identifier in the source, whatever it names."""
    source = [path for path in files() if path.suffix in SOURCE_SUFFIXES or path.name == ".env.example"]
    texts = ((ROOT / path).read_text() for path in source)
    return frozenset(word for text in texts for word in re.findall(r"\w+", text))
