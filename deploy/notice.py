"""Write NOTICE anew, from what the packages in the product's image say of themselves: `python deploy/notice.py`.

A package that states no licence stops it, unless it is in EXCEPTIONS with the reason why it may ship all the same.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
IMAGE = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "python_full_version": "3.12.14"}
IMAGE |= {"python_version": "3.12", "implementation_name": "cpython", "platform_python_implementation": "CPython"}
EXPORT = (
    "--quiet",
    "--frozen",
    "--no-default-groups",
    "--no-emit-workspace",
    "--no-hashes",
    "--no-header",
    "--no-annotate",
)

EXCEPTIONS: dict[str, str] = {}
"""Packages that state no licence, with what is known instead."""

PREAMBLE = """\
Storytailor
Licensed under the Apache License, Version 2.0; see LICENSE.

What the product's image contains beside it, with the licence that each states. The texts are in the image, in each
package's folder `*.dist-info`. Written by `python deploy/notice.py`.

Typefaces, in storytailor/book/fonts and api/web/fonts, with their licences beside them:
Andika, Caprasimo and Noto (SIL Open Font License 1.1), DejaVu Sans (Bitstream Vera and Arev licences).
The image's base, python:slim on Debian, has its licences in /usr/share/doc.

Python packages:
"""


class NoLicenceError(Exception):
    """A package of the image states no licence, or is not installed here to be asked."""


def shipped() -> list[str]:
    """The packages that uv.lock puts into the product's image, by their canonical names."""
    done = subprocess.run(
        [Path(sys.executable).with_name("uv"), "export", *EXPORT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = [Requirement(line) for line in done.stdout.splitlines() if line.strip()]
    return sorted(canonicalize_name(each.name) for each in found if each.marker is None or each.marker.evaluate(IMAGE))


def licence_of(package: str) -> str:
    """What the package says: an SPDX expression, else its classifiers, else the first line of its own words."""
    try:
        said = metadata(package)
    except PackageNotFoundError as missing:
        raise NoLicenceError(f"{package} is not installed here: run `make .venv/.everything`.") from missing
    classifiers = [
        line.rpartition(" :: ")[2] for line in said.get_all("Classifier", []) if line.startswith("License ::")
    ]
    (expression,) = said.get_all("License-Expression", [""])
    own_words = said.get_all("License", [""])[0].strip().partition("\n")[0]
    licence = expression or " or ".join(classifiers) or own_words or EXCEPTIONS.get(package)
    if not licence:
        raise NoLicenceError(
            f"{package} states no licence. Ask its authors, or do without it; if it may ship all the same, say why in "
            "EXCEPTIONS of deploy/notice.py."
        )
    return licence


def notice() -> str:
    """The text of NOTICE. Raises NoLicenceError."""
    return PREAMBLE + "".join(f"  {package}: {licence_of(package)}\n" for package in shipped())


if __name__ == "__main__":
    (ROOT / "NOTICE").write_text(notice(), encoding="utf-8")
