"""The resources of assets, sensors and jobs: this process's maker loop, and what AWS holds for it.

What a resource does belongs into the domain; here stands only where it comes from.
"""

import threading
from typing import Any

import dagster as dg
from dagster_aws.s3 import S3Resource
from dagster_aws.ssm.parameters import get_parameters_by_paths
from pydantic import SecretStr

from storytailor.at_start import send_telemetry
from storytailor.endpoints import ROLES
from storytailor.errors import SettingsError
from storytailor.providers.aws import AWS_ERRORS, aws_reason, ssm_client
from storytailor.providers.object_store import UPLOAD_ATTEMPTS, s3_client
from storytailor.settings import Settings, get_settings
from storytailor_dagster.maker_loop import MakerLoop

PROVIDER_KEYS = (
    "openai_api_key",
    "elevenlabs_api_key",
    *(f"{role}_api_key" for role in ROLES if role != "voice"),
)

_opening = threading.Lock()
_opened: list[MakerLoop] = []


class BoundedS3Resource(S3Resource):
    """dagster-aws's S3Resource, with calls that end in time and connections enough for a story's files.

    Credentials come from the process's settings, so that none stands in a resource's config, which Dagster shows.
    """

    def get_client(self) -> Any:  # as S3Resource has it
        """The boto3 client."""
        own = {name: getattr(self, name) for name in type(self).model_fields if name != "use_unsigned_session"}
        given = {name: value for name, value in own.items() if value is not None}
        profile = given.pop("profile_name", None)
        settings = get_settings()
        return s3_client(settings.model_copy(update={"aws_profile": profile}) if profile else settings, **given)


class MakerLoopResource(dg.ConfigurableResource):  # type: ignore[type-arg]  # Dagster's own docs leave the argument out
    """The event loop and the opened services on which this process makes its stories.

    Files go where `s3` leads, if ASSETS_BUCKET is set.
    """

    s3: S3Resource
    connections: int = 1
    """To the database, at most. The code location asks for one thing after the other; a worker has more."""

    @property
    def loop(self) -> MakerLoop:
        """This process's maker loop, opened by whoever asks first."""
        with _opening:
            if not _opened:
                send_telemetry(get_settings(), "storytailor-code")  # a worker has done so, by its own name
                settings = with_stored_keys(get_settings())
                settings = settings.model_copy(update={"database_connections": self.connections})
                _opened.append(MakerLoop(settings, s3=self.s3.get_client() if settings.assets_bucket else None))
            return _opened[0]


def maker_loop_resource(settings: Settings, *, connections: int = 1) -> MakerLoopResource:
    """The resource these settings describe."""
    return MakerLoopResource(
        connections=connections,
        s3=BoundedS3Resource(
            endpoint_url=settings.s3_endpoint,
            region_name=settings.region,
            profile_name=settings.aws_profile,
            max_attempts=UPLOAD_ATTEMPTS,
        ),
    )


def with_stored_keys(settings: Settings) -> Settings:
    """The settings, with the providers' keys that Parameter Store holds below PARAMETER_STORE_PATH.

    A key in the environment goes before a stored one. Raises SettingsError when the path cannot be read or has none.
    """
    path = settings.parameter_store_path
    if path is None:
        return settings
    paths: Any = [path]  # dagster-aws's own annotation is wrong
    try:
        stored = get_parameters_by_paths(ssm_client(settings), paths, with_decryption=True, recursive=True)
    except AWS_ERRORS as error:
        raise SettingsError(
            f"Parameter Store cannot be read below {path} ({aws_reason(error)}). "
            "Check PARAMETER_STORE_PATH, the AWS region, and that ssm:GetParametersByPath is allowed."
        ) from error
    found = {name.rpartition("/")[2].lower(): value for name, value in stored.items()}
    if not found.keys() & set(PROVIDER_KEYS):
        names = " nor ".join(f"{path}/{name.upper()}" for name in PROVIDER_KEYS[:2])
        raise SettingsError(f"Parameter Store has neither {names}: put them there, or unset PARAMETER_STORE_PATH.")
    own = {name for name in PROVIDER_KEYS if getattr(settings, name) is not None}
    keys = {name: SecretStr(found[name]) for name in PROVIDER_KEYS if name in found and name not in own}
    return settings.model_copy(update=keys)
