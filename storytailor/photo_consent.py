"""What whoever uploads a picture of somebody confirms. A change of the words is a new version: it is recorded by whom,
when and to which version it was said."""

from __future__ import annotations

WORDING_VERSION = "2026-11"
WORDING = (
    "I may use this picture: whoever is seen in it, or a parent or guardian of a child in it, agrees that it is kept "
    "and that pictures of books are drawn from it."
)
