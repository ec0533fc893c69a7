"""Ask what is known against the dependencies that are locked: `make audit`, or `python deploy/audit.py`.

Exit 0: every one was looked at, and nothing is known. 1: something is. 3: not every one could be looked at, and of
those that were nothing is known. A source that cannot be reached, or that does not know a package, is no clean answer:
pip-audit itself says "No known vulnerabilities found" behind a mirror that has no advisories.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
CLEAN, FOUND, UNKNOWN = 0, 1, 3
NOTHING_KNOWN = "no advisory source could be reached: nothing is known"
EXPORT = ("--quiet", "--frozen", "--all-packages", "--all-groups", "--no-emit-workspace", "--no-header")
PIP_AUDIT = (
    "--requirement",
    "/dev/stdin",
    "--no-deps",
    "--disable-pip",
    "--format",
    "json",
    "--progress-spinner",
    "off",
)


@dataclass(frozen=True)
class Answer:
    """What a source said of one lock: how many packages it looked at, which it did not, and what is known."""

    lock: str
    looked_at: int = 0
    not_looked_at: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


def python_answer(said: str) -> Answer:
    """What pip-audit's JSON says. Whatever is none says nothing."""
    packages: list[dict[str, Any]] = _parsed(said).get("dependencies", [])
    return Answer(
        lock="uv.lock",
        looked_at=sum("vulns" in package for package in packages),
        not_looked_at=[package["name"] for package in packages if "vulns" not in package],
        findings=[
            f"{package['name']} {package['version']}: {known['id']}, mended in {_words(known['fix_versions'])}"
            for package in packages
            for known in package.get("vulns", ())
        ],
    )


def npm_answer(lock: str, said: str) -> Answer:
    """What npm's JSON says of this lock. An answer without a count of packages is that there was none."""
    answer = _parsed(said)
    if "metadata" not in answer:
        return Answer(lock)
    return Answer(
        lock,
        looked_at=answer["metadata"]["dependencies"]["total"],
        findings=[
            f"{name} {known['range']}: {known['severity']}, {_words(_titles(known))}"
            for name, known in sorted(answer["vulnerabilities"].items())
        ],
    )


def judged(answers: Sequence[Answer]) -> tuple[int, list[str]]:
    """The exit code, and what to print."""
    lines = []
    for answer in answers:
        lines.append(f"{answer.lock}: {answer.looked_at} packages looked at, {len(answer.findings)} findings")
        lines += [f"  {finding}" for finding in answer.findings]
        if answer.not_looked_at and answer.looked_at:
            lines.append(f"  not looked at, since the source does not know them: {_words(answer.not_looked_at)}")
    if any(answer.findings for answer in answers):
        return FOUND, lines
    if not any(answer.looked_at for answer in answers):
        return UNKNOWN, [*lines, NOTHING_KNOWN]
    if any(answer.not_looked_at or not answer.looked_at for answer in answers):
        return UNKNOWN, [*lines, "not everything could be looked at: of the rest nothing is known"]
    return CLEAN, [*lines, "looked at and clean"]


def ask() -> list[Answer]:
    """Ask about uv.lock and the locks of the tests' Node programs."""
    locked = _run(BIN / "uv", "export", *EXPORT)
    answers = [python_answer(_run(BIN / "pip-audit", *PIP_AUDIT, given=locked))]
    for lock in sorted(ROOT.glob("tests/*/package-lock.json")):
        said = _run(BIN / "npm", "audit", "--json", "--package-lock-only", at=lock.parent)
        answers.append(npm_answer(str(lock.relative_to(ROOT)), said))
    return answers


def _run(program: Path, *options: str, given: str | None = None, at: Path = ROOT) -> str:
    """What it prints. Why it could not do its work is passed on, in the last line of its own words."""
    done = subprocess.run([program, *options], input=given, cwd=at, capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if line.strip() and "complete log" not in line]
    if done.returncode and complaints:
        print(f"{program.name}: {complaints[-1]}", file=sys.stderr)
    return done.stdout


def _parsed(said: str) -> dict[str, Any]:
    try:
        answer = json.loads(said)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _titles(known: dict[str, Any]) -> list[str]:
    return [via["title"] if isinstance(via, dict) else f"by way of {via}" for via in known["via"]]


def _words(items: Iterable[str]) -> str:
    return ", ".join(items) or "nothing yet"


if __name__ == "__main__":
    code, lines = judged(ask())
    print("\n".join(lines))
    sys.exit(code)
