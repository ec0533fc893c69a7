"""The secrets that sign, and how one takes another's place while receivers go on verifying."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from storytailor.errors import SettingsError
from storytailor.settings import Settings
from storytailor.webhooks.dispatcher import WebhookDispatcher
from storytailor.webhooks.sender import open_sender
from storytailor.webhooks.signing import signing_keys
from storytailor.webhooks.targets import TargetPolicy
from tests.webhooks.conftest import CreateStory, OutboxProbe
from tests.webhooks.receiver import Receiver

KEY = b"thirty-two bytes of chance or more"
OLD = "whsec_" + base64.b64encode(b"old-" * 8).decode()
NEW = "whsec_" + base64.b64encode(b"new-" * 8).decode()
NEWEST = "whsec_" + base64.b64encode(b"newest--" * 4).decode()


def test_a_secret_is_base64_with_or_without_its_prefix_or_else_plain_text() -> None:
    encoded = base64.b64encode(KEY).decode()
    assert signing_keys(f"whsec_{encoded}") == [KEY]
    assert signing_keys(f"whsec_{encoded.rstrip('=')}") == [KEY]
    assert signing_keys(encoded) == [KEY]
    assert signing_keys("correct horse, battery staple and a lamp") == [b"correct horse, battery staple and a lamp"]


def test_of_several_secrets_with_commas_between_each_counts_once() -> None:
    assert signing_keys(f"{NEW},{OLD}") == signing_keys(f" {NEW}, {OLD}, {NEW},") == [b"new-" * 8, b"old-" * 8]


@pytest.mark.parametrize(
    "wrong", ["whsec_not base64!", "whsec_", "", f"{NEW},whsec_not base64!", f"{NEW},not base64!", f"not base64!,{NEW}"]
)
def test_a_secret_that_cannot_be_used_is_said_by_the_name_of_its_setting(wrong: str) -> None:
    with pytest.raises(SettingsError, match="WEBHOOK_SECRET") as error:
        signing_keys(wrong)
    assert "not base64!" not in str(error.value)
    assert NEW not in str(error.value)


@pytest.mark.parametrize("minutes", [-20, 20])
async def test_a_message_from_a_machine_whose_clock_is_minutes_off_is_verified_by_a_receiver_whose_clock_is_right(
    ended_story: CreateStory, outbox: OutboxProbe, dispatcher: WebhookDispatcher, receiver: Receiver, minutes: int
) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
        story_id = await ended_story(receiver.url)
        await outbox.round(dispatcher)
    (request,) = receiver.received
    assert request.verified()["data"]["id"] == story_id


async def test_while_a_secret_is_replaced_receivers_with_the_old_and_with_the_new_one_verify_each_message(
    ended_story: CreateStory, outbox: OutboxProbe, receiver: Receiver, settings: Settings
) -> None:
    for step in (OLD, f"{NEW},{OLD}", NEW):
        sender = open_sender(
            settings.model_copy(update={"webhook_secret": SecretStr(step)}), TargetPolicy(allow_local=True)
        )
        assert sender
        await ended_story(receiver.url)
        await outbox.round(WebhookDispatcher(outbox.outbox, sender))

    def verified_by(secret: str) -> list[bool]:
        return [verifies(secret, request.body, request.headers) for request in receiver.received]

    assert verified_by(OLD) == [True, True, False]
    assert verified_by(NEW) == [False, True, True]
    assert verified_by(NEWEST) == [False, False, False]


def verifies(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    """Whether the library that receivers use finds a signature by this secret."""
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True
