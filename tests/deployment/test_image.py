"""The Dockerfile's inputs, as far as they can be checked without a container engine."""

from __future__ import annotations

import re
from pathlib import Path

import botocore

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


def test_the_base_image_is_an_exact_version_by_its_digest_and_there_is_no_other() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^ARG PYTHON=python:3\.12\.\d+-slim-\w+@sha256:[0-9a-f]{64}$", text, re.MULTILINE)
    bases = set(re.findall(r"^FROM (\S+)", text, re.MULTILINE))
    stages = set(re.findall(r" AS (\S+)$", text, re.MULTILINE))
    assert bases - stages == {"${PYTHON}"}


def test_our_packages_are_built_of_what_was_copied_and_not_taken_from_a_cache_of_earlier_code() -> None:
    syncs = re.findall(r"uv sync(.+?)(?<!\\)\n", (ROOT / "Dockerfile").read_text(), re.DOTALL)
    with_ours = [options for options in syncs if "--no-install-workspace" not in options]
    assert len(with_ours) == 2
    assert all("--reinstall-package storytailor" in options for options in with_ours)


def test_what_is_left_out_of_the_image_is_there_to_leave_out_and_read_by_nobody() -> None:
    """What the Dockerfile deletes, in the environment that the tests run in."""
    packages = Path(botocore.__file__).parent.parent
    assert list((packages / "dagster_webserver").rglob("*.map"))
    services = set(re.findall(r"! -name (\S+)", (ROOT / "Dockerfile").read_text()))
    assert {"s3", "ssm", "sts"} <= services <= {folder.name for folder in (packages / "botocore/data").iterdir()}


def test_no_layer_holds_a_second_copy_of_the_installed_files() -> None:
    assert "chown" not in (ROOT / "Dockerfile").read_text()
