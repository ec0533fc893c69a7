"""Speech whose times or sound are not right, as ElevenLabs' users reported it."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable

from starlette.requests import Request

from emulator.real_answers.spoilt import Document, spoilt

_TIMED = "text-to-speech/*/with-timestamps"
_STARTS, _ENDS = "character_start_times_seconds", "character_end_times_seconds"
_STUCK_AFTER = 0.3
_STRETCH = 1.5
_DRIFT_SECONDS = 3.0
_HURRY = 0.7
_OVERSHOOT_SECONDS = 0.25
_PLAIN = {"“": '"', "”": '"', "‘": "'", "’": "'"}


@spoilt("elevenlabs", route=_TIMED, source="https://github.com/elevenlabs/elevenlabs-python/issues/661")
def stuck_times(answer: Document, _: Request) -> None:
    """Times that stand still after 30 % of the text."""

    for name in ("alignment", "normalized_alignment"):
        starts, ends = answer[name][_STARTS], answer[name][_ENDS]
        known = max(1, int(len(ends) * _STUCK_AFTER))
        for times in (starts, ends):
            times[known:] = [ends[known - 1]] * (len(times) - known)


@spoilt("elevenlabs", route=_TIMED, source="https://github.com/elevenlabs/elevenlabs-python/issues/772")
def stretched_times(answer: Document, _: Request) -> None:
    """Times half as long again as the sound."""
    _retime(answer, lambda times: [round(time * _STRETCH, 3) for time in times])


@spoilt("elevenlabs", route=_TIMED, source="https://github.com/elevenlabs/elevenlabs-python/issues/772")
def drifting_times(answer: Document, _: Request) -> None:
    """Times that lag further and further behind the sound: three seconds at its end."""

    def drifted(times: list[float]) -> list[float]:
        return [round(time + _DRIFT_SECONDS * index / len(times), 3) for index, time in enumerate(times)]

    _retime(answer, drifted)


@spoilt("elevenlabs", route=_TIMED, source="https://github.com/elevenlabs/elevenlabs-python/issues/772")
def hurried_times(answer: Document, _: Request) -> None:
    """Times that run ahead of the sound, and end well before it."""
    _retime(answer, lambda times: [round(time * _HURRY, 3) for time in times])


@spoilt("elevenlabs", route=_TIMED, source="clients that shift the times of a stream's pieces themselves")
def times_that_begin_again(answer: Document, _: Request) -> None:
    """Times whose second half begins at nought again, as those of a stream's pieces do."""

    def again(times: list[float]) -> list[float]:
        half = len(times) // 2
        return times[:half] + [round(time - times[half], 3) for time in times[half:]]

    _retime(answer, again)


@spoilt("elevenlabs", route=_TIMED, source="encoders, which round a sound's length")
def overshooting_times(answer: Document, _: Request) -> None:
    """A last character that ends a quarter of a second after the sound does."""
    for name in ("alignment", "normalized_alignment"):
        answer[name][_ENDS][-1] += _OVERSHOOT_SECONDS


@spoilt("elevenlabs", route=_TIMED, source="https://github.com/elevenlabs/elevenlabs-python/issues/760")
def words_without_length(answer: Document, _: Request) -> None:
    """Every eighth word starts and ends in one moment."""
    for name in ("alignment", "normalized_alignment"):
        lists = answer[name]
        for number, word in enumerate(re.finditer(r"\S+", "".join(lists["characters"])), start=1):
            if number % 8 == 0:
                moment = lists[_ENDS][word.end() - 1]
                for key in (_STARTS, _ENDS):
                    lists[key][word.start() : word.end()] = [moment] * len(word.group())


@spoilt("elevenlabs", route=_TIMED, source="https://github.com/elevenlabs/elevenlabs-python/issues/707")
def negative_starts(answer: Document, _: Request) -> None:
    """First characters that start before the sound does."""
    for name in ("alignment", "normalized_alignment"):
        starts = answer[name][_STARTS]
        answer[name][_STARTS] = [-0.12 * (5 - index) for index in range(min(5, len(starts)))] + starts[5:]


@spoilt("elevenlabs", route=_TIMED, source="https://github.com/elevenlabs/elevenlabs-python/issues/760")
def doubled_characters(answer: Document, _: Request) -> None:
    """A stretch of the text that is in the times twice."""
    for name in ("alignment", "normalized_alignment"):
        lists = answer[name]
        at = len(lists["characters"]) // 2
        for key in ("characters", _STARTS, _ENDS):
            lists[key] = lists[key][:at] + lists[key][max(0, at - 12) : at] + lists[key][at:]


@spoilt("elevenlabs", route=_TIMED, source="the API's schema: `alignment` may be null")
def missing_alignment(answer: Document, _: Request) -> None:
    """Sound without any times."""
    answer["alignment"] = answer["normalized_alignment"] = None


@spoilt("elevenlabs", route=_TIMED, source="public clients that strip before they compare")
def trimmed_characters(answer: Document, _: Request) -> None:
    """Times without the text's white space at its ends and at its line breaks."""
    for name in ("alignment", "normalized_alignment"):
        lists = answer[name]
        kept = [index for index, character in enumerate(lists["characters"]) if character not in "\n\r\t"]
        for key in ("characters", _STARTS, _ENDS):
            lists[key] = [lists[key][index] for index in kept]


@spoilt("elevenlabs", route=_TIMED, source="a public test in which Japanese came back in another normal form")
def decomposed_characters(answer: Document, _: Request) -> None:
    """The text in another normal form: an é as an e and an accent."""
    for name in ("alignment", "normalized_alignment"):
        lists = answer[name]
        spread = [
            (part, lists[_STARTS][index], lists[_ENDS][index])
            for index, character in enumerate(lists["characters"])
            for part in unicodedata.normalize("NFD", character)
        ]
        lists["characters"], lists[_STARTS], lists[_ENDS] = (list(column) for column in zip(*spread, strict=True))


@spoilt("elevenlabs", route=_TIMED, source="public clients that compare letters and digits alone")
def changed_characters(answer: Document, _: Request) -> None:
    """The text with typewriter's quotation marks, and without every hundredth letter."""
    for name in ("alignment", "normalized_alignment"):
        lists = answer[name]
        lists["characters"] = [_PLAIN.get(character, character) for character in lists["characters"]]
        for key in ("characters", _STARTS, _ENDS):
            lists[key] = [entry for number, entry in enumerate(lists[key], start=1) if number % 100]


@spoilt("elevenlabs", route=_TIMED, source="proxies that keep an answer too long")
def times_of_another_text(answer: Document, _: Request) -> None:
    """The times of another text."""
    for name in ("alignment", "normalized_alignment"):
        characters = answer[name]["characters"]
        answer[name]["characters"] = (list("To be read aloud some other day. ") * len(characters))[: len(characters)]


@spoilt("elevenlabs", route=_TIMED, source="connections that proxies cut short")
def truncated_sound(answer: Document, _: Request) -> None:
    """Sound that ends half-way, with times that go on."""
    whole = base64.b64decode(answer["audio_base64"])
    answer["audio_base64"] = base64.b64encode(whole[: len(whole) // 2]).decode()


@spoilt("elevenlabs", route=_TIMED, source="connections that proxies cut short")
def no_sound(answer: Document, _: Request) -> None:
    """Times without sound."""
    answer["audio_base64"] = ""


ANSWERS = (
    stuck_times,
    stretched_times,
    drifting_times,
    hurried_times,
    times_that_begin_again,
    overshooting_times,
    words_without_length,
    negative_starts,
    doubled_characters,
    missing_alignment,
    trimmed_characters,
    decomposed_characters,
    changed_characters,
    times_of_another_text,
    truncated_sound,
    no_sound,
)


def _retime(answer: Document, retime: Callable[[list[float]], list[float]]) -> None:
    for name in ("alignment", "normalized_alignment"):
        for key in (_STARTS, _ENDS):
            answer[name][key] = retime(answer[name][key])
