"""Phoenix frames, which Supabase's Realtime speaks, in both serialisations."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, NoReturn

Version = Literal["1", "2"]
Payload = dict[str, object]


class MalformedFrameError(ValueError):
    """What arrived is no frame of this version."""


@dataclass(frozen=True)
class Frame:
    """One message, of either side."""

    topic: str
    event: str
    payload: Payload
    ref: str | None = None
    """Which message this is, or which one it answers."""
    join_ref: str | None = None
    """The `ref` of the channel's join, so that what belongs to an earlier one is known for it."""

    def answer(self, status: Literal["ok", "error"], response: Payload) -> Frame:
        """The reply to this frame."""
        payload: Payload = {"status": status, "response": response}
        return Frame(self.topic, "phx_reply", payload, self.ref, self.join_ref)


def version_of(vsn: str) -> Version | None:
    """The serialisation of this `vsn`: 1.0.0 are objects, 2.0.0 are arrays; None for any other."""
    match vsn.split(".")[0]:
        case "1":
            return "1"
        case "2":
            return "2"
        case _:
            return None


def read(text: str, version: Version) -> Frame:
    """The frame in this text. Raises MalformedFrameError."""
    try:
        message = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise MalformedFrameError("A frame is JSON.") from None
    match version, message:
        case "1", {"topic": topic, "event": event, "payload": payload}:
            ref, join_ref = message.get("ref"), message.get("join_ref")
        case "2", [join_ref, ref, topic, event, payload]:
            pass
        case "1", _:
            raise MalformedFrameError("A frame is {topic, event, payload, ref, join_ref}.")
        case _:
            raise MalformedFrameError("A frame is [join_ref, ref, topic, event, payload].")
    if not (isinstance(topic, str) and isinstance(event, str) and isinstance(payload, dict)):
        raise MalformedFrameError("Topic and event are strings, the payload is an object.")
    if not all(mark is None or isinstance(mark, str) for mark in (ref, join_ref)):
        raise MalformedFrameError("Refs are strings.")
    return Frame(topic, event, payload, ref, join_ref)


def write(frame: Frame, version: Version) -> str:
    """The frame as text."""
    message: object
    if version == "1":
        message = {
            "topic": frame.topic,
            "event": frame.event,
            "payload": frame.payload,
            "ref": frame.ref,
            "join_ref": frame.join_ref,
        }
    else:
        message = [frame.join_ref, frame.ref, frame.topic, frame.event, frame.payload]
    return json.dumps(message, separators=(",", ":"))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
