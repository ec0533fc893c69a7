"""The emulator as its routes see it: what was asked of it, and who answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from emulator.canned import Canned
from emulator.control import Control
from emulator_models.studio import Answers, Studio


class Service:
    """One running emulator."""

    def __init__(self) -> None:
        self.control = Control()
        self._studio = Studio()
        self._canned = Canned(self._studio)

    @property
    def answers(self) -> Answers:
        """Who answers now: the studio, or what it made before."""
        return self._canned if self.control.config.answers == "canned" else self._studio

    def close(self) -> None:
        """Ends the studio's process."""
        self._studio.close()


def service_of(request: Request) -> Service:
    """The emulator that serves this request."""
    service: Service = request.app.state.service
    return service


Emulator = Annotated[Service, Depends(service_of)]
"""A route's parameter that is the emulator."""
