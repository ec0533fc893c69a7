"""The rule that turns verdicts on a picture into what the next try must mend."""

from __future__ import annotations

from typing import Literal

import pytest

from storytailor.safety.likeness import CLOTHES, COMPANY, KIND, LOOKS
from storytailor.safety.trait_rule import feedback, unlike
from storytailor.safety.traits import AGENCY, TRAITS
from storytailor.story import TraitVerdict
from tests.making.stories import character

CHAIR, AID = "manual_wheelchair", "hearing_aid"
SHOW_CHAIR = f"Show {TRAITS[CHAIR].must_show}."
SHOW_MAYA = "Maya: Show Maya plainly, as their species: human."
Said = Literal["present", "absent", "contradicted", "not_visible"]


def verdict(name: str, trait: str, said: Said, reason: str = "She stands.") -> TraitVerdict:
    return TraitVerdict(character=name, trait=trait, verdict=said, reason=reason)


MAYA = character("Maya", traits=(CHAIR,))


@pytest.mark.parametrize(
    ("verdicts", "to_mend"),
    [
        ([verdict("Maya", CHAIR, "present")], []),
        ([verdict("Maya", CHAIR, "not_visible")], []),
        ([verdict("Maya", CHAIR, "absent")], [f"Maya: She stands. {SHOW_CHAIR}"]),
        ([verdict("Maya", CHAIR, "contradicted", "She runs")], [f"Maya: She runs. {SHOW_CHAIR}"]),
        ([], [SHOW_MAYA, f"Maya: show {TRAITS[CHAIR].must_show}."]),
        ([verdict("Leo", CHAIR, "present")], [SHOW_MAYA, f"Maya: show {TRAITS[CHAIR].must_show}."]),
        ([verdict("Maya", CHAIR, "present"), verdict("Maya", "wings", "absent")], []),
        ([verdict("Maya", CHAIR, "present"), verdict("Leo", AID, "absent")], []),
        ([verdict("Maya", CHAIR, "present"), verdict("Maya", AGENCY, "present")], []),
        ([verdict(" maya ", CHAIR, "present")], []),
        ([verdict("Maya", CHAIR, "absent", " ")], [f"Maya: {SHOW_CHAIR}"]),
        (
            [verdict("Maya", CHAIR, "present"), verdict("Maya", CHAIR, "absent")],
            [f"Maya: She stands. {SHOW_CHAIR}"],
        ),
        (
            [verdict("Maya", CHAIR, "absent"), verdict("Maya", CHAIR, "present")],
            [f"Maya: She stands. {SHOW_CHAIR}"],
        ),
    ],
    ids=[
        "present",
        "not visible",
        "absent",
        "contradicted",
        "no verdict",
        "a verdict for somebody else",
        "a verdict for a trait nobody has",
        "a verdict for a character nobody knows",
        "agency is asked but not recorded",
        "a name in other letters",
        "no reason given",
        "two opinions, the worse last",
        "two opinions, the worse first",
    ],
)
def test_what_is_to_be_mended(verdicts: list[TraitVerdict], to_mend: list[str]) -> None:
    assert feedback([MAYA], verdicts) == to_mend


def test_each_characters_each_trait_is_mended_in_order() -> None:
    leo = character("Leo", traits=(AID, CHAIR))
    verdicts = [
        verdict("Leo", CHAIR, "absent"),
        verdict("Maya", CHAIR, "absent"),
        verdict("Leo", AID, "present"),
    ]
    assert [line.split(":")[0] for line in feedback([MAYA, leo], verdicts)] == ["Maya", "Leo"]


def test_two_characters_of_one_name_and_trait_must_both_be_shown() -> None:
    twins = [MAYA, character("Maya", traits=(CHAIR,))]
    both = [verdict("Maya", CHAIR, "present")] * 2
    assert feedback(twins, both) == []
    one = [verdict("Maya", CHAIR, "present"), verdict("Maya", CHAIR, "absent")]
    assert feedback(twins, one) == [f"Maya: She stands. {SHOW_CHAIR}"]
    assert feedback(twins, one[:1]) == [f"Maya: show {TRAITS[CHAIR].must_show}."]


def test_two_characters_of_one_name_are_told_apart_by_their_traits() -> None:
    both = [MAYA, character("Maya", traits=(AID,))]
    verdicts = [verdict("Maya", CHAIR, "present"), verdict("Maya", AID, "absent", "Bare ears")]
    assert feedback(both, verdicts) == [f"Maya: Bare ears. Show {TRAITS[AID].must_show}."]


def test_a_picture_of_characters_without_traits_passes() -> None:
    assert feedback([character("Leo")], [verdict("Leo", AGENCY, "present")]) == []
    assert feedback([], []) == []


def test_who_only_stands_at_the_edge_is_to_be_drawn_acting_recorded_or_not() -> None:
    (line,) = feedback([MAYA], [verdict("Maya", CHAIR, "present"), verdict("Maya", AGENCY, "absent")])
    assert line == f"Maya: She stands. Show {TRAITS[AGENCY].must_show}."


@pytest.mark.parametrize("said", ["absent", "contradicted", "not_visible"])
def test_who_is_not_there_as_the_kind_they_are_is_to_be_drawn_again(said: Said) -> None:
    inky = character("Inky", species="octopus")
    verdicts = [verdict("Inky", KIND, said, "A pink rabbit"), verdict("Inky", AGENCY, "present")]
    assert feedback([inky], verdicts) == ["Inky: A pink rabbit. Show Inky plainly, as their species: octopus."]


def test_a_character_nobody_said_a_word_about_is_missing() -> None:
    leo, maya = character("Leo"), character("Maya")
    assert feedback([leo, maya], [verdict("Leo", AGENCY, "present")]) == [SHOW_MAYA]


def test_looks_and_clothes_count_only_where_a_verdict_is_against_them() -> None:
    def told(asked: str, said: Said) -> list[str]:
        verdicts = [verdict("Maya", CHAIR, "present"), verdict("Maya", asked, said, "Her hair is curly")]
        assert feedback([MAYA], verdicts) == []  # it may be shown, if need be
        return unlike([MAYA], verdicts)

    assert told(LOOKS, "contradicted") == ["Maya: Her hair is curly. Draw hair, skin, age and build as the sheet says."]
    assert told(CLOTHES, "absent") == ["Maya: Her hair is curly. Draw the clothes as the sheet says."]
    for asked in (LOOKS, CLOTHES):
        assert told(asked, "not_visible") == told(asked, "present") == []
    assert unlike([MAYA], []) == []


def test_somebody_nobody_spoke_of_is_not_to_stand_among_them() -> None:
    stranger = [verdict("", COMPANY, "contradicted", "A second Maya waves")]
    assert unlike([MAYA], stranger) == [
        "A second Maya waves. Show Maya, and whom and what the scene names, each once, and nobody else."
    ]
    assert unlike([MAYA], [verdict("", COMPANY, "present")]) == []


@pytest.mark.parametrize("trait", TRAITS)
def test_every_trait_can_be_asked_for_again(trait: str) -> None:
    (line,) = feedback([character("Maya", traits=(trait,))], [verdict("Maya", trait, "absent")])
    assert TRAITS[trait].must_show in line
