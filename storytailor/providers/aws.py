"""AWS as these settings reach it: the session every client of ours is opened from, and AWS's own words."""

from __future__ import annotations

import os
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from storytailor.errors import SettingsError
from storytailor.providers.words import provider_words
from storytailor.settings import Settings

AwsError = BotoCoreError | ClientError
AWS_ERRORS = (BotoCoreError, ClientError)
"""What a call to AWS, or to a server that speaks S3, raises."""


def aws_session(settings: Settings) -> boto3.Session:
    """A session with the settings' credentials, region and certificates; what is not set, boto3 finds as always.

    Keys go before a profile, a profile before a role. Raises SettingsError for what cannot be right.
    """
    _forget_empty_variables()
    if settings.aws_ca_bundle is not None and not settings.aws_ca_bundle.exists():
        raise SettingsError(f"AWS_CA_BUNDLE is {settings.aws_ca_bundle}, and there is no such file.")
    core = botocore.session.Session()
    for variable, value in (
        ("profile", settings.aws_profile),
        ("config_file", settings.aws_config_file),
        ("credentials_file", settings.aws_shared_credentials_file),
        ("ca_bundle", settings.aws_ca_bundle),
    ):
        if value is not None:
            core.set_config_variable(variable, str(value))
    try:
        return boto3.Session(botocore_session=core, region_name=settings.region, **_keys(settings))
    except AWS_ERRORS as error:
        raise cannot_be_set_up(error) from error


def ssm_client(settings: Settings) -> Any:
    """A client of Parameter Store, whose calls end in time. Raises SettingsError as `aws_session` does."""
    config = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 3})
    try:
        return aws_session(settings).client("ssm", config=config)
    except (*AWS_ERRORS, ValueError) as error:
        raise cannot_be_set_up(error) from error


def cannot_be_set_up(error: Exception) -> SettingsError:
    """What to say when boto3 takes the settings for impossible."""
    return SettingsError(
        f"AWS cannot be asked with these settings: {error}. "
        "Check AWS_PROFILE, AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL_S3."
    )


def aws_reason(error: AwsError) -> str:
    """The error's code in AWS's words, or what kind of failure it was; without secrets."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "no code"))
    return type(error).__name__


def aws_words(error: AwsError) -> str:
    """All that AWS says of the failure, without secrets: `PutObject 403 AccessDenied: Access Denied (request 4442)`."""
    if not isinstance(error, ClientError):
        return provider_words(None, type(error).__name__, error)
    about = error.response.get("ResponseMetadata", {})
    message = error.response.get("Error", {}).get("Message")
    words = provider_words(
        about.get("HTTPStatusCode"), aws_reason(error), message, request_id=about.get("RequestId") or None
    )
    return f"{error.operation_name} {words}"


def _keys(settings: Settings) -> dict[str, str]:
    """The credential, whole or none. A session token from `.env` does not go with a key of the environment."""
    key, secret, token = settings.aws_access_key_id, settings.aws_secret_access_key, settings.aws_session_token
    if key is None and secret is None:
        return {}
    if key is None or secret is None:
        missing = "AWS_ACCESS_KEY_ID" if key is None else "AWS_SECRET_ACCESS_KEY"
        raise SettingsError(f"Half of the AWS credentials is set: {missing} is missing.")
    keys = {"aws_access_key_id": key.get_secret_value(), "aws_secret_access_key": secret.get_secret_value()}
    of_the_environment = keys["aws_access_key_id"] == os.environ.get("AWS_ACCESS_KEY_ID")
    if token is not None and not (of_the_environment and "AWS_SESSION_TOKEN" not in os.environ):
        keys["aws_session_token"] = token.get_secret_value()
    return keys


def _forget_empty_variables() -> None:
    """An empty variable is as good as unset, as with every setting; boto3 takes an empty profile for a name."""
    for name in [name for name, value in os.environ.items() if name.startswith("AWS_") and not value]:
        del os.environ[name]
