"""Comprehension questions found in the text itself, so that each answer stands on its page."""

from __future__ import annotations

import re
from random import Random

from emulator_models.shapes import Question
from emulator_models.storyteller.library import words

_LONGEST, _SHORTEST = 24, 6  # words of a sentence to ask about
_FEWEST = 3
_SHORTEST_DEED = 3  # words of a sentence that is asked about beside another
_SHORT_ENOUGH = 100  # characters of it
_JOINING = re.compile(r"^(?:And|But|So|Und|Aber|Et|Mais|Y|Pero) ")
_SENTENCE = re.compile(r"[^.!?…“”„«»—]+[.!?…]")


def ask_about(pages: list[str], language: str, random: Random, most: int) -> list[Question]:
    """Up to `most` questions, from every page that has any, of as many kinds as there are, each with its own answer.

    Why something was so, who did, said or answered what show whether a story was understood; and once, where there are
    pages enough, what came first. One gap to fill at the most, as a missing word seldom does.
    """
    table = words("activities", language)
    names = _names(pages, table["speech"])
    found: list[Question] = []
    asked = dict.fromkeys(_KINDS, 0)
    order = list(enumerate(pages, 1))
    for _ in _KINDS:  # once over all pages for each; later rounds only fill up to as many as there are pages
        for number, text in order:
            if len(found) >= (most if len(found) < len(pages) else min(most, len(pages))):
                break
            for kind in sorted(_KINDS, key=lambda kind: asked[kind]):
                if new := _new(kind(text, names, table, random), number, found):
                    found += new
                    asked[kind] += 1
                    break
    if len(found) < most or max(asked.values()) > 1:
        found = _with_what_came_first(pages, names, table, random, found, most)
    if len(found) < _FEWEST:
        for number, text in sorted(order, key=lambda page: page[0] in {one.page for one in found}):
            if gap := _new(_which_word(text, names, table, random), number, found):
                found += gap
                break
    return sorted(found, key=lambda question: question.page)


def _with_what_came_first(
    pages: list[str], names: set[str], table: dict[str, str], random: Random, found: list[Question], most: int
) -> list[Question]:
    """With a question of what came first, in place of the last one of its page's where there are `most` already."""
    asked = _what_came_first(pages, names, table, random, found)
    if asked and len(found) >= most:
        same_page = [one for one in found if one.page == asked[0].page] or found
        found = [one for one in found if one is not same_page[-1]]
    return found + asked


def _new(pairs: list[tuple[str, str]], page: int, found: list[Question]) -> list[Question]:
    """The first of these that is not asked yet and has not an answer that another has, if any."""
    known = {one.question for one in found} | {one.answer for one in found}
    return [Question(question=asked, answer=said, page=page) for asked, said in pairs if not {asked, said} & known][:1]


def _what_came_first(
    pages: list[str], names: set[str], table: dict[str, str], random: Random, found: list[Question]
) -> list[Question]:
    """Which of two things that somebody did came first, or of two that somebody said; one of an early page."""
    asked = " ".join(one.question for one in found)
    done = [
        (number, sentence)
        for number, text in enumerate(pages, 1)
        for sentence, match in _deeds(text, names, table, _SHORTEST_DEED)
        if match.group("rest") not in asked and len(sentence) < _SHORT_ENOUGH
    ]
    said = [
        (number, match.group("quote").strip(" ,\u00a0"))
        for number, text in enumerate(pages, 1)
        for match in re.finditer(table["speech"], text)
        if match.group("quote").strip() not in asked
    ]
    pairs = _of_different_pages(done) or _of_different_pages(said)
    if not pairs:
        return []
    (page, first), (_, later) = random.choice(pairs)
    one, two = random.sample([first.rstrip("."), later.rstrip(".")], 2)
    return [Question(question=table["which_first"].format(one=one, two=two), answer=first.rstrip("."), page=page)]


def _of_different_pages(things: list[tuple[int, str]]) -> list[tuple[tuple[int, str], tuple[int, str]]]:
    return [(one, two) for one in things for two in things if one[0] < two[0] and one[1] != two[1]]


def _deeds(
    text: str, names: set[str], table: dict[str, str], shortest: int = _SHORTEST
) -> list[tuple[str, re.Match[str]]]:
    """Sentences that say what somebody did: a name once, and no word that points back to another sentence."""
    found = []
    for sentence in _sentences(text, shortest):
        match = re.fullmatch(rf"(?P<who>.+?) (?P<rest>{table['verb']}\b.*?)[.!]", sentence)
        if match and match.group("who") in names and sentence.count(match.group("who")) == 1:
            found.append((sentence, match))
    return found


def _names(pages: list[str], speech: str) -> set[str]:
    """Who says anything, be it one word; a quote that is asked about has more."""
    anything = re.sub(r"\{1\d,", "{2,", speech)
    return {found.group("name") for text in pages for found in re.finditer(anything, text)}


def _who_said(text: str, names: set[str], table: dict[str, str], random: Random) -> list[tuple[str, str]]:
    found = [
        (table["who_said"].format(quote=_with_its_marks(match, text)), match.group("name"))
        for match in re.finditer(table["speech"], text)
        if len(match.group("quote").split()) >= 4
    ]
    random.shuffle(found)
    return found


def _with_its_marks(match: re.Match[str], text: str) -> str:
    """What was said, with the question or exclamation marks around it."""
    start, end = match.span("quote")
    before = text[start - 1] if start and text[start - 1] in "¿¡" else ""
    behind = re.match(r"\s?[?!]", text[end:])
    return before + match.group("quote").strip() + (behind.group() if behind else "")


def _who_did(text: str, names: set[str], table: dict[str, str], random: Random) -> list[tuple[str, str]]:
    found = [
        (table["who_did"].format(rest=match.group("rest")), match.group("who"))
        for _, match in _deeds(text, names, table)
    ]
    random.shuffle(found)
    return found


def _who_answered(text: str, names: set[str], table: dict[str, str], random: Random) -> list[tuple[str, str]]:
    """What somebody says to another one's question, in the paragraph behind it."""
    found = [
        (
            table["who_answered"].format(
                quote=match.group("quote").strip(), name=match.group("name"), by=match.group("by")
            ),
            match.group("answer").strip(),
        )
        for match in re.finditer(rf"{table['question']}[^\n]*\n+{table['answer']}", text)
        if match.group("by") != match.group("name")
    ]
    random.shuffle(found)
    return found


def _which_word(text: str, names: set[str], table: dict[str, str], random: Random) -> list[tuple[str, str]]:
    """A sentence without one of its words, which is one that children learn: never a name or a small word."""
    taught = {word.lower() for word in words("glossary", table["language"])["words"]}
    found = []
    for sentence in _sentences(text):
        for word in re.findall(r"[^\W\d_]{4,}", sentence)[1:]:
            if word.lower() in taught and sentence.count(word) == 1 and not any(word in name for name in names):
                gapped = re.sub(rf"\b{re.escape(word)}\b", table["gap"], sentence, count=1)
                found.append((table["which_word"].format(sentence=gapped), word))
    random.shuffle(found)
    return found


def _sentences(text: str, shortest: int = _SHORTEST) -> list[str]:
    found = [match.group().strip() for paragraph in text.split("\n") for match in _SENTENCE.finditer(paragraph)]
    return [one for one in found if one[:1].isupper() and ":" not in one and shortest <= len(one.split()) <= _LONGEST]


def _why(text: str, names: set[str], table: dict[str, str], random: Random) -> list[tuple[str, str]]:
    """Why something is so that a sentence gives the reason of; not what somebody says in passing."""
    found = []
    for sentence in _sentences(text, _SHORTEST - 1):
        match = re.fullmatch(table["because"], sentence)
        if match and not match.group("fact").endswith(tuple(names)):
            fact, reason = _JOINING.sub("", match.group("fact")).strip(), match.group("why").strip()
            asked = table["why"].format(fact=f"{fact[0].upper()}{fact[1:]}")
            found.append((asked, reason))
    random.shuffle(found)
    return found


_KINDS = (_why, _who_answered, _who_did, _who_said)
