"""A process that only decodes pictures, so that a hostile one costs no other: `python -m api.image_worker`.

It reads a picture from its standard input and writes what it is encoded anew, or why it was refused, to its standard
output, one after another, each after its length in eight bytes. What it may take of memory and processor time is
bounded by the kernel, which ends it.
"""

from __future__ import annotations

import json
import math
import os
import resource
import sys
from typing import BinaryIO

from api.images import reencode
from storytailor.errors import PayloadTooLargeError, ValidationError

MEMORY_BYTES = 1024 * 1024 * 1024
"""Of address space. The largest picture that is taken has 160 MB of pixels, two or three times in memory."""
CPU_SECONDS = 8
"""A picture. The largest that is taken needs some two."""
LENGTH_BYTES = 8
TAKEN, TOO_LARGE, REFUSED = b"T", b"L", b"R"
"""The first byte of an answer: a picture follows, or a message, or what is wrong with the picture."""


def main() -> None:
    """Answer until there is nothing more to read."""
    _bound_memory_and_files()
    incoming, answers = sys.stdin.buffer, sys.stdout.buffer
    while (body := _next(incoming)) is not None:
        _bound_processor_time()
        answer = _answer(body)
        answers.write(len(answer).to_bytes(LENGTH_BYTES))
        answers.write(answer)
        answers.flush()


def _next(incoming: BinaryIO) -> bytes | None:
    length = incoming.read(LENGTH_BYTES)
    return incoming.read(int.from_bytes(length)) if len(length) == LENGTH_BYTES else None


def _answer(body: bytes) -> bytes:
    try:
        return TAKEN + reencode(body)
    except PayloadTooLargeError as error:
        return TOO_LARGE + error.message.encode()
    except ValidationError as error:
        return REFUSED + json.dumps([error.message, error.data]).encode()


def _bound_memory_and_files() -> None:
    if sys.platform == "linux":  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)  # answers to others come first


def _bound_processor_time() -> None:
    """From here on, so much: the limit counts from the process's beginning."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
