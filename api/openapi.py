"""The OpenAPI document as text: `python -m api.openapi > docs/openapi.json` writes the committed one anew."""

from __future__ import annotations

import json
import sys

from pydantic import SecretStr

from api.app import create_app
from storytailor.settings import Settings


def openapi_json() -> str:
    """The document with its keys in order. It is the same whatever the settings."""
    settings = Settings(
        _env_file=None, database_url=SecretStr("postgresql://localhost"), jwt_secret=SecretStr("0" * 32)
    )
    return json.dumps(create_app(settings).openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(openapi_json())
