"""What a benchmark or a test asks of the emulator: its latency, its kind of answers, its faults."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from emulator.limits import Limiter, Limits
from emulator.log import Call, Log
from emulator.real_answers import NAMES, answer_to, like
from emulator.real_answers.answer import route_matches
from emulator.timing import seed_seconds

StatusCode = Annotated[int, Field(ge=400, le=599)]
FAULT_KINDS: dict[str, str] = {
    "timeout": "No answer until the client gives up, 10 minutes at most.",
    "reset": "The connection is dropped.",
    "malformed": "200 with broken JSON; of a structured chat the content is broken, not its envelope.",
    "refusal": "The provider's safety refusal.",
    "slow": "The answer, `seconds` late.",
}
"""What each kind does that is neither a status code nor a real answer's name."""
Rate = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(ge=0, le=3600)]


class Fault(BaseModel):
    """A fault and the calls it strikes.

    `route` is matched against the path behind `/openai/v1/` or `/elevenlabs/v1/`: as a glob (`images/*`), or
    as its first part (`chat/completions`, `text-to-speech`). `schema` is the name of the answer's schema,
    `asset` the prompt's `data.asset`. Of the calls matched each is struck with the probability `rate`, until
    `times` have been; without either, all are. The first fault that strikes is the only one.

    Kinds: a status code = that error in the provider's shape (`code` sets its code, `retry_after` the header);
    one of `FAULT_KINDS`; or the name of a real answer, which strikes only where that answer is met
    (`retry_after` sets the wait it names, wherever it names it).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    route: str = "*"
    shape: str | None = Field(default=None, alias="schema")
    asset: str | None = None
    kind: StatusCode | str
    times: Count | None = None
    rate: Rate | None = None
    seed: int = 0
    retry_after: Seconds | None = None
    code: str | None = None
    seconds: Seconds = 5

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: int | str) -> int | str:
        known = FAULT_KINDS.keys() | NAMES
        if isinstance(kind, int) or kind in known:
            return kind
        near = ", ".join(like(kind, known)) or "none"
        raise ValueError(f"there is no fault '{kind}'. Near ones: {near}. GET /_emulator/faults lists them all")

    @property
    def real_answer(self) -> str | None:
        """The real answer it is named after."""
        return self.kind if isinstance(self.kind, str) and self.kind in NAMES else None

    def matches(self, call: Call) -> bool:
        """Whether the call is one it may strike."""
        return (
            route_matches(self.route, call.route)
            and self.shape in (None, call.shape)
            and self.asset in (None, call.asset)
            and (self.real_answer is None or answer_to(call, self.real_answer) is not None)
        )


class Config(BaseModel):
    """All that can be asked for; the defaults are how the emulator starts.

    `latency`: `seed` is the timing table of `emulator.timing`, a number that many times it. `answers`:
    `canned` ones are prepared once and cost no CPU. `omit_traits`: how many pictures leave the trait out,
    of those whose characters have it (made answers only). `limits`: how many a minute each of OpenAI's models takes.
    `voices`: the ids of the voices the account at ElevenLabs has; None = those listed, and any other id speaks too.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    latency: Literal["none", "seed"] | Annotated[float, Field(ge=0, le=100)] = "none"
    answers: Literal["made", "canned"] = "made"
    faults: tuple[Fault, ...] = ()
    omit_traits: dict[str, Count] = {}
    limits: Limits = Limits()
    voices: tuple[str, ...] | None = None


class Control:
    """The emulator's settings and log, and what is left of its faults. Lives on the event loop."""

    def __init__(self) -> None:
        self.log = Log()
        self.configure(Config())

    def configure(self, config: Config) -> None:
        """Replaces the settings; all counts start again."""
        self.config = config
        self._randoms = [Random(fault.seed) for fault in config.faults]
        self._struck = [0] * len(config.faults)
        self._omissions = dict(config.omit_traits)
        self.limiter = Limiter(config.limits)

    def latency(self, call: Call) -> float:
        """Seconds the call is to take."""
        match self.config.latency:
            case "none":
                return 0.0
            case "seed":
                return seed_seconds(call.route, call.shape)
            case factor:
                return factor * seed_seconds(call.route, call.shape)

    def strike(self, call: Call) -> Fault | None:
        """The fault that strikes this call, counted; None for most."""
        for index, fault in enumerate(self.config.faults):
            spent = fault.times is not None and self._struck[index] >= fault.times
            if spent or not fault.matches(call):
                continue
            if fault.rate is None or self._randoms[index].random() < fault.rate:
                self._struck[index] += 1
                call.fault = fault.kind
                return fault
        return None

    def omissions(self, traits: Iterable[str]) -> frozenset[str]:
        """Of these traits, those the next picture leaves out."""
        omitted = frozenset(trait for trait in traits if self._omissions.get(trait, 0))
        for trait in omitted:
            self._omissions[trait] -= 1
        return omitted
