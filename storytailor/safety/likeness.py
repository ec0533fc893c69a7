"""What is asked of every character in every picture besides their traits: are they there, and themselves?"""

from __future__ import annotations

KIND = "kind"
LOOKS = "looks"
CLOTHES = "clothes"
COMPANY = "company"
"""Asked of the picture as a whole: is anybody among them who is not of the story, or missing whom the scene names?"""

SHOW = {
    LOOKS: "Draw hair, skin, age and build as the sheet says.",
    CLOTHES: "Draw the clothes as the sheet says.",
}

ASKED_OF_PICTURES = (KIND, LOOKS, CLOTHES, COMPANY)
