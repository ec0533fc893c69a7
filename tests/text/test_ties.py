from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storytailor.text.ties import tied, untied

TILDE = str.maketrans({"\u00a0": "~", "\u202f": "^"})


@pytest.mark.parametrize(
    ("language", "text", "set_as"),
    [
        ("fr", "« Où est M. Dupont ? » dit-elle ; il rit : oui !", "«~Où est M.~Dupont^?~» dit-elle^; il rit~: oui^!"),
        ("fr-CA", "Mme Roux fit 10 km le 24 décembre.", "Mme~Roux fit 10~km le 24~décembre."),
        ("fr", "— Oui ! dit-il.\n— Non…", "—~Oui^! dit-il.\n—~Non…"),
        (
            "fr",
            "« Il pleut ? — Oui », dit l’ours — le brun — et il rit.",
            "«~Il pleut^? —~Oui~», dit l’ours —~le brun —~et il rit.",
        ),
        ("en", "“Is it?” — Leo nodded — it was.", "“Is it?” —~Leo nodded~— it was."),
        ("en", "Mr. Fox met Dr Owl and J. K. Mouse.", "Mr.~Fox met Dr~Owl and J.~K.~Mouse."),
        ("en", "No fox saw 3 hens — or No. 5, at 20 °C.", "No fox saw 3~hens~— or No.~5, at 20~°C."),
        ("en", "… and “ Hello ” she said.", "…~and “~Hello~” she said."),
        ("de", "Am 7. Mai kam Dr. Maus – und 10 000 Käfer …", "Am 7.~Mai kam Dr.~Maus~– und 10~000 Käfer~…"),
        ("es", "La Sra. Luna vio 2 lobos —dijo Ana—.", "La Sra.~Luna vio 2~lobos —dijo Ana—."),
        ("pl", "Poszła w las z nim.", "Poszła w~las z~nim."),
    ],
)
def test_what_belongs_together_is_tied_as_the_language_does_it(language: str, text: str, set_as: str) -> None:
    assert tied(text, language).translate(TILDE) == set_as


def test_no_break_spaces_that_are_there_stay_as_they_are() -> None:
    text = "a\u2060b c\u2007d «\u202fOui\u202f»"
    assert tied(text, "de") == text


@given(st.text(st.sampled_from("aI7 «»?!.—…-:\n\u00a0"), max_size=40), st.sampled_from(["en", "fr", "de", "pl"]))
def test_tying_changes_no_character_but_spaces(text: str, language: str) -> None:
    assert untied(tied(text, language)) == untied(text)
