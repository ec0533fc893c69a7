"""The course of `storytailor doctor`: all checks side by side, then what they found."""

from __future__ import annotations

import asyncio
import json

from rich.console import Console

from storytailor.settings import Settings, where_to_set
from storytailor_cli.doctor.finding import Finding, show
from storytailor_cli.doctor.machine import check_parts, check_ports, check_python
from storytailor_cli.doctor.providers import check_elevenlabs, check_openai
from storytailor_cli.doctor.services import check_alerts, check_broker, check_database, check_spending, check_store
from storytailor_cli.doctor.stories import check_stories
from storytailor_cli.doctor.workers import check_workers
from storytailor_cli.errors import load_settings
from storytailor_cli.local_stack.state import RunningStack, State


def run_checks(*, as_json: bool = False) -> int:
    """Run all checks and print what they find; the exit code: 1 when something needs to be done."""
    settings = load_settings()
    running = State(settings.state_dir).running()
    findings = asyncio.run(_all_findings(settings, running))
    exit_code = int(any(finding.must_be_mended for finding in findings))
    if as_json:
        print(json.dumps({"ok": not exit_code, "findings": [finding.as_json() for finding in findings]}, indent=1))
        return exit_code
    console = Console(highlight=False)
    show(console, findings)
    if any(finding.remedy is not None for finding in findings):
        console.print(f"\nSettings are changed {where_to_set()}.", markup=False, soft_wrap=True)
    return exit_code


async def _all_findings(settings: Settings, running: RunningStack | None) -> list[Finding]:
    asked = await asyncio.gather(
        check_database(settings),
        check_broker(settings),
        check_workers(settings, running),
        check_store(settings),
        check_openai(settings, running),
        check_elevenlabs(settings, running),
        check_stories(settings, running),
    )
    machine = [check_python(), check_parts(settings), *check_ports(settings, running)]
    machine += [check_spending(settings), check_alerts(settings)]
    return [*machine, *(finding for findings in asked for finding in findings)]
