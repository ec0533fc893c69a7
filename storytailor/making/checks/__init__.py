"""Looking at a finished file before it counts as ready, as the person would who opens it.

A file that is not right raises UnfitOutputError and is made again, or fails with the reason: it is never `ready`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from storytailor.catalog import PICTURES, AssetName
from storytailor.credentials.signing import credentials_hold
from storytailor.errors import UnfitOutputError
from storytailor.story import Narration

MOST_SILENT_SECONDS = 2.0
"""So long the sound may go on after the last word."""


@dataclass(frozen=True)
class Check:
    """What was looked at, and what was seen; a finding is why it does not pass.

    One that is not `required` is shown, and the file is taken all the same.
    """

    name: str
    facts: Mapping[str, int | float | str]
    finding: str = ""
    required: bool = True

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.finding


_OF_PICTURES = {"alternative_text_is_there": "Somebody who cannot see the picture is told what it shows."}
CHECKS: Mapping[AssetName, Mapping[str, str]] = {
    **dict.fromkeys(PICTURES, _OF_PICTURES),
    "audio": {"word_times_fit_the_sound": "Every word has a time, in order, up to the end of the sound."},
    "pdf": {
        "title_is_visible": "The cover shows the title in large letters.",
        "no_letter_is_missing": "No letter of the screen or print file is an empty box.",
        "pages_are_filled": "No page breaks off a text that it has room for.",
    },
    "epub": {
        "pictures_are_described": "Every picture has an alternative text, or is decoration.",
        "spoken_words_are_on_the_page": "Every word that the overlays light up is there.",
        "epubcheck": "EPUBCheck finds no error, where it is installed.",
    },
}
"""What is looked at, by asset, with what it means; each asset's files are looked at for their credentials besides."""
CREDENTIALS = "content_credentials_hold"


def alternative_text(alt: str) -> Check:
    """A picture's words for those who cannot see it."""
    return Check("alternative_text_is_there", {"characters": len(alt)}, "" if alt.strip() else "It has no words.")


def word_times(narration: Narration) -> Check:
    """The words of a narration against its length."""
    words = narration.words
    edges = [edge for word in words for edge in (word.start, word.end)]
    still = sum(word.end <= word.start for word in words)
    rest = narration.seconds - (words[-1].end if words else 0)
    findings = {
        "There is no word in it.": not words,
        "Its times are out of order.": edges != sorted(edges),
        "Some words have no time of their own.": still > max(1, len(words) // 5),
        "The last word ends long before the sound does, or after it.": not -0.01 <= rest <= MOST_SILENT_SECONDS,
    }
    facts = {"words": len(words), "seconds": narration.seconds, "afterTheLastWord": round(rest, 2)}
    return Check("word_times_fit_the_sound", facts, next((said for said, is_so in findings.items() if is_so), ""))


def credentials(files: Mapping[str, bytes], extension: str) -> Check:
    """The content credentials of files as they are stored."""
    broken = [name for name, body in files.items() if not credentials_hold(body, extension)]
    finding = f"The credentials of {', '.join(broken)} do not hold." if broken else ""
    return Check(CREDENTIALS, {"files": len(files)}, finding)


def require(checks: Iterable[Check]) -> list[Check]:
    """The checks, none of which stands against the file. Raises UnfitOutputError with what the first one found."""
    done = list(checks)
    for check in done:
        if check.required and not check.passed:
            raise UnfitOutputError(
                "A finished file was not right and was not taken.", remedy=f"{check.name}: {check.finding}"
            )
    return done
