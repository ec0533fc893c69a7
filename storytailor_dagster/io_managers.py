"""How Dagster keeps assets and reads them again: by the story's row. The bytes lie in the object store.

What is written and read is the business of `storytailor.artifacts`; here stands only the way there.
"""

from dataclasses import dataclass
from uuid import UUID

import dagster as dg

from storytailor.artifacts import KeptArtifact, read_artifact
from storytailor.catalog import CATALOG, AssetName, asset_named
from storytailor.db import Lease
from storytailor.db.asset_records import AssetRecord
from storytailor.db.queue import Finished
from storytailor.errors import LeaseLostError, PermanentError, ServiceUnavailableError
from storytailor.making.usage import log_uncounted
from storytailor.object_cleanup import delete_or_write_down
from storytailor.services import Services
from storytailor_dagster.metadata import story_cost
from storytailor_dagster.resources import MakerLoopResource


@dataclass(frozen=True)
class FinishedAsset:
    """What an asset's step hands over: what is to be written, and the lease it is written under."""

    lease: Lease
    record: AssetRecord


class StoryIOManager(dg.ConfigurableIOManager):
    """Writes an asset's record, under its lease, in one statement; reads what the row has of it."""

    maker_loop: dg.ResourceDependency[MakerLoopResource]

    def handle_output(self, context: dg.OutputContext, obj: FinishedAsset) -> None:
        """Write that the asset is ready. Objects nobody shows any more are removed."""
        maker = self.maker_loop.loop
        finished = maker.call(_finish(maker.services, asset_named(context.asset_key.to_user_string()), obj))
        context.add_output_metadata(story_cost(finished.usage))

    def load_input(self, context: dg.InputContext) -> KeptArtifact | None:
        """What the makers downstream take of the asset; None for an optional one that has failed."""
        maker, asset = self.maker_loop.loop, asset_named(context.asset_key.to_user_string())
        story = maker.call(maker.services.inputs.kept(UUID(context.partition_key)))
        wanted_by = asset_named(context.op_def.name)
        status = story.status(asset)
        if asset in CATALOG[wanted_by].optional_needs and status is not None and status.status == "failed":
            return None
        try:
            return read_artifact(story, asset)
        except PermanentError as not_ready:
            raise dg.Failure(str(not_ready), allow_retries=False) from not_ready


async def _finish(services: Services, asset: AssetName, made: FinishedAsset) -> Finished:
    try:
        finished = await services.queue.finish(made.lease, asset, made.record)
    except (LeaseLostError, ServiceUnavailableError):
        log_uncounted(made.lease.story_id, asset, made.record.usage)
        raise
    await delete_or_write_down(services.orphans, services.store, made.lease.story_id, finished.replaced)
    return finished
