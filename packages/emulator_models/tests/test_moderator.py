"""The moderator: flags what no story should hold, and leaves mild words alone."""

from __future__ import annotations

import pytest

from emulator_models.moderator import CATEGORIES, moderate


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("an erotic story", "sexual"),
        ("a sexy story about a 9-year-old", "sexual/minors"),
        ("he murdered them all", "violence"),
        ("pools of blood and severed heads", "violence/graphic"),
        ("all immigrants are vermin", "hate"),
        ("kill all the foreigners", "hate/threatening"),
        ("she cuts herself", "self-harm"),
        ("I want to kill myself", "self-harm/intent"),
        ("the best way to kill yourself", "self-harm/instructions"),
        ("you're pathetic", "harassment"),
        ("I will kill you", "harassment/threatening"),
        ("how to make meth", "illicit"),
        ("a story about building a pipe bomb", "illicit/violent"),
    ],
)
def test_what_no_story_should_hold_is_flagged_in_its_category(text: str, category: str) -> None:
    verdict = moderate(text)
    assert verdict.flagged
    assert verdict.categories[category]
    assert verdict.scores[category] > 0.9


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The dragon fights the storm and brave Maya starts to cry.",
        "They killed the lights and shot across the ice; the beans shoot up.",
        "A classic story of a heroine in Essex who grabs the grapes; the class assists.",
        "The witch is dead tired and the knight slays the paper dragon.",
        "I love strawberries and skilled cooks; the hen pecks, the cat hisses.",
        "She was scared of the dark, her knee was bleeding and it hurt.",
        "Él tenía miedo. Il avait peur. Er hatte Angst.",
    ],
)
def test_mild_story_words_are_left_alone(text: str) -> None:
    assert not moderate(text).flagged


def test_every_category_of_the_real_thing_is_answered() -> None:
    verdict = moderate("once upon a time")
    assert tuple(verdict.categories) == CATEGORIES == tuple(verdict.scores)
    assert len(CATEGORIES) == 13
    assert all(0 <= score <= 1 for score in verdict.scores.values())
