from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_the_document_names_every_route(document: dict[str, Any]) -> None:
    assert operations(document).keys() == {
        "POST /api/v1/stories",
        "POST /api/v1/stories/estimate",
        "GET /api/v1/stories",
        "GET /api/v1/stories/{story_id}",
        "GET /api/v1/stories/{story_id}/events",
        "DELETE /api/v1/stories/{story_id}",
        "POST /api/v1/stories/{story_id}/cancel",
        "POST /api/v1/stories/{story_id}/share",
        "DELETE /api/v1/stories/{story_id}/share",
        "GET /api/v1/shared/{token}",
        "POST /api/v1/stories/{story_id}/assets/regenerate",
        "GET /api/v1/characters",
        "POST /api/v1/characters",
        "GET /api/v1/characters/{character_id}",
        "PATCH /api/v1/characters/{character_id}",
        "DELETE /api/v1/characters/{character_id}",
        "POST /api/v1/characters/{character_id}/reference-images",
        "DELETE /api/v1/characters/{character_id}/reference-images/{image}",
        "GET /api/v1/libraries",
        "GET /api/v1/options",
        "GET /api/v1/me",
        "DELETE /api/v1/me",
        "POST /api/v1/me/webhook-secret",
        "GET /api/v1/me/webhook-secret",
        "DELETE /api/v1/me/webhook-secret",
        "GET /api/v1/me/export",
        "GET /health",
        "GET /ready",
        "GET /metrics",
    }


def test_every_error_is_documented_in_our_envelope(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        for status, response in operation["responses"].items():
            if status >= "400":
                schema = response["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Failure"}, (name, status)
                for example in response["content"]["application/json"]["examples"].values():
                    assert example["value"].keys() == {"success", "error", "code", "message", "data"}
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_routes_below_api_want_a_bearer_token_and_others_none_nor_does_a_shared_link(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        assert ("security" in operation) == ("/api/v1/" in name and "/shared/" not in name), name


def test_creating_a_story_documents_each_code_with_an_example(document: dict[str, Any]) -> None:
    responses = operations(document)["POST /api/v1/stories"]["responses"]
    codes = {
        code for response in responses.values() for code in response["content"]["application/json"].get("examples", {})
    }
    assert codes == {
        "UNAUTHORIZED",
        "QUOTA_EXCEEDED",
        "CHARACTER_NOT_FOUND",
        "LIBRARY_NOT_FOUND",
        "IDEMPOTENCY_CONFLICT",
        "PAYLOAD_TOO_LARGE",
        "VALIDATION_ERROR",
        "CONTENT_REJECTED",
        "RATE_LIMITED",
        "INTERNAL_ERROR",
        "SERVICE_UNAVAILABLE",
    }
    assert responses["201"]["content"]["application/json"]["schema"]["$ref"].endswith("/Success_StoryReceipt_")


def test_unknown_fields_are_refused_by_the_document_too(document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["StoryRequest"]
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["character_ids", "story_type", "themes"]
    assert schema["properties"]["generateAssets"]["default"] is True
