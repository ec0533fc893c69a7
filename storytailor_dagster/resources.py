"""What assets and IO managers share: the process's engine."""

import dagster as dg
from pydantic import PrivateAttr

from storytailor.settings import Settings
from storytailor_dagster.engine import Engine, process_engine


class StudioResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The engine that makes stories: this process's own, or in tests one with settings of its own."""

    _engine: Engine | None = PrivateAttr(default=None)

    @classmethod
    def with_settings(cls, settings: Settings) -> "StudioResource":
        """A resource on an engine of its own; `close` it."""
        resource = cls()
        resource._engine = Engine(settings)
        return resource

    @property
    def engine(self) -> Engine:
        """The engine."""
        return self._engine or process_engine()

    def close(self) -> None:
        """Close an engine of its own."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None
