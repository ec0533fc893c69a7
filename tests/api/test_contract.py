"""The OpenAPI document, tried on a real server by Schemathesis: valid requests and invalid ones.

`SCHEMATHESIS_EXAMPLES` sets how many requests of each operation are tried, and how many chains of requests.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from pydantic import SecretStr
from schemathesis import Case, CheckFunction, GenerationMode, Response
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import ensure_resource_availability, positive_data_acceptance

from api.app import create_app
from api.limits import StreamTimings
from emulator.testing import serving
from storytailor.settings import Settings
from tests.api.conftest import SECRET, Person, create_person, token

Operation = APIOperation[Any, Any, Any, Any]
LAST = "DELETE /api/v1/me"
"""After it, whoever sent it is answered nothing else."""
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "20"))
ROUND = 20
NOT_IN_THE_SCHEMA = frozenset({"query.cursor", "body.image", "body.webhook_url"})
"""Which cursor is ours, what is a picture, which address may be called: found out by looking."""
UNPRINTABLE = re.compile(
    "no typeface has|can be seen in print|BCP 47 tag|no story can be made in|no typeface for its script"
)
"""Which letters and which languages can be printed: the faces know."""
SETTINGS = hypothesis_settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=False,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def person(database_url: str) -> Person:
    """A person with credits enough."""
    return create_person(database_url, tier="individual", credits=100_000)


@pytest.fixture
def schema(database_url: str, tmp_path: Path, emulator_url: str, person: Person) -> Iterator[BaseSchema]:
    """The document as a real server gives it, on a database of the test's own."""
    settings = Settings(
        _env_file=None,
        database_url=SecretStr(database_url),
        jwt_secret=SecretStr(SECRET),
        assets_dir=tmp_path / "assets",
        emulator_port=int(emulator_url.rpartition(":")[2]),
        create_rate_per_minute=1_000_000,
    )
    app = create_app(settings, StreamTimings(keep_alive=0.1, recheck=0.1, lifetime=0.2))
    with serving(app) as url:
        document = schemathesis.openapi.from_url(f"{url}/openapi.json")
        document.config.update(headers={"Authorization": f"Bearer {token(person.id, exp=time.time() + 3600)}"})
        yield document


def test_every_answer_is_as_documented(schema: BaseSchema) -> None:
    wrong: list[BaseException] = []
    for found in sorted(schema.get_all_operations(), key=comes_last):
        assert isinstance(found, Ok), found
        operation = found.ok()
        for mode in GenerationMode:
            try:
                send_requests(operation, mode)
            except (AssertionError, BaseExceptionGroup) as failure:
                failure.add_note(f"{operation.label}, {mode.value}")
                wrong.append(failure)
    if wrong:
        raise BaseExceptionGroup("answers that are not as documented", wrong)


def comes_last(found: object) -> bool:
    """Whether it is the operation that has to."""
    return isinstance(found, Ok) and found.ok().label == LAST


def send_requests(operation: Operation, mode: GenerationMode) -> None:
    """Send requests as they should be, or as they should not."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @SETTINGS
    def send(case: Case[Operation]) -> None:
        validate(case, case.call())

    with contextlib.suppress(Unsatisfiable):  # nothing can be sent wrongly where nothing is sent
        send()


def validate(case: Case[Operation], response: Response) -> None:
    """Run all checks, but those that expect of the document what no document can say."""
    excluded: list[CheckFunction] = []
    if response.status_code == 401 and "This account was deleted" in response.text:  # by the chain's own request
        excluded.append(positive_data_acceptance)
    if response.status_code in (404, 422):
        answer = response.json()
        if answer["code"] == "LIBRARY_NOT_FOUND":  # the character was there: the library named for it was not
            excluded.append(ensure_resource_availability)
        if answer["code"] == "VALIDATION_ERROR":
            faults = answer["data"]
            if faults and all(f["where"] in NOT_IN_THE_SCHEMA or UNPRINTABLE.search(f["what"]) for f in faults):
                excluded.append(positive_data_acceptance)
    case.validate_response(response, excluded_checks=excluded)


def test_chains_of_requests_are_answered_as_documented(schema: BaseSchema, database_url: str) -> None:
    class Chains(schema.as_state_machine()):  # type: ignore[misc]  # a class made at run time
        def setup(self) -> None:
            # each chain is somebody else's: what the server remembers of one would make Hypothesis distrust the next
            self.bearer = f"Bearer {token(create_person(database_url, tier='individual', credits=100_000).id)}"

        def get_call_kwargs(self, case: Case[Operation]) -> dict[str, Any]:
            return {"headers": {"Authorization": self.bearer}}

        def validate_response(self, response: Response, case: Case[Operation], **_: Any) -> None:
            validate(case, response)

    # in short rounds: what the server remembers of a long one makes Hypothesis distrust its own replays
    rounds = max(1, EXAMPLES // ROUND)
    for _ in range(rounds):
        Chains.run(
            settings=hypothesis_settings(
                SETTINGS,
                max_examples=min(EXAMPLES, ROUND),
                stateful_step_count=8,
                derandomize=rounds == 1,
            )
        )
