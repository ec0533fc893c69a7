"""The conditions of a statement, and the statement without each: what a test of the conditions is tried on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

STARTS = re.compile(r"\b(WHERE|HAVING|(?<!DISTINCT )ON(?! CONFLICT))\b")
ENDS = re.compile(
    r"\b(RETURNING|GROUP BY|ORDER BY|LIMIT|FOR (NO KEY )?UPDATE|UNION|HAVING|WHERE|JOIN|LEFT|DO UPDATE)\b"
    r"|;|\$function\$"
)
LOCKS = re.compile(r"\bFOR (?:NO KEY )?UPDATE(?: OF \w+)?(?P<skip> SKIP LOCKED)?")


@dataclass(frozen=True)
class Mutation:
    """A statement or function of the database with one condition gone; `place` is its name."""

    place: str
    guard: str
    sql: str

    def __str__(self) -> str:
        return f"{self.place}: {self.guard}"


def without_each_guard(place: str, sql: str) -> Iterator[Mutation]:
    """The statement without each condition of its WHERE, HAVING and ON clauses, and without each lock."""
    masked = _without_words(sql)
    for start in STARTS.finditer(masked):
        for begin, end in _conditions(masked, start.end()):
            yield Mutation(place, _one_line(sql[begin:end]), f"{sql[:begin]} TRUE {sql[end:]}")
    for lock in LOCKS.finditer(masked):
        yield Mutation(place, lock.group(), sql[: lock.start()] + sql[lock.end() :])
        if lock.group("skip"):
            yield Mutation(place, lock.group("skip").strip(), sql[: lock.start("skip")] + sql[lock.end("skip") :])


def changed(place: str, sql: str, guard: str, instead: str) -> Mutation:
    """The statement with this part of it written otherwise."""
    assert sql.count(guard) == 1, f"{place} has {guard!r} {sql.count(guard)} times"
    return Mutation(place, f"{_one_line(guard)} → {_one_line(instead) or 'nothing'}", sql.replace(guard, instead))


def _conditions(masked: str, start: int) -> Iterator[tuple[int, int]]:
    """Where each of the conditions begins and ends that are joined by AND from here on."""
    depth, begin, at = 0, start, start
    while at < len(masked):
        word = re.compile(r"\b(CASE|END|AND)\b").match(masked, at)
        if masked[at] == "(" or (word and word.group() == "CASE"):
            depth += 1
        elif masked[at] == ")" or (word and word.group() == "END"):
            depth -= 1
        if depth < 0 or (depth == 0 and ENDS.match(masked, at)):
            break
        if depth == 0 and word and word.group() == "AND":
            yield begin, at
            begin = word.end()
        at = word.end() if word else at + 1
    yield begin, at


def _without_words(sql: str) -> str:
    """The statement with comments and strings blotted out, each character where it was."""
    return re.sub(r"--[^\n]*|'[^']*'", lambda found: re.sub(r"[^\n]", "_", found.group()), sql)


def _one_line(sql: str) -> str:
    return " ".join(re.sub(r"--[^\n]*", "", sql).split())
