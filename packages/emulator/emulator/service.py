"""The emulator as its routes see it: what was asked of it, and who answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from emulator.canned import CannedAnswers
from emulator.control import Control
from emulator.pictures import Pictures
from emulator_models.answers import Answers
from emulator_models.local_models import LocalModels


class Service:
    """One running emulator."""

    def __init__(self) -> None:
        self.control = Control()
        self.pictures = Pictures()
        self._models = LocalModels()
        self._canned = CannedAnswers(self._models)

    @property
    def answers(self) -> Answers:
        """Who answers now: the models, or what they made before."""
        return self._canned if self.control.config.answers == "canned" else self._models

    def close(self) -> None:
        """Ends the models' process."""
        self._models.close()


def service_of(request: Request) -> Service:
    """The emulator that serves this request."""
    service: Service = request.app.state.service
    return service


Emulator = Annotated[Service, Depends(service_of)]
"""A route's parameter that is the emulator."""
