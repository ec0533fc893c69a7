"""A campaign's report, in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.chaos.evidence import Evidence
from bench.chaos.invariants import Finding
from bench.chaos.repeats import UNEXPLAINED, kind_of, repeats

SHOWN = 10
"""Contradictions of one invariant."""


@dataclass(frozen=True)
class Run:
    """What a campaign was: its options, how long it took, and the machine."""

    seed: int
    stories: int
    fault_share: float
    seconds: float
    load: float
    cores: int


def report(run: Run, evidence: Evidence, found: list[Finding]) -> str:
    """The page."""
    broken = sum(len(finding.broken) for finding in found)
    parts = [
        f"Seed {run.seed}: {run.stories} stories, {run.fault_share:.0%} of the calls struck by a fault, "
        f"{len(evidence.kills)} processes killed in {run.seconds / 60:.1f} minutes; load {run.load:.1f} "
        f"on {run.cores} cores. **{'Every invariant held.' if not broken else f'{broken} contradictions.'}**",
        table(
            ("invariant", "looked at", "contradictions"),
            [(finding.name, finding.looked_at, len(finding.broken)) for finding in found],
        ),
        *("\n".join(_contradictions(finding)) for finding in found if finding.broken),
        "How the stories ended:",
        _counted("end", _ends(evidence)),
        "Killed with -9:",
        _counted("process", Counter(kill.process for kill in evidence.kills)),
        "Calls to the providers, and faults:",
        _calls(evidence),
        "Calls made again for the same:",
        _repeats(evidence),
        "What the families were answered:",
        _counted("answer", Counter({str(code or "none"): n for code, n in sorted(evidence.answers.items())})),
        f"Webhooks: {len(evidence.deliveries)} deliveries of {len({d.message for d in evidence.deliveries})} messages, "
        f"{sum(d.taken for d in evidence.deliveries)} of them taken.",
    ]
    return "\n\n".join(parts) + "\n"


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    lines = [list(heads), *([str(cell) for cell in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _contradictions(finding: Finding) -> list[str]:
    lines = [f"- {what}" for what in finding.broken[:SHOWN]]
    if more := len(finding.broken[SHOWN:]):
        lines.append(f"- and {more} more")
    return [f"*{finding.name}*:", *lines]


def _counted(head: str, counts: Mapping[str, int]) -> str:
    return table((head, "times"), counts.items())


def _ends(evidence: Evidence) -> Counter[str]:
    ends: Counter[str] = Counter()
    for story in evidence.asked:
        row = evidence.stories.get(story.id)
        how = "deleted" if row is None else row["asset_generation_status"]["overall"]
        kind = "whole book" if story.wish.whole else "words alone"
        after = " (cancelled)" if story.cancelled and how == "failed" else " (made again)" if story.remade_at else ""
        ends[f"{kind}: {how}{after}"] += 1
    return Counter(dict(sorted(ends.items())))


def _calls(evidence: Evidence) -> str:
    calls, struck = Counter(map(kind_of, evidence.calls)), Counter[str]()
    kinds: dict[str, set[str]] = {}
    for call in evidence.calls:
        if call["fault"] is not None:
            struck[kind_of(call)] += 1
            kinds.setdefault(kind_of(call), set()).add(str(call["fault"]))
    rows = [(kind, n, struck[kind], len(kinds.get(kind, ()))) for kind, n in calls.most_common()]
    rows.append(("all", sum(calls.values()), sum(struck.values()), len(set().union(*kinds.values()))))
    return table(("call", "made", "struck", "kinds of fault"), rows)


def _repeats(evidence: Evidence) -> str:
    by_why: dict[str, Counter[str]] = {}
    for repeat in repeats(evidence):
        by_why.setdefault(repeat.why, Counter())[repeat.what] += 1
    rows = [
        (why, sum(what.values()), ", ".join(f"{n} {kind}" for kind, n in what.most_common()))
        for why, what in sorted(by_why.items())
    ]
    return table(("why", "calls", "of what"), rows or [(UNEXPLAINED, 0, "")])
