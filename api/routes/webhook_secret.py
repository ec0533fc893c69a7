"""The secret by which the caller's webhooks are signed."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.dependencies import AuthenticatedRoute, CurrentCaller, CurrentState
from api.errors import error_responses
from api.schemas.envelope import Success, success
from api.schemas.webhook_secret import NewWebhookSecret, WebhookSecret
from storytailor.errors import RateLimitedError
from storytailor.webhooks.signing import new_secret

router = APIRouter(prefix="/me/webhook-secret", tags=["account"], route_class=AuthenticatedRoute)

TOO_MANY = RateLimitedError("5 of your webhook secrets are valid, as many as may be. One ends in 3600 s.")


@router.post("", status_code=201, responses=error_responses(TOO_MANY))
async def make_webhook_secret(state: CurrentState, caller: CurrentCaller) -> Success[NewWebhookSecret]:
    """Make a secret of your own, by which your webhooks are signed from now on. It is shown this once and never again.

    One you had before goes on signing beside it until `former_valid_until`: a receiver that knows either verifies
    (Standard Webhooks). Should it have leaked, delete it first. Without one of your own, the house's secret signs.
    """
    secret = new_secret()
    row = await state.webhook_secrets.replace(caller.user_id, secret)
    return success(NewWebhookSecret(secret=secret, **WebhookSecret.of_state(row).model_dump()))


@router.get("")
async def get_webhook_secret(state: CurrentState, caller: CurrentCaller) -> Success[WebhookSecret]:
    """Whether you have a webhook secret of your own, and since when. Never the secret itself."""
    return success(WebhookSecret.of_state(await state.webhook_secrets.state(caller.user_id)))


@router.delete("", status_code=204)
async def delete_webhook_secret(state: CurrentState, caller: CurrentCaller) -> Response:
    """End your webhook secrets, former ones too: what is sent from now on is signed by the house's."""
    await state.webhook_secrets.delete(caller.user_id)
    return Response(status_code=204)
