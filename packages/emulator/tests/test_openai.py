"""The emulator's OpenAI, used through OpenAI's SDK."""

from __future__ import annotations

import base64
from typing import Annotated, Any

import httpx
import openai
import pytest
from pydantic import BaseModel, Field
from sdk_calls import MODEL, PAINTER, ask, looked_at, parse, picture, png

from emulator_models import testing as prompts
from emulator_models.shapes import (
    Activities,
    Beat,
    PaletteJourney,
    PictureVerdict,
    SceneAnalysis,
    StoryContent,
)


class Unknown(BaseModel):
    answer: str


@pytest.mark.parametrize(
    ("shape", "prompt"),
    [
        (StoryContent, prompts.story_prompt()),
        (PaletteJourney, prompts.palette_prompt()),
        (SceneAnalysis, prompts.analysis_prompt()),
        (Activities, prompts.activities_prompt()),
    ],
)
def test_each_shape_is_answered_as_the_sdk_parses_it(gpt: openai.OpenAI, shape: type[BaseModel], prompt: str) -> None:
    answer = parse(gpt, shape, prompt)
    assert isinstance(answer.choices[0].message.parsed, shape)
    assert answer.model == MODEL
    assert answer.usage.prompt_tokens >= len(prompt) // 4
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


@pytest.mark.parametrize("shape", [StoryContent, PaletteJourney, SceneAnalysis, Activities, PictureVerdict])
def test_a_prompt_without_data_is_answered_too(gpt: openai.OpenAI, shape: type[BaseModel]) -> None:
    answer = parse(gpt, shape, "A bedtime story about Bo the bear, please.")
    assert isinstance(answer.choices[0].message.parsed, shape)


@pytest.mark.parametrize("language", ["ja", "hi-IN", "pt_BR"])
@pytest.mark.parametrize("shape", [StoryContent, PaletteJourney, Activities])
def test_a_language_without_words_here_is_refused_by_its_name(
    gpt: openai.OpenAI, shape: type[BaseModel], language: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        parse(gpt, shape, prompts.story_prompt(language=language))
    assert (refused.value.code, refused.value.type) == ("unsupported_language", "invalid_request_error")
    assert f"'{language}'" in str(refused.value)
    assert "writes English, German, French and Spanish only; set OPENAI_API_KEY for others" in str(refused.value)


def test_a_language_of_any_region_is_written_in(gpt: openai.OpenAI) -> None:
    story = parse(gpt, StoryContent, prompts.story_prompt(language="de-AT")).choices[0].message.parsed
    assert " und " in story.text


def test_a_story_has_as_many_scenes_as_its_schema_wants(gpt: openai.OpenAI) -> None:
    class Six(StoryContent):
        beats: Annotated[list[Beat], Field(min_length=6, max_length=6)]

    six = type("StoryContent", (Six,), {})  # a schema goes by its class's name
    assert len(parse(gpt, six, prompts.story_prompt()).choices[0].message.parsed.beats) == 6
    assert len(parse(gpt, StoryContent, prompts.story_prompt()).choices[0].message.parsed.beats) == 4


def test_the_story_is_about_the_characters_asked_for(gpt: openai.OpenAI) -> None:
    story = parse(gpt, StoryContent, prompts.story_prompt()).choices[0].message.parsed
    assert all("Maya" in beat.text for beat in story.beats)


def test_plain_chat_is_answered(gpt: openai.OpenAI) -> None:
    first, second = ask(gpt, "Hello, who are you?"), ask(gpt, "Hello, who are you?")
    assert first.choices[0].message.content
    assert first.id != second.id


def test_an_answer_longer_than_allowed_is_cut(gpt: openai.OpenAI) -> None:
    with pytest.raises(openai.LengthFinishReasonError):
        parse(gpt, StoryContent, prompts.story_prompt(), max_completion_tokens=20)


@pytest.mark.parametrize("form", ["png", "jpeg"])
def test_the_verdict_depends_on_the_picture_sent(gpt: openai.OpenAI, control: httpx.Client, form: Any) -> None:
    control.post("/config", json={"omit_traits": {"manual_wheelchair": 1}}).raise_for_status()
    verdicts = []
    for _ in range(2):
        prompt = prompts.picture_prompt()
        drawn = gpt.images.generate(prompt=prompt, model=PAINTER, size="512x512", output_format=form)
        assert drawn.data
        assert drawn.data[0].b64_json
        image = base64.b64decode(drawn.data[0].b64_json)
        verdict = parse(gpt, PictureVerdict, looked_at(image)).choices[0].message.parsed
        verdicts.append({entry.trait: entry.verdict for entry in verdict.verdicts}["manual_wheelchair"])
    assert verdicts[0] in ("absent", "not_visible")
    assert verdicts[1] == "present"


def test_data_that_is_none_of_ours_is_no_error(gpt: openai.OpenAI) -> None:
    odd = prompts.prompt({"characters": ["Bo", {"traits": 3}], "asset": 7, "palette": "red", "age": "six"})
    assert parse(gpt, StoryContent, odd).choices[0].message.parsed
    assert parse(gpt, PictureVerdict, odd).choices[0].message.parsed
    assert picture(gpt.images.generate(prompt=odd, model=PAINTER, size="256x256")).size == (256, 256)


def test_a_picture_that_is_none_cannot_be_looked_at(gpt: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="unsupported image"):
        parse(gpt, PictureVerdict, looked_at(b"no picture"))


def test_a_picture_on_the_web_cannot_be_looked_at(gpt: openai.OpenAI) -> None:
    part = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
    with pytest.raises(openai.BadRequestError) as caught:
        parse(gpt, PictureVerdict, [part])
    assert caught.value.code == "invalid_image_url"


def test_chat_declines_what_is_not_safe(gpt: openai.OpenAI) -> None:
    answer = parse(gpt, StoryContent, prompts.story_prompt(themes=["a bloody murder with a chainsaw"]))
    assert answer.choices[0].message.refusal
    assert answer.choices[0].message.parsed is None


def test_painting_declines_what_is_not_safe(gpt: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        gpt.images.generate(prompt="A bloody murder with a chainsaw", model=PAINTER)
    assert caught.value.code == "moderation_blocked"


@pytest.mark.parametrize(
    ("arguments", "code", "param"),
    [
        ({"temperature": 0.7}, "unsupported_value", "temperature"),
        ({"max_tokens": 100}, "unsupported_parameter", "max_tokens"),
        ({"stream": True}, "unsupported_value", "stream"),
        ({"messages": []}, "invalid_value", "messages"),
        ({"n": 9}, "invalid_value", "n"),
        ({"response_format": {"type": "json_schema"}}, "missing_required_parameter", None),
    ],
)
def test_chat_refuses_parameters_as_the_reasoning_models_do(
    gpt: openai.OpenAI, arguments: dict[str, Any], code: str, param: str | None
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        ask(gpt, "Hello", **arguments)
    assert caught.value.code == code
    assert param is None or caught.value.param == param


def test_the_message_for_max_tokens_names_its_successor(gpt: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="max_completion_tokens"):
        ask(gpt, "Hello", max_tokens=10)


def test_older_models_take_a_temperature(gpt: openai.OpenAI) -> None:
    assert ask(gpt, "Hello", model="gpt-4.1", temperature=0.2, max_tokens=50).choices


def test_an_unknown_schema_is_refused_by_name(gpt: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="Unknown"):
        parse(gpt, Unknown, "Hello")


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"type": "object", "properties": {}}, "additionalProperties"),
        (
            {"type": "object", "properties": {"a": {}}, "required": [], "additionalProperties": False},
            "Missing 'a'",
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "array", "items": {"type": "object", "properties": {}}}},
                "required": ["a"],
                "additionalProperties": False,
            },
            r"In context=\('properties', 'a', 'items'\)",
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "string", "default": ""}},
                "required": ["a"],
                "additionalProperties": False,
            },
            "'default' is not permitted",
        ),
    ],
)
def test_a_strict_schema_must_be_strict(gpt: openai.OpenAI, schema: dict[str, Any], problem: str) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "StoryContent", "strict": True, "schema": schema}}
    with pytest.raises(openai.BadRequestError, match=problem):
        ask(gpt, "Hello", response_format=form)


@pytest.mark.parametrize("key", ["sk-invalid", "sk-invalid-123"])
def test_a_bad_key_is_refused(emulator_url: str, key: str) -> None:
    with (
        openai.OpenAI(base_url=f"{emulator_url}/openai/v1", api_key=key, max_retries=0) as client,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        client.models.list()
    assert caught.value.code == "invalid_api_key"


def test_no_key_is_refused(emulator_url: str) -> None:
    answer = httpx.get(f"{emulator_url}/openai/v1/models")
    assert answer.status_code == 401
    assert "didn't provide an API key" in answer.json()["error"]["message"]


def test_models_are_listed(gpt: openai.OpenAI) -> None:
    ids = {model.id for model in gpt.models.list()}
    assert {MODEL, PAINTER} <= ids
    assert gpt.models.retrieve(MODEL).id == MODEL


def test_a_model_says_when_it_is_shut_down(gpt: openai.OpenAI) -> None:
    assert gpt.models.retrieve("gpt-image-1.5").shutdown_date == "2026-12-01"
    assert gpt.models.retrieve(MODEL).shutdown_date is None
    assert gpt.models.retrieve("gpt-image-2-2026-04-21").id == "gpt-image-2-2026-04-21"


@pytest.mark.parametrize("model", ["gpt-4o-nonexistent", "gpt-image-1", "dall-e-3"])
def test_a_model_that_is_not_there_is_not_found(gpt: openai.OpenAI, model: str) -> None:
    with pytest.raises(openai.NotFoundError, match=f"The model '{model}' does not exist") as caught:
        gpt.models.retrieve(model)
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize("model", ["dall-e-3", "gpt-image-1"])
def test_retired_painters_are_gone_in_the_words_for_a_bad_value(gpt: openai.OpenAI, model: str) -> None:
    with pytest.raises(openai.BadRequestError, match=f"The model '{model}' does not exist") as caught:
        gpt.images.generate(prompt="A cat", model=model)
    assert (caught.value.code, caught.value.param) == ("invalid_value", "model")


@pytest.mark.parametrize(
    ("model", "words"), [("gpt-4.5-preview", "has been deprecated"), ("gpt-9", "does not exist or you do not have")]
)
def test_a_writer_that_is_retired_or_unknown_is_not_found(gpt: openai.OpenAI, model: str, words: str) -> None:
    with pytest.raises(openai.NotFoundError, match=words) as caught:
        ask(gpt, "Hello", model=model)
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("model", "effort", "code"),
    [
        ("gpt-5.2", "none", None),
        ("gpt-5-mini", "minimal", None),
        ("gpt-6.2-sol", "low", None),
        ("gpt-6.2-sol", "none", "unsupported_value"),
        ("gpt-6.1-sol", "none", "unsupported_value"),
        ("gpt-5.2", "minimal", "unsupported_value"),
        ("gpt-4.1", "low", "unsupported_parameter"),
    ],
)
def test_each_family_has_its_reasoning_efforts(gpt: openai.OpenAI, model: str, effort: str, code: str | None) -> None:
    if code is None:
        assert ask(gpt, "Hello", model=model, reasoning_effort=effort).choices
        return
    with pytest.raises(openai.BadRequestError) as caught:
        ask(gpt, "Hello", model=model, reasoning_effort=effort)
    assert (caught.value.code, caught.value.param) == (code, "reasoning_effort")


def test_who_asks_and_how_strictly_to_judge_may_be_said(gpt: openai.OpenAI) -> None:
    assert ask(gpt, "Hello", safety_identifier="a1b2").choices
    drawn = gpt.images.generate(
        prompt="A fox", model=PAINTER, size="256x256", moderation="low", safety_identifier="a1b2"
    )
    assert picture(drawn).size == (256, 256)
    edited = gpt.images.edit(
        image=("a.png", png(), "image/png"),
        prompt="A fox",
        model=PAINTER,
        size="256x256",
        extra_body={"moderation": "low", "safety_identifier": "a1b2"},
    )
    assert picture(edited).size == (256, 256)


def test_a_painter_does_not_chat(gpt: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        ask(gpt, "Hello", model=PAINTER)


def test_an_unknown_address_is_a_404_in_openais_shape(gpt: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="Invalid URL"):
        gpt.embeddings.create(model="x", input="y")


@pytest.mark.parametrize(
    ("size", "form", "expected"),
    [
        ("512x768", "png", "PNG"),
        ("768x512", "jpeg", "JPEG"),
        ("512x512", "webp", "WEBP"),
    ],
)
def test_a_picture_has_the_size_and_format_asked_for(gpt: openai.OpenAI, size: str, form: Any, expected: str) -> None:
    prompt = prompts.picture_prompt()
    answer = gpt.images.generate(prompt=prompt, model=PAINTER, size=size, output_format=form, quality="low")
    drawn = picture(answer)
    assert (f"{drawn.width}x{drawn.height}", drawn.format) == (size, expected)
    assert answer.usage
    assert answer.usage.output_tokens > 0
    assert answer.usage.input_tokens_details.text_tokens == -(-len(prompt) // 4)


def test_a_picture_of_a_strangers_prompt_is_drawn(gpt: openai.OpenAI) -> None:
    answer = gpt.images.generate(prompt="A fox in the snow", model=PAINTER, size="256x256", n=2)
    assert answer.data
    assert len(answer.data) == 2
    assert picture(answer).size == (256, 256)


def test_a_picture_is_drawn_from_references(gpt: openai.OpenAI) -> None:
    files = [(f"{number}.png", png(), "image/png") for number in range(2)]
    answer = gpt.images.edit(image=files, prompt=prompts.picture_prompt(), model=PAINTER, size="512x512")
    assert picture(answer).size == (512, 512)
    assert answer.usage
    assert answer.usage.input_tokens_details.image_tokens > 0


def test_a_single_reference_is_enough(gpt: openai.OpenAI) -> None:
    answer = gpt.images.edit(image=("a.png", png(), "image/png"), prompt="A fox", model=PAINTER, size="256x256")
    assert picture(answer).size == (256, 256)


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ([png()], "unsupported_file_mimetype"),
        ([("a.png", png(), "image/png")] * 17, "array_above_max_length"),
        ([("a.png", b"no picture", "image/png")], "invalid_image_file"),
    ],
)
def test_references_are_refused_as_openai_refuses_them(gpt: openai.OpenAI, image: Any, code: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        gpt.images.edit(image=image, prompt="A fox", model=PAINTER, size="256x256")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("model", "arguments", "param"),
    [
        (PAINTER, {"size": "100x100"}, "size"),
        (PAINTER, {"size": "256x1024"}, "size"),
        ("gpt-image-1.5", {"size": "512x512"}, "size"),
        (PAINTER, {"size": "1000x1000"}, "size"),
        (PAINTER, {"quality": "standard"}, "quality"),
        (PAINTER, {"quality": "max"}, "quality"),
        (PAINTER, {"response_format": "b64_json"}, "response_format"),
        (PAINTER, {"stream": True}, "stream"),
        (PAINTER, {"n": 11}, "n"),
        (PAINTER, {"prompt": ""}, "prompt"),
        (PAINTER, {"extra_body": {"input_fidelity": "high"}}, "input_fidelity"),
    ],
)
def test_painting_refuses_parameters_as_openai_does(
    gpt: openai.OpenAI, model: str, arguments: dict[str, Any], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        gpt.images.generate(**{"prompt": "A fox", "model": model, **arguments})
    assert caught.value.param == param


def test_texts_are_judged_each(gpt: openai.OpenAI) -> None:
    answer = gpt.moderations.create(input=["A fox and a bell.", "I will murder you all with a chainsaw."])
    assert [result.flagged for result in answer.results] == [False, True]
    assert answer.results[1].category_scores.violence > answer.results[0].category_scores.violence


def test_the_parts_of_an_input_are_judged_together(gpt: openai.OpenAI) -> None:
    parts: Any = [
        {"type": "text", "text": "I will murder you all with a chainsaw."},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
    ]
    answer = gpt.moderations.create(model="omni-moderation-latest", input=parts)
    assert [result.flagged for result in answer.results] == [True]


def test_a_single_text_is_judged(gpt: openai.OpenAI) -> None:
    answer = gpt.moderations.create(input="A fox and a bell.")
    assert not answer.results[0].flagged
    assert answer.results[0].category_applied_input_types.violence == ["text"]


def test_a_body_that_is_no_json_is_refused_in_openais_shape(emulator_url: str) -> None:
    answer = httpx.post(
        f"{emulator_url}/openai/v1/chat/completions", content=b"{", headers={"authorization": "Bearer any"}
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
