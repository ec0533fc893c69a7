"""`python -m emulator --port 8100`: the emulator until Ctrl-C."""

from __future__ import annotations

import argparse

import uvicorn

SECONDS_TO_FINISH = 2  # a call held by a fault would keep the server from stopping


def main() -> None:
    """Serves until stopped; a taken port is an error that names it."""
    parser = argparse.ArgumentParser(prog="python -m emulator", description="OpenAI and ElevenLabs on this machine.")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--host", default="127.0.0.1")
    asked = parser.parse_args()
    uvicorn.run(
        "emulator.app:create_app",
        factory=True,
        host=asked.host,
        port=asked.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )


if __name__ == "__main__":
    main()
