"""The gate before Dagster's UI: what is passed on, and what is refused whoever's browser sends it."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import pytest

from storytailor.errors import SettingsError
from storytailor.settings import Settings
from storytailor_dagster.ui_gate.login import Login, login_for
from storytailor_dagster.ui_gate.operations import only_reads
from storytailor_dagster.ui_gate.rules import Asked, refusal

HOST = "127.0.0.1:3000"
JSON = {"content-type": "application/json"}
SHUT_DOWN = 'mutation{shutdownRepositoryLocation(repositoryLocationName:"storytailor"){__typename}}'


def refused(method: str = "GET", path: str = "/", query: str = "", host: str = HOST, **headers: str) -> int | None:
    """The status it is refused with; None when it is passed on."""
    named = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    why = refusal(Asked(method, path, query, {name: [value] for name, value in named.items()}), {"dagster.example"})
    return why.status if why else None


@pytest.mark.parametrize(
    "document",
    [
        SHUT_DOWN,
        "  # a remark\n,,, " + SHUT_DOWN,
        "\ufeff" + SHUT_DOWN,
        'query a { version } mutation b { x: shutdownRepositoryLocation(repositoryLocationName: "s") { __typename } }',
        "fragment f on Mutation { version } mutation { ...f }",
        "subscription { capturedLogs(logKey: []) { cursor } }",
        "fragment f on Query { version }",
        "no GraphQL",
        "",
        "{" * 20_000,
        "{ " + "a " * 20_000 + "}",
    ],
)
def test_only_what_is_nothing_but_a_query_reads(document: str) -> None:
    assert not only_reads(document)
    assert refused(path="/graphql", query=urlencode({"query": document})) == 405


def test_a_query_is_answered_by_get_as_ever() -> None:
    assert only_reads("query a { version } query b { ...f } fragment f on Query { version }")
    assert refused(path="/graphql", query=urlencode({"query": "{version}", "operationName": "a"})) is None
    assert refused(path="/graphql") is None  # GraphiQL's page


@pytest.mark.parametrize(
    "query",
    [
        urlencode([("query", "{version}"), ("query", SHUT_DOWN)]),
        urlencode({"query": SHUT_DOWN, "operationName": "a"}),
        urlencode({"extensions": '{"persistedQuery":{"version":1,"sha256Hash":"0"}}'}),
        urlencode({"id": "1"}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "QUERY"])
@pytest.mark.parametrize("path", ["/graphql", "/graphql/", "//graphql", "/GraphQL"])
def test_no_command_is_taken_by_url_in_whatever_wrapping(method: str, path: str, query: str) -> None:
    assert refused(method, path, query) in (403, 405)


@pytest.mark.parametrize(
    "body", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "text/json"]
)
def test_a_body_that_a_form_can_send_is_no_command(body: str) -> None:
    assert refused("POST", "/graphql", content_type=body) == 415


def test_what_the_ui_sends_is_passed_on() -> None:
    own = {"origin": f"http://{HOST}", "sec_fetch_site": "same-origin"}
    assert refused("POST", "/graphql", content_type="application/json", **own) is None
    assert refused("POST", "/graphql", "op=Runs", content_type="application/json; charset=utf-8", **own) is None
    assert refused("WEBSOCKET", "/graphql", **own) is None
    assert refused(path="/runs", sec_fetch_site="none") is None
    assert refused("POST", "/graphql", content_type="application/json") is None  # a program, and no browser
    tunnel = "localhost:9000"
    own["origin"] = f"http://{tunnel}"
    assert refused("POST", "/graphql", host=tunnel, content_type="application/json", **own) is None


@pytest.mark.parametrize("method", ["POST", "WEBSOCKET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8000"},  # another page of this machine
        {"origin": "http://localhost:3000"},  # this server by another name
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": f"http://{HOST}", "sec_fetch_site": "cross-site"},
    ],
)
def test_another_pages_command_or_socket_is_refused(method: str, headers: dict[str, str]) -> None:
    assert refused(method, "/graphql", content_type="application/json", **headers) == 403
    assert refused(method, "/report_asset_materialization/cover", **headers) == 403


def test_another_page_may_link_here_and_neither_embed_nor_fetch() -> None:
    link = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}
    assert refused(path="/runs", sec_fetch_dest="document", **link) is None
    assert refused(path="/runs", sec_fetch_dest="iframe", **link) == 403
    assert refused(path="/runs", sec_fetch_site="cross-site", sec_fetch_mode="no-cors", sec_fetch_dest="image") == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:3000", "127.0.0.1.evil.example", "[::1", "", "@"])
def test_a_name_that_only_leads_here_is_refused(host: str) -> None:
    assert refused(host=host) == 421
    assert refused("WEBSOCKET", "/graphql", host=host) == 421
    assert refusal(Asked("GET", "/", "", {}), set()) is not None
    assert refusal(Asked("GET", "/", "", {"host": [HOST, "evil.example"]}), set()) is not None


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:3000", "[::1]:3000", "127.0.0.1:1", "dagster.example", "Dagster.Example.:443"]
)
def test_our_own_names_are_loopbacks_and_those_of_the_setting(host: str) -> None:
    assert refused(host=host) is None


def test_the_login_is_one_user_and_password() -> None:
    login = Login("operator:correct horse: battery")

    def basic(words: str) -> str:
        return "Basic " + base64.b64encode(words.encode()).decode()

    assert login.admits(basic("operator:correct horse: battery"))
    assert login.admits(basic("operator:correct horse: battery").replace("Basic", "basic"))
    wrong = (None, "", "Basic", "Basic !", "Bearer x", basic("operator:"), basic("operator:correct horse: batterz"))
    assert not any(map(login.admits, wrong))


def test_off_loopback_nothing_starts_without_a_login() -> None:
    none = Settings(_env_file=None)
    assert login_for(none, "127.0.0.1") is login_for(none, "localhost") is login_for(none, "::1") is None
    for host in ("0.0.0.0", "::", "192.168.0.7", "dagster.example"):
        with pytest.raises(SettingsError, match="DAGSTER_LOGIN is not set"):
            login_for(none, host)
        assert login_for(Settings(_env_file=None, dagster_login="operator:0123456789abcdef"), host)


@pytest.mark.parametrize("written", ["operator", "operator:", ":0123456789abcdef", "operator:0123456789abcde"])
def test_a_login_that_is_none_or_short_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(SettingsError, match="DAGSTER_LOGIN is to be user:password") as error:
        Settings(_env_file=None, dagster_login=written)
    assert written not in str(error.value).replace("user:password", "")


def test_a_host_in_the_settings_is_a_name_alone() -> None:
    hosts = Settings(_env_file=None, dagster_hosts="Dagster.Example, [::2]").dagster_hosts
    assert hosts == {"dagster.example", "::2"}
    with pytest.raises(SettingsError, match=r"DAGSTER_HOSTS: https://dagster\.example is no host's name"):
        Settings(_env_file=None, dagster_hosts="https://dagster.example")
