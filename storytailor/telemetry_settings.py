"""The settings that are OpenTelemetry's and Sentry's own, under their own names: to whom traces and errors are sent.

OpenTelemetry itself reads its settings from the environment only; as settings they may stand in `.env` like all others.
Any other `OTEL_…` variable it finds in the environment as it always does.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr
from pydantic_settings import BaseSettings


class TelemetrySettings(BaseSettings):
    """None set = nothing is sent to anybody, and nothing of either library imported."""

    otel_exporter_otlp_endpoint: str | None = None
    otel_exporter_otlp_headers: SecretStr | None = None
    otel_service_name: str | None = None
    otel_resource_attributes: str | None = None
    otel_traces_sampler: str | None = None
    otel_traces_sampler_arg: str | None = None
    otel_sdk_disabled: bool = False
    sentry_dsn: SecretStr | None = None
    sentry_environment: str | None = None

    @property
    def are_traces_sent(self) -> bool:
        """Whether there is somebody to send traces to."""
        return self.otel_exporter_otlp_endpoint is not None and not self.otel_sdk_disabled

    def otel_environment(self) -> Mapping[str, str]:
        """What is set of OpenTelemetry's, by the names of its variables."""
        told = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.otel_exporter_otlp_endpoint,
            "OTEL_EXPORTER_OTLP_HEADERS": self.otel_exporter_otlp_headers
            and self.otel_exporter_otlp_headers.get_secret_value(),
            "OTEL_SERVICE_NAME": self.otel_service_name,
            "OTEL_RESOURCE_ATTRIBUTES": self.otel_resource_attributes,
            "OTEL_TRACES_SAMPLER": self.otel_traces_sampler,
            "OTEL_TRACES_SAMPLER_ARG": self.otel_traces_sampler_arg,
        }
        return {name: value for name, value in told.items() if value}
