"""How assets are kept and read again.

An asset's files are in the object store before its IO manager is asked; what is written here, in one fenced
statement, is its row: `ready`, together with its url or data. Reading gives what the row says: texts and
palettes themselves, pictures and audio by their key in the store.
"""

from typing import Any
from uuid import UUID

import dagster as dg

from storytailor.catalog import CATALOG
from storytailor.db import Finished, Lease
from storytailor.making.book_files import StoredPicture, StoredVoice
from storytailor.story import Activities, Narration, PaletteJourney, StoryContent
from storytailor_dagster.maker_loop import Engine
from storytailor_dagster.resources import ENGINE


class StoryIOManager(dg.IOManager):
    """Writes and reads the story's row in PostgreSQL; the bytes lie in the object store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Write that the asset is ready, under its lease; objects nobody shows any more are removed."""
        made: Finished
        lease: Lease
        lease, made = obj
        asset = context.asset_key.to_user_string()
        self._engine.call(self._finish(lease, asset, made))

    def load_input(self, context: dg.InputContext) -> Any:
        """What the makers downstream take of the asset, as the row has it now."""
        row = self._engine.call(self._engine.studio.stories.made(UUID(context.partition_key)))
        asset = context.asset_key.to_user_string()
        if (
            asset in CATALOG[context.op_def.name].optional_needs
            and row["assets"][asset]["status"] == "failed"
        ):
            return None
        return read_asset(row, asset)

    async def _finish(self, lease: Lease, asset: str, made: Finished) -> None:
        studio = self._engine.studio
        replaced = await studio.queue.finish(lease, asset, made)
        await studio.store.delete(replaced)


@dg.io_manager(
    required_resource_keys={ENGINE}, description="A story's assets: facts in its row, files in the store."
)
def story_io(context: dg.InitResourceContext) -> StoryIOManager:
    """The IO manager on the process's engine."""
    return StoryIOManager(context.resources.engine)


def read_asset(row: dict[str, Any], asset: str) -> Any:
    """One asset of a story's row in the shape the makers take."""
    status = row["assets"][asset]
    if status["status"] != "ready":
        raise dg.Failure(
            f"{asset} is {status['status']}, so nothing can be made from it: make it first.",
            allow_retries=False,
        )
    match asset:
        case "content":
            return StoryContent.model_validate(row["content"])
        case "palette":
            return PaletteJourney.model_validate(status["data"])
        case "activities":
            return Activities.model_validate(status["data"])
        case "audio":
            narration = Narration(
                words=row["words"], blocks=row["blocks"], seconds=status["metadata"]["seconds"]
            )
            return StoredVoice(row["objects"]["audio"], narration)
        case _:
            metadata = status["metadata"]
            return StoredPicture(row["objects"][asset], metadata["alt"], metadata["fallback"])
