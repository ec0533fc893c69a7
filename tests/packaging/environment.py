"""An environment that holds the wheel and its own dependencies, and nothing of any dependency group."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Environment:
    """A folder of packages, and how to run Python with that folder only."""

    packages: Path
    working_directory: Path

    def python(self, script: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a script with these settings and no others."""
        script = f"import sys; sys.path.insert(0, {str(self.packages)!r})\n{script}"
        return subprocess.run(
            (sys.executable, "-I", "-S", "-c", script),
            cwd=self.working_directory,
            env={"PATH": os.environ["PATH"], "HOME": str(self.working_directory), **settings},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def storytailor(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run the command line."""
        argv = ("storytailor", *arguments)
        return self.python(f"from storytailor_cli.app import app; sys.argv = {list(argv)!r}; app()", **settings)


def install(wheel: Path, folder: Path) -> Environment:
    """Unpack the wheel, and link the packages that it needs from this environment."""
    packages, working_directory = folder / "packages", folder / "empty"
    working_directory.mkdir()
    zipfile.ZipFile(wheel).extractall(packages)
    for name in runtime_dependencies():
        for source in _top_level(name):
            if not (packages / source.name).exists():
                (packages / source.name).symlink_to(source)
    return Environment(packages, working_directory)


def runtime_dependencies() -> set[str]:
    """The packages that the lock file says the product needs, itself and all groups left out."""
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    packages = {package["name"]: package for package in locked}
    found: set[tuple[str, str | None]] = set()
    open_ends: list[tuple[str, str | None]] = [("storytailor", None)]
    while open_ends:
        name, extra = open_ends.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        package = packages[name]
        needs = package.get("optional-dependencies", {}).get(extra, ()) if extra else package.get("dependencies", ())
        for need in needs:
            open_ends += [(need["name"], each) for each in (None, *need.get("extra", ()))]
    return {name for name, _ in found} - {"storytailor"}


def _top_level(name: str) -> Iterator[Path]:
    """What a package has put into this environment; nothing if it is one for other platforms."""
    try:
        package = distribution(name)
    except PackageNotFoundError:
        return
    site_packages = Path(str(package.locate_file("")))
    yield from (site_packages / top for top in {file.parts[0] for file in package.files or ()} - {"..", "__pycache__"})
