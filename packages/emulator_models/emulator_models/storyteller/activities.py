"""Activities: questions, two words and an idea, from the story's own text."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from emulator_models.storyteller.ask import StoryAsk, read_ask
from emulator_models.storyteller.library import words
from emulator_models.storyteller.questions import QuestionDocument, ask_about
from emulator_models.storyteller.typography import one_line

_FEWEST = 3
_MOST = {"3-5": 3, "6-8": 4, "9+": 5}


def activities(data: dict[str, Any] | None, prompt: str, seed: int) -> dict[str, Any]:
    """An `Activities` document."""
    ask = read_ask(data, prompt, seed)
    document = data or {}
    beats = document.get("beats")
    pages = [str(beat.get("text", "")) for beat in beats or [] if isinstance(beat, dict)][:4] or [prompt]
    title = one_line(str(document.get("title") or "")) or one_line(prompt)[:60] or "Story"
    random = Random(ask.key)
    moral = one_line(str(document.get("moral") or title))
    return {
        "questions": _questions(pages, title, ask, random),
        "vocabulary": _vocabulary(pages, title, ask.language, random),
        "idea": _idea(ask.language, title, moral, random),
    }


def _questions(pages: list[str], title: str, ask: StoryAsk, random: Random) -> list[QuestionDocument]:
    found = ask_about(pages, ask.language, random, _MOST[ask.band])
    table = words("activities", ask.language)
    while len(found) < _FEWEST:  # a text too short to ask about
        found.append({"question": table["title_question"], "answer": title, "page": 1})
    return found


def _vocabulary(pages: list[str], title: str, language: str, random: Random) -> list[dict[str, str]]:
    text = "\n".join(pages)
    glossary: dict[str, str] = words("glossary", language)["words"]
    known = [
        {"word": found.group(), "meaning": meaning}
        for word, meaning in glossary.items()
        if (found := re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE))
    ]
    random.shuffle(known)
    known.sort(key=lambda entry: -len(entry["word"]))
    chosen = random.sample(known[:6], min(2, len(known)))
    taken = {entry["word"].lower() for entry in chosen}
    return (chosen + _longest_words(f"{text} {title}", language, taken))[:2]


def _longest_words(text: str, language: str, taken: set[str]) -> list[dict[str, str]]:
    """Where the glossary knows too few words: the longest ones, explained by their sentence."""
    table = words("activities", language)
    longest = sorted(dict.fromkeys(re.findall(r"[^\W\d_]+", text)), key=lambda word: -len(word))
    found = []
    for word in [word for word in longest if word.lower() not in taken][:2]:
        sentence = next((one for one in re.split(r"(?<=[.!?])\s+|\n", text) if word in one), text)
        found.append({"word": word, "meaning": table["any_word"].format(sentence=one_line(sentence)[:160])})
    return found + [{"word": "story", "meaning": table["any_word"].format(sentence=one_line(text)[:160])}] * 2


def _idea(language: str, title: str, moral: str, random: Random) -> dict[str, str]:
    idea = random.choice(words("activities", language)["ideas"])
    prompt = str(idea["prompt"]).replace("{title}", title).replace("{moral}", moral)
    return {"kind": str(idea["kind"]), "prompt": prompt}
