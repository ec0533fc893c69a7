"""No log line has a child's name or words, whoever quotes them: a provider, a model, a database, a validator."""

from __future__ import annotations

import json
import logging
from contextvars import copy_context
from typing import Any

import pytest
from pydantic import BaseModel

from storytailor.errors import PermanentError, PromptBlockedError
from storytailor.logs import JsonFormatter, TextFormatter
from storytailor.withheld import withhold, without_words

NAME, THEME, LOOKS = "Xanthippezz Müller", "quibblefnord", "a purple snorkel over one green ear"


def logged(formatter: logging.Formatter, message: str, exc_info: Any = None) -> str:
    """What is logged in a task that makes something of this family's words."""

    def log() -> str:
        withhold([NAME], [THEME], [LOOKS])
        return formatter.format(logging.LogRecord("storytailor", 30, "x.py", 1, message, (), exc_info))

    return copy_context().run(log)


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
@pytest.mark.parametrize(
    "said",
    [
        "400 invalid_prompt: 'xanthippezz' cannot be drawn",
        "Your prompt 'MÜLLER and the Quibblefnord' was refused",
        "Rejected: over one green ear",
        "Invalid prompt: here is Xanthippe",  # cut off
        "Invalid prompt: thippezz says",
    ],
)
def test_a_provider_may_quote_what_it_refuses(formatter: logging.Formatter, said: str) -> None:
    line = logged(formatter, said).lower()
    assert "[…]" in line or "\\u2026" in line
    assert not [word for word in ("xanthipp", "thippezz", "müller", "quibblefnord", "green ear") if word in line]


def test_an_operator_still_reads_what_to_do() -> None:
    line = logged(TextFormatter(), "OpenAI refused the key: check OPENAI_API_KEY. [401 invalid_api_key]")
    assert line.endswith("OpenAI refused the key: check OPENAI_API_KEY. [401 invalid_api_key]")


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_tracebacks_show_no_values_whoever_s_they_are(formatter: logging.Formatter) -> None:
    class Child(BaseModel):
        age: int

    sent = json.dumps({"age": "Zenobia"})
    try:
        Child.model_validate_json(sent)
    except ValueError as error:
        line = formatter.format(
            logging.LogRecord("api", 40, "x.py", 1, "failed", (), (type(error), error, error.__traceback__))
        )
    assert "Zenobia" not in line
    assert "unable to parse string as an integer" in line
    shown = without_words("violates check constraint\nDETAIL:  Failing row contains (Zenobia, 7).\nCONTEXT: none")
    assert shown == "violates check constraint\nDETAIL: […]\nCONTEXT: none"


def test_what_dagster_is_told_of_a_failure_is_without_them_too() -> None:
    def told() -> list[str]:
        withhold([NAME], [THEME], [LOOKS])
        failures = [PromptBlockedError("Declined.", detail=f"400: {NAME}"), PermanentError(f"{THEME} is unknown")]
        return [failure.for_operator for failure in failures]

    assert copy_context().run(told) == ["Declined. [400: […]]", "[…] is unknown"]
