"""`make chaos ARGS="--seed 7 --stories 200"`: a fault campaign, its report on the screen and, if asked for, in a file.

Exit code 0 only if every invariant held.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
from pathlib import Path

from bench.chaos.campaign import Options, run
from bench.chaos.invariants import findings
from bench.chaos.report import report


def main() -> None:
    """Read the options, run, tell."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=None, help="another each time, if not given; the report says which")
    parser.add_argument("--stories", type=int, default=200)
    parser.add_argument("--whole", type=float, default=Options.whole_share, help="share of whole books")
    parser.add_argument("--faults", type=float, default=Options.fault_share, help="share of calls struck by a fault")
    parser.add_argument("--report", type=Path, help="write the report there as well, as Markdown")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # or the stack would be left running
    seed = secrets.randbelow(10_000) if asked.seed is None else asked.seed
    print(f"Seed {seed}, {asked.stories} stories; load of the machine before: {os.getloadavg()[0]:.1f}", flush=True)
    told, evidence = run(Options(seed, asked.stories, whole_share=asked.whole, fault_share=asked.faults))
    found = findings(evidence)
    page = report(told, evidence, found)
    print(page)
    if asked.report:
        asked.report.write_text(page)
    sys.exit(any(finding.broken for finding in found))


if __name__ == "__main__":
    main()
