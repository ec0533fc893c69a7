"""`make audit` says that nothing is known only when somebody who would know was asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from deploy.audit import NOTHING_KNOWN, ROOT, Answer, judged, npm_answer, python_answer

CLOSED = "http://127.0.0.1:9"
"""Nobody listens there."""

KNOWN = {"id": "PYSEC-2099-1", "fix_versions": ["2.0"], "aliases": [], "description": "Bad."}
NPM_CLEAN: dict[str, Any] = {"vulnerabilities": {}, "metadata": {"dependencies": {"total": 41}}}
NPM_KNOWN = NPM_CLEAN | {
    "vulnerabilities": {
        "ws": {"severity": "high", "range": "<8.17.1", "via": [{"title": "It can be crashed"}]},
        "uses-ws": {"severity": "high", "range": "*", "via": ["ws"]},
    }
}
NPM_REFUSED = {"message": "405 Method Not Allowed", "statusCode": 405, "body": "", "error": {"summary": ""}}


def of_python(*packages: dict[str, Any]) -> Answer:
    return python_answer(json.dumps({"dependencies": list(packages), "fixes": []}))


def of_npm(answer: dict[str, Any]) -> Answer:
    return npm_answer("tests/node/package-lock.json", json.dumps(answer))


ALEMBIC = {"name": "alembic", "version": "1.20.1", "vulns": []}
UNKNOWN = {"name": "amqp", "skip_reason": "Dependency not found on PyPI and could not be audited: amqp (5.4.2)"}


def test_what_was_looked_at_and_is_clean_is_0() -> None:
    code, lines = judged([of_python(ALEMBIC), of_npm(NPM_CLEAN)])
    assert (code, lines[-1]) == (0, "looked at and clean")
    assert lines[0] == "uv.lock: 1 packages looked at, 0 findings"


def test_a_finding_is_1_and_says_what_mends_it_even_if_the_other_source_is_away() -> None:
    code, lines = judged([of_python(ALEMBIC | {"vulns": [KNOWN]}), of_npm(NPM_REFUSED)])
    assert (code, lines[1]) == (1, "  alembic 1.20.1: PYSEC-2099-1, mended in 2.0")
    code, lines = judged([of_python(ALEMBIC), of_npm(NPM_KNOWN)])
    assert (code, lines[2:4]) == (
        1,
        ["  uses-ws *: high, by way of ws", "  ws <8.17.1: high, It can be crashed"],
    )


def test_packages_that_a_source_does_not_know_are_not_clean() -> None:
    code, lines = judged([of_python(UNKNOWN), of_npm(NPM_REFUSED)])  # as behind a mirror: pip-audit calls this clean
    assert (code, lines[-1]) == (3, NOTHING_KNOWN)
    code, lines = judged([of_python(ALEMBIC, UNKNOWN), of_npm(NPM_CLEAN)])
    assert (code, lines[1]) == (3, "  not looked at, since the source does not know them: amqp")


def test_one_source_that_is_away_is_told_from_both() -> None:
    code, lines = judged([of_python(ALEMBIC), of_npm(NPM_REFUSED)])
    assert (code, lines[-1]) == (3, "not everything could be looked at: of the rest nothing is known")
    code, lines = judged([python_answer("Traceback (most recent call last):"), of_npm(NPM_REFUSED)])
    assert (code, lines[-1]) == (3, NOTHING_KNOWN)


def test_without_a_way_out_the_audit_says_that_nothing_is_known() -> None:
    away = {
        "HTTPS_PROXY": CLOSED,
        "https_proxy": CLOSED,
        "npm_config_registry": CLOSED,
        "npm_config_fetch_retries": "0",
    }
    done = subprocess.run(
        [sys.executable, "deploy/audit.py"],
        cwd=ROOT,
        env={**os.environ, **away},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert done.stdout.splitlines()[-1] == "no advisory source could be reached: nothing is known"
    assert done.stdout.splitlines()[0] == "uv.lock: 0 packages looked at, 0 findings"
