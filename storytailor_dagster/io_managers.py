"""How Dagster reads assets again: from the story's row. The bytes lie in the object store.

What is read is the business of `storytailor.artifacts`; here stands only the way there. Nothing is written here: an
asset's own try does that (`story_asset`), so that a write that fails is told, and tried again, as anything else is.
"""

from uuid import UUID

import dagster as dg

from storytailor.artifacts import KeptArtifact, read_artifact
from storytailor.catalog import CATALOG, asset_named
from storytailor.errors import PermanentError, UnreadableRowError
from storytailor_dagster.resources import MakerLoopResource


class StoryIOManager(dg.ConfigurableIOManager):
    """Reads what the story's row has of an asset."""

    maker_loop: dg.ResourceDependency[MakerLoopResource]

    def handle_output(self, context: dg.OutputContext, obj: None) -> None:
        """Nothing: the asset is ready before its step has an output."""

    def load_input(self, context: dg.InputContext) -> KeptArtifact | UnreadableRowError | None:
        """What the makers downstream take of the asset; None for an optional one that has failed.

        That it cannot be read is for the try of the asset to tell, which has the lease to tell it by.
        """
        maker, asset = self.maker_loop.loop, asset_named(context.asset_key.to_user_string())
        story = maker.call(maker.services.inputs.kept(UUID(context.partition_key)))
        wanted_by = asset_named(context.op_def.name)
        try:
            status = story.status(asset)
            if asset in CATALOG[wanted_by].optional_needs and status is not None and status.status == "failed":
                return None
            return read_artifact(story, asset)
        except UnreadableRowError as unreadable:
            return unreadable
        except PermanentError as not_ready:
            raise dg.Failure(str(not_ready), allow_retries=False) from not_ready
