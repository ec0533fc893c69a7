"""Alignment: from when each token of a sentence is heard to when each character of it is."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]


@dataclass(frozen=True)
class Token:
    """A word or mark: its place in the text as read, its phonemes, and whether white space follows."""

    start: int
    end: int
    phonemes: str
    spaced: bool


def character_times(
    read: str, tokens: list[Token], heard: list[tuple[float, float] | None], seconds: float
) -> tuple[Times, Times]:
    """When each character as read sounds: evenly within a token; white space fills the gaps between.

    A mute token (punctuation, an emoji) takes no time: behind a word it lies at that word's end, behind
    white space at the next word's start.
    """
    starts, ends = np.zeros(len(read)), np.zeros(len(read))
    following = seconds
    nexts = [0.0] * len(tokens)
    for index in range(len(tokens) - 1, -1, -1):
        span = heard[index]
        nexts[index] = following = span[0] if span else following
    before = 0.0
    for index, token in enumerate(tokens):
        opening = index == 0 or tokens[index - 1].spaced
        start, end = heard[index] or ((nexts[index],) * 2 if opening else (before,) * 2)
        edges = np.linspace(start, end, token.end - token.start + 1)
        starts[token.start : token.end], ends[token.start : token.end] = edges[:-1], edges[1:]
        before = end
        if token.spaced and token.end < len(read):
            starts[token.end], ends[token.end] = end, nexts[index + 1] if index + 1 < len(tokens) else seconds
    return starts, ends


def mapped(
    text: str, read: str, starts: Times, ends: Times, as_read: Callable[[str], str] = str
) -> tuple[Times, Times]:
    """Those times brought from the text as read to the text as written; `as_read` says what a part is read as."""
    if not read:
        return np.zeros(len(text)), np.zeros(len(text))
    edges = _edges(text, read, as_read)
    left = np.minimum(np.floor(edges[:-1]).astype(int), len(read) - 1)
    right = np.clip(np.ceil(edges[1:]).astype(int) - 1, 0, len(read) - 1)
    return (
        starts[left] + (edges[:-1] - left) * (ends[left] - starts[left]),
        starts[right] + np.minimum(edges[1:] - right, 1) * (ends[right] - starts[right]),
    )


def _edges(text: str, read: str, as_read: Callable[[str], str]) -> Times:
    """Where the edge before each character of the text, and after the last, lies in the text as read.

    Words both have in common are matched. Where others stand, each is matched with what it is read as, as far as
    that can be told; inside of one that is read as several, letters are stretched to fit.
    """
    own, theirs = list(re.finditer(r"\S+", text)), list(re.finditer(r"\S+", read))
    words, words_read = [m.group() for m in own], [m.group() for m in theirs]
    knots = {0: 0, len(text): len(read)}
    matcher = difflib.SequenceMatcher(None, words, words_read, autojunk=False)
    for kind, first, last, first_read, last_read in matcher.get_opcodes():
        spans = [(first, last, first_read, last_read)]
        if kind == "equal":
            spans = [(first + n, first + n + 1, first_read + n, first_read + n + 1) for n in range(last - first)]
        elif kind == "replace":
            spans = _parted(text, own, words_read, spans[0], as_read)
        for i, j, k, m in spans:
            if i < j and k < m:
                knots |= {own[i].start(): theirs[k].start(), own[j - 1].end(): theirs[m - 1].end()}
    known = sorted(knots)
    return np.interp(np.arange(len(text) + 1), known, [knots[k] for k in known])


def _parted(
    text: str,
    own: list[re.Match[str]],
    words_read: list[str],
    span: tuple[int, int, int, int],
    as_read: Callable[[str], str],
) -> list[tuple[int, int, int, int]]:
    """The words from `first` to `last`, read as those from `first_read` to `last_read`, in the smallest such spans.

    Two words may be parted where what stands before them, or behind, is read alone as it is in the whole.
    """
    first, last, first_read, last_read = span
    whole = [_bare(word) for word in words_read]
    spans = []
    for word in range(first + 1, last):
        head = [_bare(part) for part in as_read(text[: own[word].start()]).split()]
        tail = [_bare(part) for part in as_read(text[own[word].start() :]).split()]
        if whole[: len(head)] == head:
            at = len(head)
        elif whole[len(whole) - len(tail) :] == tail:
            at = len(whole) - len(tail)
        else:
            continue
        if first_read < at < last_read:
            spans.append((first, word, first_read, at))
            first, first_read = word, at
    return [*spans, (first, last, first_read, last_read)]


def _bare(word: str) -> str:
    """A word without the mark behind it, which it may have for standing at the end of its part."""
    return word.rstrip(".,") or word
