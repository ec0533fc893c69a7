"""Other servers of OpenAI's wire format: a base URL, key and model a role, and answers as they give them."""

from __future__ import annotations

import base64
import io
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from pydantic import BaseModel, SecretStr

from storytailor.endpoints import endpoint
from storytailor.errors import ContentRejectedError, PermanentError, SettingsError, TransientError
from storytailor.providers.openai import OpenAI
from storytailor.providers.usage import Usage
from storytailor.safety.moderation import moderate_output, moderate_request
from storytailor.safety.verdicts import _say_that_nobody_judges
from storytailor.settings import Settings
from tests.providers.conftest import Provider, picture


class Title(BaseModel):
    title: str


def settings(provider: Provider, **others: Any) -> Settings:
    url, key = f"{provider.url}/v1", SecretStr("sk-theirs")
    return Settings(_env_file=None, openai_api_key=key, openai_base_url=url, **others)


async def title(openai: OpenAI) -> str:
    answer, _ = await openai.answer("llama", "Be kind.", "A title, please.", Title, owner=UUID(int=1))
    return answer.title


@pytest.mark.parametrize(
    "said",
    [
        '{"title": "The lamp"}',
        '```json\n{"title": "The lamp"}\n```',
        'Of course! Here it is:\n```\n{"title": "The lamp"}\n```\nEnjoy.',
        '<think>A title… {"title": "no"}</think>\n{"title": "The lamp"}',
        'Sure: {"title": "The lamp"} (a warm one)',
        '{"title": "The \\u0000lamp\\ud800"}',
    ],
    ids=["plain", "fenced", "fenced in prose", "after thinking", "between sentences", "what PostgreSQL cannot hold"],
)
async def test_an_answer_is_found_in_what_a_model_says_around_it(provider: Provider, said: str) -> None:
    provider.says = said
    async with OpenAI(settings(provider)) as openai:
        assert await title(openai) == "The lamp"


DECLINED = "The writing service would not write this, most likely by mistake. Have it made again: another try may pass."
FAILED = "The writing service did not answer properly."
OF_NO_USE = {
    "declined": (DECLINED, "declined to do this", "stop", {"refusal": "I \x00cannot.", "content": None}),
    "filtered": (DECLINED, "content filter stopped the answer", "content_filter", {"content": ""}),
    "cut off": (FAILED, "was cut off at its length limit", "length", {"content": '{"title": "The'}),
    "empty": (FAILED, "was empty", "stop", {"content": ""}),
    "of another form": (FAILED, "has not the form asked for. [title: Field required]", "stop", {"content": "{}"}),
    "no JSON": (FAILED, "could not be read", "stop", {"content": "I would rather not."}),
}


@pytest.mark.parametrize(("family", "operator", "reason", "message"), OF_NO_USE.values(), ids=OF_NO_USE)
async def test_of_an_answer_of_no_use_a_family_reads_of_the_service_and_the_operator_of_the_model(
    provider: Provider, family: str, operator: str, reason: str, message: dict[str, Any]
) -> None:
    choice = {"index": 0, "finish_reason": reason, "message": {"role": "assistant", **message}}
    provider.says = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    async with OpenAI(settings(provider)) as openai:
        with pytest.raises(TransientError) as failure:
            await title(openai)
    assert str(failure.value) == family
    assert operator in failure.value.for_operator
    assert "\x00" not in failure.value.for_operator


async def test_a_letter_whose_escape_was_broken_is_mended(provider: Provider) -> None:
    provider.says = '{"title": "Caf\\u0000e9 d\\u0000E9j\\u0000e0"}'
    async with OpenAI(settings(provider)) as openai:
        assert await title(openai) == "Café déjà"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 402, "message": "Insufficient credits."}, PermanentError),
        ({"code": 502, "message": "Provider returned error"}, TransientError),
    ],
)
async def test_an_error_inside_a_200_is_taken_for_one(
    provider: Provider, error: dict[str, Any], kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storytailor.providers.gate.LONGEST_BUSY_SECONDS", 0.0)
    provider.says = {"error": error}
    async with OpenAI(settings(provider)) as openai:
        with pytest.raises(kind) as failure:
            await title(openai)
    assert error["message"] in failure.value.for_operator  # type: ignore[attr-defined]


@pytest.mark.parametrize("wanted", ["json_object", "text"])
async def test_a_server_that_knows_no_schemas_is_told_the_shape_in_words(provider: Provider, wanted: str) -> None:
    provider.says = '{"title": "The lamp"}'
    async with OpenAI(settings(provider, answer_format=wanted)) as openai:
        assert await title(openai) == "The lamp"
    body = provider.sent[0][2]
    assert '"title"' in body["messages"][0]["content"]
    assert body.get("response_format") == ({"type": "json_object"} if wanted == "json_object" else None)
    assert "safety_identifier" not in body  # OpenAI's own parameter


@pytest.mark.parametrize("by_url", [True, False])
async def test_a_picture_comes_by_url_or_with_the_answer_and_is_kept_as_png(provider: Provider, by_url: bool) -> None:
    jpeg = base64.b64encode(picture("JPEG")).decode()
    provider.draws = {"url": f"{provider.url}/picture"} if by_url else {"b64_json": jpeg}
    async with OpenAI(settings(provider)) as openai:
        drawn, _ = await openai.draw("A hill.")
    with Image.open(io.BytesIO(drawn)) as opened:
        assert (opened.format, opened.size) == ("PNG", (16, 16))


@pytest.mark.parametrize("failures", [2, 9], ids=["for a moment", "for good"])
async def test_a_picture_whose_own_url_fails_is_downloaded_again_and_not_drawn_again(
    provider: Provider, failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storytailor.providers.openai.client.DOWNLOAD_AGAIN_SECONDS", (0.1, 0.1, 0.1))
    provider.draws, provider.downloads_fail = {"url": f"{provider.url}/picture"}, failures
    paid: list[Usage] = []
    async with OpenAI(settings(provider)) as openai:
        if failures == 2:
            drawn, _ = await openai.draw("A hill.", count=paid.append)
            assert drawn.startswith(b"\x89PNG")
        else:
            with pytest.raises(TransientError, match="arrived broken") as broken:
                await openai.draw("A hill.", count=paid.append)
            assert "own URL could not be read" in broken.value.for_operator
    asked = [path for path, _, _ in provider.sent]
    assert len([path for path in asked if "images" in path]) == len(paid) == 1
    assert len([path for path in asked if path.endswith("/picture")]) == min(failures + 1, 4)


async def test_an_answer_that_is_of_no_use_is_counted_all_the_same(provider: Provider) -> None:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "I would rather not."}}
    used = {
        "prompt_tokens": 90,
        "completion_tokens": 8,
        "total_tokens": 98,
        "prompt_tokens_details": {"cached_tokens": 64},
    }
    whole = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": used}
    provider.says = whole
    counted: list[Usage] = []
    async with OpenAI(settings(provider)) as openai:
        with pytest.raises(TransientError):
            await openai.answer("llama", "Be kind.", "A title, please.", Title, count=counted.append)
    assert counted == [Usage("llama", 90, 8, cached_tokens=64)]


async def test_each_role_has_its_own_url_and_key_and_no_key_goes_where_it_does_not_belong(provider: Provider) -> None:
    provider.says = '{"title": "The lamp"}'
    provider.draws = {"b64_json": base64.b64encode(picture("PNG")).decode()}
    others = Settings(
        _env_file=None,
        openai_api_key=SecretStr("sk-openai"),
        text_base_url=f"{provider.url}/own/v1",
        image_base_url=f"{provider.url}/pictures/v1",
        image_api_key=SecretStr("sk-pictures"),
    )
    async with OpenAI(others) as openai:
        await title(openai)
        await openai.draw("A hill.")
    assert [(path, key) for path, key, _ in provider.sent] == [
        ("/own/v1/chat/completions", "none"),
        ("/pictures/v1/images/generations", "sk-pictures"),
    ]
    assert endpoint(others, "vision").key == "sk-openai"
    assert endpoint(others, "vision").base_url is None


async def test_where_there_is_no_moderation_endpoint_a_model_judges_when_it_is_asked_to(provider: Provider) -> None:
    provider.says = '{"concerns": [{"concern": "frightening", "quote": "gore"}], "fit": false}'
    async with OpenAI(settings(provider, moderation="chat", moderation_model="llama-guard")) as openai:
        with pytest.raises(ContentRejectedError) as refused:
            await moderate_request(openai, ["Blood and </data> gore"])
        assert refused.value.data == {"categories": ["frightening"]}
        provider.says = '{"concerns": [], "fit": true}'
        await moderate_output(openai, "The picture", picture=picture("PNG"))
    asked = provider.sent[0][2]
    assert asked["model"] == "llama-guard"
    assert "</data> gore" not in asked["messages"][1]["content"]  # what was typed cannot end the document


async def test_moderation_that_is_switched_off_is_said_in_the_log(
    provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    _say_that_nobody_judges.cache_clear()
    async with OpenAI(settings(provider, moderation="off")) as openai:
        await moderate_request(openai, ["anything"])
    assert not provider.sent
    assert any("MODERATION=off" in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    ("results", "found"),
    [
        ([], None),
        ([{"flagged": True, "categories": {"violence": False}, "category_scores": {}}], ["unnamed"]),
        ([{"flagged": True, "categories": {"violence": True}, "category_scores": {}}], ["violence"]),
        ([{"flagged": False, "categories": {"violence": False}, "category_scores": {}}], []),
    ],
    ids=["no verdict", "flagged without a category", "flagged", "fine"],
)
async def test_no_verdict_is_no_yes(provider: Provider, results: list[Any], found: list[str] | None) -> None:
    provider.judges = {"id": "1", "model": "m", "results": results}
    async with OpenAI(settings(provider)) as openai:
        if found is None:
            with pytest.raises(TransientError, match="no verdict"):
                await openai.moderate(["Once upon a time."])
        else:
            assert sorted((await openai.moderate(["Once upon a time."])).flagged) == found


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"image_size": "1000x1000"},
            "IMAGE_SIZE=1000x1000 does not fit gpt-image-2.5-flare: both sides must be multiples",
        ),
        ({"image_size": "512x512"}, "a picture has 655,360 to 8,294,400 pixels"),
        ({"image_size": "4096x2048"}, "no side may be longer than 3840"),
        ({"image_model": "gpt-image-1.5", "image_size": "2048x2048"}, "it takes 1024x1024, 1536x1024, 1024x1536"),
        (
            {"image_quality": "ultra"},
            "IMAGE_QUALITY=ultra does not fit gpt-image-2.5-flare: it takes low, medium, high",
        ),
        ({"story_model": "gpt-6.1", "reasoning_effort": "none"}, "REASONING_EFFORT=none does not fit gpt-6.1"),
    ],
)
def test_what_a_model_does_not_take_is_said_before_a_story_is_begun(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        OpenAI(Settings(_env_file=None, openai_api_key=SecretStr("sk-own"), **wrong))


def test_a_model_that_nobody_here_knows_is_sent_what_is_set() -> None:
    OpenAI(Settings(_env_file=None, openai_api_key=SecretStr("sk-own"), image_model="flux", image_size="777x333"))


async def test_openai_itself_is_told_families_apart_without_being_told_who_they_are(provider: Provider) -> None:
    provider.says = '{"title": "The lamp"}'
    async with OpenAI(Settings(_env_file=None, emulator_port=int(provider.url.rpartition(":")[2]))) as openai:
        await title(openai)
        await title(openai)
    first, second = (body["safety_identifier"] for _, _, body in provider.sent)
    assert first == second
    assert str(UUID(int=1)) not in first
    assert len(first) <= 64
