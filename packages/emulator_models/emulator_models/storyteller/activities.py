"""Activities: questions, two words and an idea, from the story's own text."""

from __future__ import annotations

import re
from random import Random

from emulator_models.answers import ContentOrder
from emulator_models.shapes import Activities, Idea, Question, VocabularyWord
from emulator_models.storyteller.library import words
from emulator_models.storyteller.questions import ask_about
from emulator_models.storyteller.request import StoryRequest, beats_of, read_request
from emulator_models.storyteller.typography import one_line

_FEWEST = 3
_MOST = {"3-5": 3, "6-8": 4, "9+": 5}


def activities(order: ContentOrder) -> Activities:
    """The activities for the story in the prompt's data, or for the prompt itself."""
    request = read_request(order)
    document = order.data or {}
    pages = [str(beat.get("text", "")) for beat in beats_of(document)] or [order.prompt]
    title = one_line(str(document.get("title") or "")) or one_line(order.prompt)[:60] or "Story"
    random = Random(request.key)
    moral = one_line(str(document.get("moral") or title))
    return Activities(
        questions=_questions(pages, title, request, random),
        vocabulary=_vocabulary(pages, title, request.language, random),
        idea=_idea(request.language, title, moral, random),
    )


def _questions(pages: list[str], title: str, request: StoryRequest, random: Random) -> list[Question]:
    found = ask_about(pages, request.language, random, _MOST[request.band])
    table = words("activities", request.language)
    while len(found) < _FEWEST:  # a text too short to ask about
        found.append(Question(question=table["title_question"], answer=title, page=1))
    return found


def _vocabulary(pages: list[str], title: str, language: str, random: Random) -> list[VocabularyWord]:
    text = "\n".join(pages)
    glossary: dict[str, str] = words("glossary", language)["words"]
    known = [
        VocabularyWord(word=found.group(), meaning=meaning)
        for word, meaning in glossary.items()
        if (found := re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE))
    ]
    random.shuffle(known)
    known.sort(key=lambda entry: -len(entry.word))
    chosen = random.sample(known[:6], min(2, len(known)))
    taken = {entry.word.lower() for entry in chosen}
    return (chosen + _longest_words(f"{text} {title}", language, taken))[:2]


def _longest_words(text: str, language: str, taken: set[str]) -> list[VocabularyWord]:
    """Where the glossary knows too few words: the longest ones, explained by their sentence."""
    longest = sorted(dict.fromkeys(re.findall(r"[^\W\d_]+", text)), key=lambda word: -len(word))
    found = []
    for word in [word for word in longest if word.lower() not in taken][:2]:
        sentence = next((one for one in re.split(r"(?<=[.!?])\s+|\n", text) if word in one), text)
        found.append(VocabularyWord(word=word, meaning=_shown_in(sentence, language)))
    return found + [VocabularyWord(word="story", meaning=_shown_in(text, language))] * 2


def _shown_in(sentence: str, language: str) -> str:
    return str(words("activities", language)["any_word"]).format(sentence=one_line(sentence)[:160])


def _idea(language: str, title: str, moral: str, random: Random) -> Idea:
    idea = random.choice(words("activities", language)["ideas"])
    prompt = str(idea["prompt"]).replace("{title}", title).replace("{moral}", moral)
    return Idea(kind=idea["kind"], prompt=prompt)
