"""Comprehension questions found in the text itself, so that each answer stands on its page."""

from __future__ import annotations

import re
from random import Random

from emulator_models.shapes import Question
from emulator_models.storyteller.library import words

_LONGEST, _SHORTEST = 24, 6  # words of a sentence to ask about
_SENTENCE = re.compile(r"[^.!?…“”„«»—]+[.!?…]")


def ask_about(pages: list[str], language: str, random: Random, most: int) -> list[Question]:
    """Up to `most` questions, from every page that has any, kinds taking turns."""
    table = words("activities", language)
    names = _names(pages, table["speech"])
    found: list[Question] = []
    asked: set[str] = set()
    makers = [_who_said, _who_did, _which_word]
    for round_ in range(len(makers)):
        for number, text in enumerate(pages, 1):
            maker = makers[(number + round_) % len(makers)]
            pair = next((pair for pair in maker(text, names, table, random) if pair[0] not in asked), None)
            # The first round goes over all pages; later ones only fill up.
            if pair and len(found) < most and (round_ == 0 or len(found) < len(pages)):
                asked.add(pair[0])
                found.append(Question(question=pair[0], answer=pair[1], page=number))
    return sorted(found, key=lambda question: question.page)


def _names(pages: list[str], speech: str) -> set[str]:
    return {found.group("name") for text in pages for found in re.finditer(speech, text)}


def _who_said(text: str, names: set[str], table: dict[str, str], random: Random) -> list[tuple[str, str]]:
    found = [
        (table["who_said"].format(quote=match.group("quote").strip()), match.group("name"))
        for match in re.finditer(table["speech"], text)
        if len(match.group("quote").split()) >= 4
    ]
    random.shuffle(found)
    return found


def _who_did(text: str, names: set[str], table: dict[str, str], random: Random) -> list[tuple[str, str]]:
    found = []
    for sentence in _sentences(text):
        match = re.fullmatch(rf"(?P<who>.+?) (?P<rest>{table['verb']}\b.*?)[.!]", sentence)
        # A name once, and no word that points back to another sentence.
        if match and match.group("who") in names and sentence.count(match.group("who")) == 1:
            found.append((table["who_did"].format(rest=match.group("rest")), match.group("who")))
    random.shuffle(found)
    return found


def _which_word(text: str, names: set[str], table: dict[str, str], random: Random) -> list[tuple[str, str]]:
    found = []
    for sentence in _sentences(text):
        hard = [word for word in re.findall(r"[^\W\d_]{5,}", sentence)[1:] if sentence.count(word) == 1]
        if hard:
            word = max(hard, key=len)
            gapped = re.sub(rf"\b{re.escape(word)}\b", table["gap"], sentence, count=1)
            if gapped != sentence:
                found.append((table["which_word"].format(sentence=gapped), word))
    random.shuffle(found)
    return found


def _sentences(text: str) -> list[str]:
    found = [match.group().strip() for paragraph in text.split("\n") for match in _SENTENCE.finditer(paragraph)]
    return [one for one in found if one[:1].isupper() and ":" not in one and _SHORTEST <= len(one.split()) <= _LONGEST]
