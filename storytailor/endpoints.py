"""Where the calls of each role go: base URL and key for text, looking, drawing, moderation and voice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import urlsplit

from storytailor.errors import SettingsError
from storytailor.settings import Settings

Role = Literal["text", "vision", "image", "moderation", "voice"]
ROLES: tuple[Role, ...] = get_args(Role)

LOCAL_KEY = "local-emulator"
"""Sent to the emulators, which take any key."""
NO_KEY = "none"
"""Sent to a server of one's own that was given a URL but no key: the keys of others are not for it."""
CHEAP_MODEL = "gpt-4.1-mini"
"""Judges by the rubric for children where OpenAI answers and no model is named: a fifth of the writer's price."""


@dataclass(frozen=True)
class Endpoint:
    """A server that answers one role's calls."""

    role: Role
    provider: str
    """As an operator calls it: OpenAI, ElevenLabs, or another server's host."""
    base_url: str | None
    """None: the provider's own."""
    key: str = field(repr=False)
    key_setting: str
    url_setting: str
    kind: Literal["own", "other", "emulated"]
    """The provider's own server, another that speaks its wire format, or the emulator on this machine."""

    @property
    def is_emulated(self) -> bool:
        """Whether no real provider is asked."""
        return self.kind == "emulated"

    @property
    def speaks_all(self) -> bool:
        """Whether it takes all that OpenAI or ElevenLabs document, and not only the common part."""
        return self.kind != "other"


def endpoint(settings: Settings, role: Role) -> Endpoint:
    """The endpoint of a role: what is set for it, else what is set for its provider, else the emulator.

    Raises SettingsError where keys are to come from Parameter Store and this one has not.
    """
    if role == "voice":
        return _provider(settings, role, "ElevenLabs", "ELEVENLABS", "/elevenlabs", "elevenlabs.io")
    own = role.upper()
    url: str | None = getattr(settings, f"{role}_base_url")
    key = getattr(settings, f"{role}_api_key")
    if url is None and key is None:
        return _provider(settings, role, "OpenAI", "OPENAI", "/openai/v1", "openai.com")
    settled = url or settings.openai_base_url
    secret = key.get_secret_value() if key is not None else NO_KEY
    name, kind = _named(settled, "OpenAI", "openai.com")
    return Endpoint(role, name, settled, secret, f"{own}_API_KEY", f"{own}_BASE_URL", kind)


def rubric_judge(settings: Settings, *, sees: bool = False) -> tuple[Role, str]:
    """Who is asked by the rubric for children, and for which model. With MODERATION=chat that is the moderator itself.

    Another server than OpenAI's has no model of OpenAI's: there it is the one that analyses or looks at pictures.
    """
    if settings.moderation == "chat":
        return "moderation", settings.moderation_model
    role: Role = "vision" if sees else "text"
    if settings.rubric_model:
        return role, settings.rubric_model
    if endpoint(settings, role).kind == "other":
        return role, settings.vision_model if sees else settings.analysis_model
    return role, CHEAP_MODEL


def _provider(settings: Settings, role: Role, name: str, prefix: str, emulated_at: str, domain: str) -> Endpoint:
    key_setting, url_setting = f"{prefix}_API_KEY", f"{prefix}_BASE_URL"
    key = getattr(settings, key_setting.lower())
    url: str | None = getattr(settings, url_setting.lower())
    if key is not None:
        named, kind = _named(url, name, domain)
        return Endpoint(role, named, url, key.get_secret_value(), key_setting, url_setting, kind)
    if settings.parameter_store_path is not None:  # never ask the emulator in earnest
        raise SettingsError(
            f"PARAMETER_STORE_PATH is set, but there is no {key_setting}. The code location and the workers read it "
            f"from {settings.parameter_store_path}/{key_setting}; the API needs it in its environment."
        )
    base_url = url or settings.emulator_url + emulated_at
    return Endpoint(role, name, base_url, LOCAL_KEY, key_setting, url_setting, "emulated")


def _named(url: str | None, provider: str, domain: str) -> tuple[str, Literal["own", "other"]]:
    host = urlsplit(url).hostname or "" if url else domain
    if host == domain or host.endswith("." + domain):
        return provider, "own"
    return host or provider, "other"
