"""The parts of `storytailor story`: characters, the event stream, the files, the progress."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import AsyncIterator, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import JsonValue

from emulator_models.storyteller.library import LANGUAGES
from storytailor.catalog import ALL_ASSETS, PICTURES, SCENES
from storytailor.errors import StorytailorError
from storytailor.settings import Settings
from storytailor.status import AssetStatus
from storytailor.story import StoryType
from storytailor_cli.story.client import Character, Story, StoryOptions, parse_events
from storytailor_cli.story.command import EMULATED_LANGUAGES, check_language, choose_characters
from storytailor_cli.story.download import file_urls, json_documents, save_book, write_file
from storytailor_cli.story.progress import describe, label

MAYA, FENNEL, THEO = (Character(id=str(uuid4()), name=name) for name in ("Maya", "Fennel", "Theo"))


def test_characters_are_chosen_by_name_or_id_each_once() -> None:
    library = [MAYA, FENNEL, THEO]
    assert choose_characters(library, ["theo", "MAYA", THEO.id]) == [THEO, MAYA]
    assert choose_characters(library, []) == [MAYA, FENNEL]
    assert choose_characters([THEO], []) == [THEO]


def test_an_unknown_character_is_answered_with_those_that_exist() -> None:
    with pytest.raises(StorytailorError, match=r"no character 'max'. There are: Fennel, Maya\."):
        choose_characters([MAYA, FENNEL], ["max"])


def test_a_language_is_asked_only_of_those_who_can_write_it() -> None:
    emulated = Settings(_env_file=None)
    for language in ("en", "de-AT", "fr_CA", "ES"):
        check_language(emulated, language)
    with pytest.raises(StorytailorError, match=r"'ja'.*English, German, French and Spanish only.*OPENAI_API_KEY"):
        check_language(emulated, "ja")
    check_language(Settings(_env_file=None, OPENAI_API_KEY="sk-of-ones-own"), "ja")
    assert set(EMULATED_LANGUAGES) == set(LANGUAGES)


def test_the_request_leaves_out_what_was_not_given() -> None:
    options = StoryOptions(StoryType.BEDTIME, ["courage"], age=6, language="en")
    assert options.body([MAYA]) == {
        "story_type": "bedtime",
        "themes": ["courage"],
        "age": 6,
        "language": "en",
        "character_ids": [MAYA.id],
    }


async def test_an_event_stream_is_read_with_comments_and_lines_of_data() -> None:
    async def lines() -> AsyncIterator[str]:
        for line in (": ping", "", "id: 7", "event: story", "data: {", "data:}", "", "id: 8", ""):
            yield line

    assert [event async for event in parse_events(lines())] == [{"id": "7", "event": "story", "data": "{\n}"}]


def asset(status: str, **more: JsonValue) -> JsonValue:
    return {"status": status, "progress": 100, **more}


def story_with(assets: Mapping[str, JsonValue]) -> Story:
    return Story(
        {
            "title": "A story",
            "audio_words": [{"txt": "Once", "start": 0.0, "end": 0.3}],
            "asset_generation_status": {"overall": "partial", "assets": dict(assets)},
        }
    )


class Refuses(BaseHTTPRequestHandler):
    """A store to which this URL has ended."""

    def do_GET(self) -> None:
        self.send_error(403)

    def log_message(self, *_: object) -> None:
        pass


def test_every_file_of_the_book_has_its_source_and_a_missing_one_is_none() -> None:
    story = story_with(
        {
            "cover": asset("ready", url="http://here/stories/1/cover.png"),
            "activities": asset("ready", data={"questions": []}),
            "pdf": asset("ready", url="p", metadata={"printUrl": "pp", "luluInteriorUrl": "li", "luluCoverUrl": "lc"}),
            "epub": asset("failed", error="no"),
        }
    )
    documents, urls = json_documents(story), file_urls(story)
    by_name = story_with(
        {
            "cover": asset("ready", url="cover.png"),
            "activities": asset("ready", data={"questions": []}),
            "pdf": asset(
                "ready",
                url="story.pdf",
                metadata={
                    "printUrl": "story-print.pdf",
                    "luluInteriorUrl": "story-lulu-interior.pdf",
                    "luluCoverUrl": "story-lulu-cover.pdf",
                },
            ),
            "epub": asset("failed", error="no"),
        }
    )
    assert documents == {
        "story.json": by_name.document,  # URLs end, names stay
        "words.json": story.document["audio_words"],
        "activities.json": {"questions": []},
    }
    assert urls == {
        **dict.fromkeys((f"{scene}.png" for scene in SCENES), None),
        "cover.png": "http://here/stories/1/cover.png",
        "audio.mp3": None,
        "story.pdf": "p",
        "story-print.pdf": "pp",
        "story-lulu-interior.pdf": "li",
        "story-lulu-cover.pdf": "lc",
        "story.epub": None,
    }


@pytest.mark.parametrize(("status", "words"), [(403, "answered 403"), (None, "cannot be downloaded")])
async def test_a_download_that_fails_is_named_without_the_signature_that_opens_it(
    tmp_path: Path, status: int | None, words: str
) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), Refuses) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        port = server.server_address[1] if status else 9
        url = f"http://127.0.0.1:{port}/assets/stories/1/cover.png"
        saved = await save_book(story_with({"cover": asset("ready", url=f"{url}?signature=hunter2")}), tmp_path)
        server.shutdown()
        thread.join()
    (error,) = saved.errors
    assert f"cover.png: {url} {words}" in error
    assert "hunter2" not in error + (tmp_path / "story.json").read_text()


def test_the_files_of_pictures_and_the_labels_follow_the_catalog() -> None:
    assert {name for name in file_urls(story_with({})) if name.endswith(".png")} == {
        f"{picture}.png" for picture in PICTURES
    }
    assert len({label(asset) for asset in ALL_ASSETS}) == len(ALL_ASSETS)
    assert [label(scene) for scene in SCENES] == [scene.replace("_", " ") for scene in SCENES]


def test_a_file_is_written_whole_and_readable(tmp_path: Path) -> None:
    write_file(tmp_path / "cover.png", b"picture")
    assert [path.name for path in tmp_path.iterdir()] == ["cover.png"]
    assert (tmp_path / "cover.png").stat().st_mode & 0o777 == 0o644


def test_progress_names_the_palette_step_the_attempt_and_the_placeholder() -> None:
    metadata = {"paletteStep": "Dusk", "motif": "A Light", "attempt": 2, "fallback": True}
    ready = AssetStatus(status="ready", progress=100, metadata=metadata)
    assert describe(ready) == "Dusk, attempt 2, a placeholder picture"
    assert describe(AssetStatus(status="failed", progress=0, error="refused")) == "refused"
