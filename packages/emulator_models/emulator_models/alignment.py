"""Alignment: from when each token of a sentence is heard to when each character of it is."""

from __future__ import annotations

import difflib
import re
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


def mapped(text: str, read: str, starts: Times, ends: Times) -> tuple[Times, Times]:
    """Those times brought from the text as read to the text as written."""
    if not read:
        return np.zeros(len(text)), np.zeros(len(text))
    edges = _edges(text, read)
    left = np.minimum(np.floor(edges[:-1]).astype(int), len(read) - 1)
    right = np.clip(np.ceil(edges[1:]).astype(int) - 1, 0, len(read) - 1)
    return (
        starts[left] + (edges[:-1] - left) * (ends[left] - starts[left]),
        starts[right] + np.minimum(edges[1:] - right, 1) * (ends[right] - starts[right]),
    )


def _edges(text: str, read: str) -> Times:
    """Where the edge before each character of the text, and after the last, lies in the text as read.

    Words both have in common are matched; what stands between is stretched to fit.
    """
    own, theirs = list(re.finditer(r"\S+", text)), list(re.finditer(r"\S+", read))
    words, words_read = [m.group() for m in own], [m.group() for m in theirs]
    knots = {0: 0, len(text): len(read)}
    for i, j, size in difflib.SequenceMatcher(None, words, words_read, autojunk=False).get_matching_blocks():
        for mine, other in zip(own[i : i + size], theirs[j : j + size], strict=True):
            knots |= {mine.start(): other.start(), mine.end(): other.end()}
    known = sorted(knots)
    return np.interp(np.arange(len(text) + 1), known, [knots[k] for k in known])
