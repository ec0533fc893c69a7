"""The settings that are boto3's own, under boto3's names: whose credentials, which region, which server.

boto3 itself reads them from the environment only; as settings they may stand in `.env` like all others. Any other
`AWS_…` variable boto3 finds in the environment as it always does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings

Checksums = Literal["when_supported", "when_required"]


class AwsSettings(BaseSettings):
    """None set = what the machine has: a profile in ~/.aws, or the role of the container or the instance."""

    aws_access_key_id: SecretStr | None = None
    aws_secret_access_key: SecretStr | None = None
    aws_session_token: SecretStr | None = None
    aws_profile: str | None = None
    aws_config_file: Path | None = None
    aws_shared_credentials_file: Path | None = None
    aws_region: str | None = None
    aws_default_region: str | None = None
    aws_endpoint_url_s3: str | None = None
    aws_endpoint_url: str | None = None
    aws_ca_bundle: Path | None = None
    aws_request_checksum_calculation: Checksums | None = None
    aws_response_checksum_validation: Checksums | None = None

    @property
    def region(self) -> str | None:
        """The region: AWS_REGION, else AWS_DEFAULT_REGION; None leaves it to the profile."""
        return self.aws_region or self.aws_default_region

    @property
    def s3_endpoint(self) -> str | None:
        """Another S3 server than Amazon's, or one of Amazon's by name; None leaves it to profile and region."""
        return self.aws_endpoint_url_s3 or self.aws_endpoint_url
