"""The fault campaign, `make chaos`, in short: a dozen stories and three kills."""

from __future__ import annotations

from bench.chaos.campaign import Options, run
from bench.chaos.invariants import findings
from bench.chaos.report import report

SHORT = Options(
    seed=11,
    stories=12,
    families=3,
    at_once=4,
    pauses=(1.5, 3.0),
    killed=("worker", "daemon", "valkey"),
    most_kills=3,
)


def test_a_dozen_stories_end_as_the_rules_say_whatever_fails_and_whoever_is_killed() -> None:
    told, evidence = run(SHORT)
    found = findings(evidence)
    assert not any(finding.broken for finding in found), report(told, evidence, found)
    assert {kill.process for kill in evidence.kills} == set(SHORT.killed)
    assert len(evidence.asked) == SHORT.stories
