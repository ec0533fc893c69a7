"""How a run says which story it makes, and under which claim: by its partition and one tag."""

from collections.abc import Mapping
from uuid import UUID

import dagster as dg

from storytailor.catalog import ALL_ASSETS
from storytailor.db import Lease

LEASE_TAG = "storytailor/lease"
CLAIM_TAG = "storytailor/claim"
PARENT_RUN_TAG = "dagster/parent_run_id"


def request_for(lease: Lease) -> dg.RunRequest:
    """The run that makes what was claimed. Its key is the claim's token: one run a claim, however often asked."""
    return dg.RunRequest(
        run_key=str(lease.token),
        partition_key=str(lease.story_id),
        asset_selection=[dg.AssetKey(asset) for asset in lease.assets],
        tags={
            LEASE_TAG: str(lease.token),
            CLAIM_TAG: str(lease.claim),
            # the queue decides what is made again, not Dagster's run retries
            "dagster/retry_on_asset_or_op_failure": "false",
        },
    )


def claimed_token(tags: Mapping[str, str]) -> UUID | None:
    """The claim a run works under; None for one begun by hand.

    A re-execution copies the tags of the run it repeats, but that run's claim is over.
    """
    if LEASE_TAG not in tags or PARENT_RUN_TAG in tags:
        return None
    return UUID(tags[LEASE_TAG])


def assets_of(run: dg.DagsterRun) -> frozenset[str]:
    """The assets a run makes: its selection, or the steps it repeats."""
    if run.step_keys_to_execute:
        return frozenset(run.step_keys_to_execute)
    if run.asset_selection:
        return frozenset(key.to_user_string() for key in run.asset_selection)
    return frozenset(ALL_ASSETS)
