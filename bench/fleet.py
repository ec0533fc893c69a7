"""What a fleet needs for so many stories an hour, calculated from what one story was measured to take.

    python -m bench.fleet

It prints the tables of `docs/scaling.md`; a test holds the page to them. Calls, tokens and dollars are the estimate's,
which prices calls as the ledger does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from storytailor.catalog import ALL_ASSETS
from storytailor.db.process_connections import Fleet, PoolSizes, wanted
from storytailor.making.estimate import CostRange, estimate, generous_calls
from storytailor.providers.usage import Usage
from storytailor.settings import Settings
from storytailor.story import Character, StoryBrief, StoryType
from storytailor_dagster.history import BATCH, BATCHES

HOURLY = (1_000, 10_000, 100_000)

# Measured, one story: see "What was measured" in docs/scaling.md.
CPU_SECONDS = {"worker": 1.82, "PostgreSQL": 0.39, "daemon": 0.13, "API": 0.05, "broker": 0.01}
"""Of a core like that of the machine it was measured on."""
EMULATOR_SECONDS, STORIES_A_MINUTE = 0.18, 50.0
"""The emulator's part, and what two such cores made with it: the run in which all of these seconds were measured."""
SECONDS_IN_FLIGHT = 155.0
"""From the request to the book, at the seed's latencies."""
NARRATION_SECONDS = 67.0
"""Of which one voice is busy."""
IDLE_WORKER_MB, IN_FLIGHT_MB = 335, 16
STORY_KB, DAGSTER_KB, WAL_KB = 94, 317, 1053
ROWS_WRITTEN, TRANSACTIONS, BROKER_COMMANDS, MODERATIONS = 753, 967, 55, 19
OBJECT_MB = 10.7

# Chosen.
FULL = 0.7
"""How full a core may be on the average."""
SWEEPS_AN_HOUR = 12
PARTITIONS = 100_000
"""What Dagster says an asset's pages are made for."""
READS_A_BOOK = 5.0
"""How often each file of a book is fetched."""


@dataclass(frozen=True)
class Calls:
    """What one story asks of providers at the most: a returning family's, one character, a reader of six."""

    text: int
    pictures: int
    input_tokens: int
    output_tokens: int
    characters: int
    dollars: CostRange


def calls_of_a_story(settings: Settings) -> Calls:
    """By the settings' models."""
    maya = Character(id=uuid4(), name="Maya", age=6, appearance="brown eyes, a yellow raincoat", traits=())
    brief = StoryBrief(
        story_id=uuid4(),
        characters=(maya,),
        story_type=StoryType.ADVENTURE,
        themes=("courage", "friendship"),
        assets=ALL_ASSETS,
    )
    cost, calls = estimate(brief, [], settings).cost_usd, generous_calls(brief, [], settings)
    if cost is None or calls is None:
        raise SystemExit("These models have no price.")
    flat = [call for asked in calls.values() for call in asked]
    text = [call for call in flat if call.model not in (settings.image_model, settings.voice_model)]

    def sum_of(calls: Sequence[Usage], of: Callable[[Usage], int]) -> int:
        return sum(map(of, calls))

    return Calls(
        len(text),
        sum(call.model == settings.image_model for call in flat),
        sum_of(text, lambda call: call.input_tokens),
        sum_of(text, lambda call: call.output_tokens),
        sum_of(flat, lambda call: call.characters),
        cost,
    )


def workers_for(hourly: float) -> int:
    """How many workers, each on one core."""
    return max(1, math.ceil(cores("worker", hourly) / FULL))


def cores(part: str, hourly: float) -> float:
    """How many cores a part uses on the average."""
    return CPU_SECONDS[part] * hourly / 3600


def in_flight(hourly: float) -> float:
    """How many stories are being made at a time."""
    return SECONDS_IN_FLIGHT * hourly / 3600


def ours(hourly: float) -> Mapping[str, str]:
    """What our own machines have to be."""
    workers, second = workers_for(hourly), hourly / 3600
    apis = max(2, math.ceil(cores("API", hourly) / FULL))
    fleet = Fleet(apis=apis, workers=workers, webhooks=1)
    memory = (workers * IDLE_WORKER_MB + in_flight(hourly) * IN_FLIGHT_MB) / 1024
    return {
        "stories in flight (`STORIES_IN_FLIGHT` above it)": f"{in_flight(hourly):,.0f}",
        f"workers, a core each, {FULL:.0%} full": f"{workers:,}",
        "their memory": f"{memory:,.1f} GB",
        "API processes": f"{apis:,}",
        "daemon, of one core": f"{cores('daemon', hourly):.0%}",
        "broker": f"{cores('broker', hourly):.0%} of a core, {BROKER_COMMANDS * second:,.0f} commands a second",
        "PostgreSQL, cores in use": f"{cores('PostgreSQL', hourly):.1f}",
        "transactions, rows written a second": f"{TRANSACTIONS * second:,.0f}, {ROWS_WRITTEN * second:,.0f}",
        "write-ahead log": f"{WAL_KB * second / 1024:.1f} MB a second",
        "connections with pools of 4 and 3, of 2 and 2": f"{wanted(PoolSizes(4, 3), fleet):,}, "
        f"{wanted(PoolSizes(2, 2), fleet):,}",
        "rows of stories that stay, a day": f"{STORY_KB * hourly * 24 / 1024**2:,.1f} GB",
        f"`RETENTION_DAYS` that keeps Dagster to {PARTITIONS:,} stories": f"{PARTITIONS / hourly / 24:.2g}",
        "of Dagster's tables, kept so": f"{DAGSTER_KB * PARTITIONS / 1024**2:,.0f} GB",
        "files stored, a day": f"{OBJECT_MB * hourly * 24 / 1024**2:,.2f} TB",
        f"a CDN, each file read {READS_A_BOOK:g} times": f"{OBJECT_MB * READS_A_BOOK * second * 8:,.0f} Mbit/s",
    }


def theirs(hourly: float, calls: Calls) -> Mapping[str, str]:
    """What the providers have to let through, by the minute, and what they ask for it."""
    minute = hourly / 60
    return {
        "calls for text and looking, the rubric's among them": f"{calls.text * minute:,.0f}",
        "calls for moderation": f"{MODERATIONS * minute:,.0f}",
        "millions of tokens in": f"{calls.input_tokens * minute / 1e6:,.2f}",
        "millions of tokens out": f"{calls.output_tokens * minute / 1e6:,.2f}",
        "pictures (`IMAGES_PER_MINUTE` of all workers)": f"{calls.pictures * minute:,.0f}",
        "characters read aloud": f"{calls.characters * minute / 1e3:,.0f} thousand",
        "voices at a time (`ELEVENLABS_CONCURRENCY` of all workers)": f"{NARRATION_SECONDS * hourly / 3600:,.0f}",
        "dollars an hour": f"{calls.dollars.low * hourly:,.0f}-{calls.dollars.high * hourly:,.0f}",
    }


def ends(calls: Calls) -> Sequence[tuple[float, str, str]]:
    """At how many stories an hour what ends, and what then."""
    settings = Settings.model_construct()
    pools, alone = PoolSizes(4, 3), Fleet(apis=2, workers=0, webhooks=1)
    workers = (300 - wanted(pools, alone)) // (wanted(pools, Fleet(2, 1, 1)) - wanted(pools, alone))
    return sorted(
        [
            (
                settings.elevenlabs_concurrency / NARRATION_SECONDS * 3600,
                f"a voice plan of {settings.elevenlabs_concurrency} calls at a time",
                "a larger plan",
            ),
            (
                250 / calls.pictures * 60,
                "an account of 250 pictures a minute",
                "a higher limit, or a router of your own at `IMAGE_BASE_URL` with several accounts behind it",
            ),
            (
                settings.stories_in_flight / SECONDS_IN_FLIGHT * 3600,
                f"`STORIES_IN_FLIGHT` as it is by default, {settings.stories_in_flight}",
                "set it",
            ),
            (
                PARTITIONS / 24 / settings.retention_days,
                f"`RETENTION_DAYS` as it is by default, {settings.retention_days:g}: Dagster's pages get slow",
                "set it, by the table above",
            ),
            (
                BATCHES * BATCH * SWEEPS_AN_HOUR,
                f"the sweep, which forgets {BATCHES * BATCH:,} stories every five minutes: history grows",
                "not built: a sweep more often, or of more",
            ),
            (
                3600 / CPU_SECONDS["daemon"],
                "the one daemon's one core",
                "fleets side by side, each with its database and daemon, families divided among them: not built",
            ),
            (
                workers * FULL / CPU_SECONDS["worker"] * 3600,
                f"300 connections of PostgreSQL, {workers} workers",
                "pools of 2 and 2; a pooler, with `DATABASE_DIRECT_URL`; a larger server",
            ),
            (
                32 * FULL / CPU_SECONDS["PostgreSQL"] * 3600,
                "PostgreSQL on 32 cores",
                "Dagster's tables on a server of their own (`DAGSTER_DATABASE_URL`), then several fleets",
            ),
        ]
    )


def tables() -> list[str]:
    """The page's tables, as Markdown."""
    calls = calls_of_a_story(Settings.model_construct())
    head = f"| stories an hour | {' | '.join(f'{hourly:,}' for hourly in HOURLY)} |\n|---|{'---|' * len(HOURLY)}"

    def table(rows_at: Callable[[float], Mapping[str, str]]) -> str:
        columns = [rows_at(hourly) for hourly in HOURLY]
        rows = [f"| {name} | {' | '.join(column[name] for column in columns)} |" for name in columns[0]]
        return "\n".join([head, *rows])

    breaks = ["| stories an hour | what ends there | what then |", "|---|---|---|"]
    breaks += [
        f"| {round(hourly, -1 if hourly < 1000 else -2):,.0f} | {what} | {then} |" for hourly, what, then in ends(calls)
    ]
    return [table(ours), table(lambda hourly: theirs(hourly, calls)), "\n".join(breaks)]


if __name__ == "__main__":
    print("\n\n".join(tables()))
