"""Choosing how much of a story is told, so that it has the length asked for."""

from __future__ import annotations

from dataclasses import dataclass

from emulator_models.storyteller.typography import words_in

_AIM = 0.6  # of the way from the least to the most words


@dataclass(frozen=True)
class Unit:
    """A paragraph ready to be printed; the higher its level, the sooner it is left out."""

    beat: int
    text: str
    level: int
    size: int
    """Its words, with names at their full length."""


def fit(units: list[Unit], least: int, most: int, correction: str = "") -> list[Unit]:
    """The units to print, in order: the indispensable, then more, evenly over the beats, up to the length.

    However long the indispensable are, each beat that has units keeps one: no page is empty.
    """
    aim = _aim(least, most, correction)
    chosen = {index for index, unit in enumerate(units) if unit.level <= 0}
    total = sum(units[index].size for index in chosen)
    for level in range(1, 6):
        waiting = [index for index, unit in enumerate(units) if unit.level == level]
        while waiting and total < aim:
            index = min(waiting, key=lambda one: (_told(units, chosen, units[one].beat), one))
            waiting.remove(index)
            if total + units[index].size <= most:
                chosen.add(index)
                total += units[index].size
    for index in _dispensable(units, chosen):
        if total <= most:
            break
        if sum(units[other].beat == units[index].beat for other in chosen) == 1:
            continue
        chosen.discard(index)
        total -= units[index].size
    return [unit for index, unit in enumerate(units) if index in chosen]


def indispensable(units: list[Unit]) -> int:
    """The words the story cannot do without."""
    return sum(unit.size for unit in units if unit.level <= 0)


def _aim(least: int, most: int, correction: str) -> float:
    share = _AIM
    if "short" in correction:
        share = 0.85
    elif "long" in correction:
        share = 0.25
    return least + share * (most - least)


def _told(units: list[Unit], chosen: set[int], beat: int) -> int:
    return sum(units[index].size for index in chosen if units[index].beat == beat)


def _dispensable(units: list[Unit], chosen: set[int]) -> list[int]:
    """What goes first when even the indispensable is too long: the last of the extras (level -1 never goes)."""
    return sorted((index for index in chosen if units[index].level >= 0), key=lambda i: -units[i].size)


def size_of(text: str) -> int:
    """The words of a text."""
    return words_in(text)
