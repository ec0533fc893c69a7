"""The Dockerfile's inputs, as far as they can be checked without a container engine."""

from __future__ import annotations

import re

from tests.deployment.compose import ROOT


def copied() -> set[str]:
    """What the Dockerfile copies out of the repository."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    return {source for line in lines for source in line.split()[:-1]}


def test_the_build_context_is_what_the_dockerfile_copies_and_nothing_else() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule.removeprefix("!") for rule in rules if rule.startswith("!")} == copied()


def test_everything_that_is_copied_is_in_the_repository_and_no_test_is_among_it() -> None:
    assert [name for name in copied() if not (ROOT / name).exists()] == []
    assert "tests" not in copied()
    assert "packages/*/tests" in (ROOT / ".dockerignore").read_text().splitlines()
