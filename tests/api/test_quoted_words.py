"""Providers quote what they are sent: the API's log and its answers have no word of a family's all the same."""

from __future__ import annotations

from pathlib import Path

import httpx
import psycopg
import pytest

from emulator.testing import serving
from tests.api.conftest import Person
from tests.api.test_child_gate import CONSENT, photo
from tests.api.test_process import api_process, lines_of
from tests.quoting_provider import Kind, QuotingProvider

NAME, SPECIES, LOOKS = "Xanthippezz", "glimmerwort", "a purple snorkel over one green ear"
TITLE, THEME = "Xanthippezz at the Quibblefjord", "quibbling"
TRACES = ("xanthipp", "glimmerwort", "snorkel", "green ear", "quibbl")


def traces_in(text: str) -> list[str]:
    return [trace for trace in TRACES if trace in text.lower()]


@pytest.mark.parametrize("kind", ["refuses", "breaks", "babbles"])
def test_a_judge_that_quotes_the_request_is_told_of_without_the_child_s_words(
    database_url: str, maya: Person, tmp_path: Path, kind: Kind
) -> None:
    provider = QuotingProvider(NAME, kind)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE characters SET name = %s, species = %s, appearance = %s", (NAME, SPECIES, LOOKS))
    character = {"name": NAME, "species": SPECIES, "appearance": LOOKS}
    with serving(provider.app()) as url:
        settings = {"OPENAI_BASE_URL": f"{url}/v1", "LOG_FORMAT": "json", "ASSETS_DIR": str(tmp_path / "assets")}
        with api_process(tmp_path, DATABASE_URL=database_url, **settings) as (api, at):
            with httpx.Client(base_url=f"{at}/api/v1", headers=maya.headers, timeout=60) as client:
                mine = f"/characters/{maya.character_id}"
                answers = [
                    client.post("/stories", json=maya.story_request(title=TITLE, themes=[THEME])),
                    client.post("/characters", json=character),
                    client.patch(mine, json={"appearance": f"{LOOKS}, and a hat"}),
                    client.post(
                        f"{mine}/reference-images",
                        files={"image": (f"{NAME}.png", photo((90, 140, 210)))},
                        data=CONSENT,
                    ),
                ]
                ready = client.get(f"{at}/ready").text
            api.stop()
    assert [answer.status_code for answer in answers] == [503] * 4, [answer.text for answer in answers]
    assert traces_in(" ".join([ready, *(answer.text for answer in answers)])) == []
    assert len(provider.quoted) >= 3, "it was asked, and it quoted"
    told = [line["message"] for line in lines_of(api.text) if "checked" in line["message"] and "[" in line["message"]]
    assert any("[…]" in line for line in told) or kind == "babbles", told
    assert traces_in(api.text) == []
