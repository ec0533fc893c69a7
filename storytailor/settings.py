"""Every setting, read from the environment and `.env`; `.env.example` lists them with their meaning."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from storytailor.aws_settings import AwsSettings
from storytailor.durations import one_of_them
from storytailor.errors import SettingsError
from storytailor.logs import LogFormat
from storytailor.networks import parse_networks
from storytailor.origins import parse_origins
from storytailor.strong_secrets import each_long_enough, login, long_enough, parse_hosts, parts_of
from storytailor.telemetry_settings import TelemetrySettings

VOICE = re.compile(r"[A-Za-z0-9_-]{1,64}")
Printer = Literal["lulu", "kdp", "ingramspark"]


def _printers(written: object) -> object:
    """The printers of a list with commas. Raises SettingsError for one that there are no rules of."""
    if not isinstance(written, str):
        return written
    names = frozenset(name.strip().lower() for name in written.split(",") if name.strip())
    if unknown := sorted(names - {*get_args(Printer), "home"}):
        known = ", ".join(get_args(Printer))
        raise SettingsError(f"PRINT_PROFILES: there are no rules of {', '.join(unknown)}; there are of {known}.")
    return names - {"home"}  # which is always made


def _voices(written: object) -> object:
    """The voice ids in a list with commas. Raises SettingsError for what is none."""
    if not isinstance(written, str):
        return written
    ids = frozenset(name.strip() for name in written.split(",") if name.strip())
    if wrong := sorted(name for name in ids if not VOICE.fullmatch(name)):
        raise SettingsError(f"VOICES: {', '.join(wrong)} is no voice id. Write ids of ElevenLabs, with commas between.")
    return ids


def _by_spaces(written: object) -> object:
    """What stands between spaces: URLs have commas of their own."""
    return tuple(written.split()) if isinstance(written, str) else written


class Settings(TelemetrySettings, AwsSettings):
    """None set = the local stack on its embedded parts; a key set = the real provider."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    # where things are
    database_url: SecretStr | None = None
    database_direct_url: SecretStr | None = None
    database_connections: int = Field(4, ge=1)
    dagster_database_url: SecretStr | None = None
    dagster_connections: int = Field(3, ge=1)
    broker_url: SecretStr | None = None
    state_dir: Path = Field(Path(".storytailor"), validation_alias="STORYTAILOR_STATE_DIR")

    # providers
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    elevenlabs_api_key: SecretStr | None = None
    elevenlabs_base_url: str | None = None
    text_api_key: SecretStr | None = None
    text_base_url: str | None = None
    vision_api_key: SecretStr | None = None
    vision_base_url: str | None = None
    image_api_key: SecretStr | None = None
    image_base_url: str | None = None
    moderation_api_key: SecretStr | None = None
    moderation_base_url: str | None = None
    parameter_store_path: str | None = None
    story_model: str = "gpt-5.2"
    analysis_model: str = "gpt-5.2"
    vision_model: str = "gpt-5.2"
    reasoning_effort: str | None = None
    answer_format: Literal["json_schema", "json_object", "text"] = "json_schema"
    moderation: Literal["moderations", "chat", "off"] = "moderations"
    moderation_model: str = "omni-moderation-latest"
    rubric_model: str | None = None
    image_model: str = "gpt-image-2.5-flare"
    image_size: str = Field("1024x1024", pattern=r"^\d{3,4}x\d{3,4}$")
    image_quality: str = "medium"
    image_moderation: Literal["auto", "low"] = "auto"
    images_per_minute: int | None = Field(None, ge=1)
    input_images_per_minute: int | None = Field(None, ge=1)
    voice_id: str | None = None
    voices: Annotated[frozenset[str], NoDecode, BeforeValidator(_voices)] = frozenset()
    voice_model: str = "eleven_multilingual_v2"
    openai_concurrency: int = Field(64, ge=1)
    elevenlabs_concurrency: int = Field(5, ge=1)
    provider_timeout: float = Field(240.0, gt=0)
    image_timeout: float = Field(360.0, gt=0)
    moderation_timeout: float = Field(8.0, gt=0)

    # stored objects: a bucket, or a folder the API serves
    assets_bucket: str | None = None
    assets_dir: Path | None = None
    assets_base_url: str | None = None
    assets_access: Literal["signed", "public"] = "signed"
    assets_url_minutes: float = Field(30.0, ge=1, le=720)
    cloudfront_distribution_id: str | None = Field(None, pattern=r"^[A-Z0-9]{1,32}$")
    url_secret: SecretStr | None = None
    encryption_secret: Annotated[SecretStr | None, AfterValidator(each_long_enough)] = None

    # files for printers, besides the one for home
    print_profiles: Annotated[frozenset[Printer], NoDecode, BeforeValidator(_printers)] = frozenset()

    # content credentials: text in PEM, or the name of a file of it
    c2pa_certificate: str | None = None
    c2pa_private_key: SecretStr | None = None
    c2pa_timestamp_url: str | None = None

    # the API
    jwt_secret: Annotated[SecretStr | None, AfterValidator(long_enough)] = None
    jwt_jwks_url: str | None = None
    jwt_issuer: str | None = None
    allow_guests: bool = False
    demo_login: bool = False
    supabase_url: str | None = Field(None, pattern=r"^https?://[^/\s]+/?$")
    supabase_anon_key: str | None = None
    jwt_leeway_seconds: float = Field(5.0, ge=0, le=60)
    webhook_secret: SecretStr | None = None
    former_webhook_secret_hours: float = Field(24.0, ge=0, le=720)
    webhook_allow_local: bool = False
    create_rate_per_minute: int = Field(30, ge=1)
    user_rate_per_minute: int = Field(600, ge=1)
    address_rate_per_minute: int = Field(600, ge=1)
    upload_rate_per_minute: int = Field(20, ge=1)
    action_rate_per_minute: int = Field(30, ge=1)
    streams_per_user: int = Field(50, ge=1)
    characters_per_user: int = Field(500, ge=1)
    pictures_per_user: int = Field(400, ge=1)
    picture_megabytes_per_user: int = Field(200, ge=1)
    trusted_proxies: Annotated[frozenset[str], NoDecode, BeforeValidator(parse_networks)] = frozenset()
    remakes_per_story: int = Field(3, ge=0)
    user_daily_budget: float | None = Field(None, gt=0)
    daily_budget: float | None = Field(None, gt=0)
    idempotency_key_hours: float = Field(24.0, gt=0)
    retention_days: float = Field(30.0, ge=0)
    erased_account_days: float = Field(365.0, gt=0)
    cors_origins: Annotated[frozenset[str], NoDecode, BeforeValidator(parse_origins)] = frozenset()
    hsts_seconds: int | None = Field(None, ge=1)
    metrics_token: Annotated[SecretStr | None, AfterValidator(long_enough)] = None
    alert_urls: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_by_spaces)] = ()
    alert_repeat_hours: float = Field(6.0, gt=0)
    objective_percent: float = Field(95.0, gt=0, lt=100)
    objective_seconds: Annotated[float, AfterValidator(one_of_them)] = 300.0
    show_usage: bool = False
    bind_host: str = "127.0.0.1"
    api_port: int = Field(8000, ge=1, le=65535)
    dagster_port: int = Field(3000, ge=1, le=65535)
    dagster_login: Annotated[SecretStr | None, AfterValidator(login)] = None
    dagster_hosts: Annotated[frozenset[str], NoDecode, BeforeValidator(parse_hosts)] = frozenset()
    emulator_host: str = "127.0.0.1"
    emulator_port: int = Field(8100, ge=1, le=65535)

    # the queue
    lease_seconds: float = Field(10.0, gt=0)
    lease_renewal_seconds: float = Field(3.0, gt=0)
    drain_seconds: float = Field(20.0, ge=0, le=3_600)
    stories_in_flight: int = Field(150, ge=1)
    workers: int | None = Field(None, ge=1)
    log_format: LogFormat = "text"
    asset_timeout_minutes: float = Field(15.0, gt=0)
    ask_at_start: bool = True

    @field_validator("url_secret")
    @classmethod
    def _is_long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value().encode()) < 32:
            raise ValueError("32 bytes at the least, such as what `openssl rand -hex 32` prints")
        return secret

    @field_validator("lease_renewal_seconds")
    @classmethod
    def _two_renewals_may_be_missed(cls, seconds: float, given: ValidationInfo) -> float:
        if 3 * seconds >= given.data.get("lease_seconds", float("inf")):
            raise ValueError("three times as much must be less than LEASE_SECONDS, so that two renewals may be missed")
        return seconds

    @property
    def encryption_secrets(self) -> list[SecretStr]:
        """The parts of ENCRYPTION_SECRET: what is sealed from now on, then what only opens."""
        return [] if self.encryption_secret is None else parts_of(self.encryption_secret)

    @property
    def emulator_url(self) -> str:
        """Where the emulators listen."""
        return f"http://{self.emulator_host}:{self.emulator_port}"

    @property
    def database(self) -> str:
        """The story database's URL. Raises SettingsError when there is none."""
        return _needed(self.database_url, "DATABASE_URL")

    @property
    def direct_database(self) -> str:
        """The story database's URL for what needs a session of its own. Raises SettingsError when there is none."""
        return self.database_direct_url.get_secret_value() if self.database_direct_url else self.database

    @property
    def dagster_database(self) -> str:
        """The URL of Dagster's tables: by default the story database's. Raises SettingsError when there is none."""
        url = self.dagster_database_url
        return url.get_secret_value() if url else self.direct_database

    @property
    def broker(self) -> str:
        """The Celery broker's URL. Raises SettingsError when there is none."""
        return _needed(self.broker_url, "BROKER_URL")

    @property
    def assets_folder(self) -> Path:
        """The folder of stored objects when no bucket is set."""
        return self.assets_dir or self.state_dir / "assets"

    @property
    def books_are_public(self) -> bool:
        """Whether anybody who has its URL may read a finished book: never photos and portraits."""
        return self.assets_access == "public"

    @property
    def assets_url(self) -> str:
        """What a stored object's key is appended to; ends in a slash."""
        base = self.assets_base_url or f"http://127.0.0.1:{self.api_port}/assets"
        return base.rstrip("/") + "/"


def where_to_set() -> str:
    """Where settings are changed: a checkout has a `.env`, a container only what it was given."""
    if in_checkout():
        return "in the environment or in .env (.env.example lists them all)"
    return (
        "in the environment of the process; with docker compose in the .env beside docker-compose.yml, "
        "then `docker compose up -d`"
    )


def in_checkout() -> bool:
    """Whether this is the repository, where `make` brings what is missing, and not an installed package."""
    return (Path(__file__).resolve().parents[1] / ".env.example").is_file()


def or_make_up(name: str) -> str:
    """What to do about a setting that is missing."""
    if in_checkout():
        return f"Run `make up`, which brings its own, or set {name} (see .env.example)."
    return f"Set {name} {where_to_set()}."


def _needed(value: SecretStr | None, name: str) -> str:
    if value is None:
        raise SettingsError(f"{name} is not set. {or_make_up(name)}")
    return value.get_secret_value()


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process's settings, read once."""
    return Settings()
