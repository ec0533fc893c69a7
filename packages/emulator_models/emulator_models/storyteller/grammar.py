"""The markup of the story data, and its expansion into prose.

A block is paragraphs parted by blank lines. A paragraph may open with tags in square brackets:
`+` … `+++` how early it is left out when the story must be short, `1` only for a single character,
`2` only for several, `3-5`, `6+`, `9+` only for that reader. A paragraph that is `@name` is a slot,
filled by the composer. Inside a paragraph:

    (red|green)      one of these, by the seed
    <it|they>        the first for a single character, the second for several
    {a} {x}          the hero; a companion, another one from paragraph to paragraph
    {a.said}         "said Maya", "signed Maya"… as that character speaks
    {a:ran}          "ran", "raced"… as that character moves and notices
    {all} {they}     the whole company, and what stands for it
    {lamp} {Lamp}    something the plot has picked; capitalised at a sentence's start
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_NUMBER = re.compile(r"<([^<>|]*)\|([^<>|]*)>")
_TOKEN = re.compile(r"\{([A-Za-z_]+)(?:([.:])([a-z_]+))?\}")
_TAGS = re.compile(r"^\[([^\]]+)\]\s*")

Look = Callable[[str, str, str], str]
"""Resolves a token from its name, its separator (`.`, `:` or empty) and what follows it."""


@dataclass(frozen=True)
class Passage:
    """A paragraph of a block, with the conditions under which it is told."""

    text: str
    tags: frozenset[str] = frozenset()

    @property
    def level(self) -> int:
        """0 for what the story cannot do without, else how dispensable it is, up to 3."""
        return max((len(tag) for tag in self.tags if set(tag) == {"+"}), default=0)

    @property
    def slot(self) -> str | None:
        """The slot's name, if this is a slot."""
        return self.text[1:] if self.text.startswith("@") else None

    def suits(self, company: int, band: str) -> bool:
        """Whether it is told of that many characters to a reader of that age band."""
        if ("1" in self.tags and company > 1) or ("2" in self.tags and company < 2):
            return False
        bands = {"3-5": {"3-5"}, "6+": {"6-8", "9+"}, "9+": {"9+"}}
        return all(band in bands[tag] for tag in self.tags & bands.keys())


def read_block(block: str) -> list[Passage]:
    """The passages of a block."""
    passages = []
    for paragraph in re.split(r"\n\s*\n", block.strip()):
        text = " ".join(paragraph.split())
        if found := _TAGS.match(text):
            passages.append(Passage(text[found.end() :], frozenset(found.group(1).split())))
        elif text:
            passages.append(Passage(text))
    return passages


def expand(text: str, rng: Random, look: Look, *, company: int) -> str:
    """The text with its choices made and its tokens resolved, once: what a token yields is not markup."""
    text = _NUMBER.sub(lambda found: found.group(1 if company == 1 else 2), text)
    text = _CHOICE.sub(lambda found: rng.choice(found.group(1).split("|")), text)
    return _TOKEN.sub(lambda found: look(found.group(1), found.group(2) or "", found.group(3) or ""), text)
