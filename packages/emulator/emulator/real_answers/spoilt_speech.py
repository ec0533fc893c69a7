"""Speech whose times or sound are not right, as ElevenLabs' users reported it."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable

from starlette.requests import Request

from emulator.real_answers.spoilt import Document, spoilt

_TIMED = "text-to-speech/*/with-timestamps"
_STARTS, _ENDS = "character_start_times_seconds", "character_end_times_seconds"
_STUCK_AFTER = 0.3
_STRETCH = 1.5
_DRIFT_SECONDS = 3.0


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
    negative_starts,
    doubled_characters,
    missing_alignment,
    trimmed_characters,
    decomposed_characters,
    truncated_sound,
    no_sound,
)


def _retime(answer: Document, retime: Callable[[list[float]], list[float]]) -> None:
    for name in ("alignment", "normalized_alignment"):
        for key in (_STARTS, _ENDS):
            answer[name][key] = retime(answer[name][key])
