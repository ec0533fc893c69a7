"""deploy/kubernetes, as far as it can be checked without a cluster."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import kubernetes_validate
import pytest

from storytailor_cli.local_stack.services import WORKER_GRACE
from storytailor_cli.processes import command
from tests.deployment.compose import OTHERS_IMAGES, ROOT, all_services
from tests.deployment.kubernetes import (
    Manifest,
    chart_values,
    config,
    manifests,
    secret_files,
    secret_settings,
    workloads,
)
from tests.deployment.test_compose import FLEET
from tests.deployment.test_settings import READ_BY_OTHERS, SETTINGS, WITHHELD

OLDEST, NEWEST = "1.30", "1.37"
OF_OTHERS = {"ScaledObject", "PodMonitor"}
"""Kinds that are not Kubernetes' own: no schema of them is on this machine."""
OF_THE_CHART = {"daemon", "webserver"}
RUN_BY_HAND = {"logins", "bucket"}
POD = {"runAsNonRoot": True, "runAsUser": 1000, "runAsGroup": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
CONTAINER = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
OF_THE_UI = {"DAGSTER_DATABASE_URL", "BROKER_URL", "DAGSTER_LOGIN"}
PROXY = (ROOT / "deploy" / "nginx.conf").read_text()


def named(manifest: Manifest) -> str:
    return f"{manifest.kind} {manifest.name}"


def from_secrets(source: list[dict[str, Any]]) -> set[str]:
    """The names of all that these secrets bring."""
    examples = secret_files()
    return {name for one in source if "secretRef" in one for name in examples[one["secretRef"]["name"]]}


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("manifest", [one for one in manifests() if one.kind not in OF_OTHERS], ids=named)
def test_each_object_is_one_that_kubernetes_takes(manifest: Manifest, version: str) -> None:
    kubernetes_validate.validate(manifest.object, version, strict=True)


def test_only_those_kinds_are_not_checked_by_a_schema_that_others_brought() -> None:
    assert {one.kind: one.object["apiVersion"] for one in manifests(*OF_OTHERS)} == {
        "ScaledObject": "keda.sh/v1alpha1",
        "PodMonitor": "monitoring.coreos.com/v1",
    }


def test_every_process_of_the_fleet_is_there_with_the_command_of_the_table_of_processes() -> None:
    fleet = set(FLEET) - RUN_BY_HAND - OF_THE_CHART - {"emulator"}
    commands = {process: tuple(one.container["command"]) for process, one in workloads().items()}
    assert commands == {process: command(process, **FLEET[process]) for process in FLEET if process in fleet}


@pytest.mark.parametrize("process", sorted(OF_THE_CHART))
def test_the_chart_s_commands_are_ours(process: str) -> None:
    script = config("storytailor-commands")[f"dagster-{process}"]
    assert f"exec {' '.join(command(process, **FLEET[process]))}\n" in script  # type: ignore[index, arg-type]
    values = chart_values()[f"dagster{process.capitalize()}"]
    variables = {one["name"]: one["value"] for one in values["env"]}
    mounts = {one["name"]: one["mountPath"] for one in values["volumeMounts"]}
    assert variables["PATH"].split(":")[:2] == [mounts["commands"], "/app/.venv/bin"]
    assert {one["name"]: one.get("configMap") for one in values["volumes"]} == {
        "commands": {"name": "storytailor-commands", "defaultMode": 0o555},
        "tmp": None,
    }
    assert variables["DAGSTER_HOME"] == "/app"
    assert (values["podSecurityContext"], values["securityContext"]) == (POD, CONTAINER)
    assert mounts["tmp"] == "/tmp"


def test_the_chart_s_ui_is_the_one_behind_the_gate_and_brings_no_code_location_and_no_broker_of_its_own() -> None:
    values = chart_values()
    assert values["dagsterWebserver"]["service"]["port"] == FLEET["webserver"]["port"]
    probe = {"path": "/gate/health", "port": FLEET["webserver"]["port"]}
    assert values["dagsterWebserver"]["readinessProbe"]["httpGet"] == probe
    assert [name for name in ("rabbitmq", "redis", "flower", "postgresql") if values[name]["enabled"]] == []
    assert values["dagster-user-deployments"] == {"enabled": False, "enableSubchart": False}


def test_all_run_the_image_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    images = {one.container["image"] for one in workloads().values()}
    values = chart_values()
    for process in ("dagsterDaemon", "dagsterWebserver"):
        images.add(f"{values[process]['image']['repository']}:{values[process]['image']['tag']}")
    assert images == {f"storytailor:{version}"}


def test_an_image_of_others_is_the_one_of_the_compose_file() -> None:
    (broker,) = (one for one in manifests("Deployment") if one.process == "broker")
    assert "valkey" in OTHERS_IMAGES
    assert broker.container["image"] == all_services()["valkey"].image


@pytest.mark.parametrize("manifest", manifests("Deployment", "Job"), ids=named)
def test_no_pod_has_more_than_it_needs(manifest: Manifest) -> None:
    expected = POD | ({"runAsUser": 999} if manifest.process == "broker" else {})
    assert manifest.pod["securityContext"] == expected
    assert manifest.container["securityContext"] == CONTAINER
    assert manifest.pod["automountServiceAccountToken"] is False
    assert manifest.container["resources"]["limits"]["memory"]
    assert manifest.container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert {one["name"]: one["mountPath"] for one in manifest.container["volumeMounts"]} == {"tmp": "/tmp"}


@pytest.mark.parametrize("process", sorted(workloads()))
def test_our_processes_are_not_number_one_which_is_deaf_to_the_stop_signal_until_it_listens(process: str) -> None:
    assert workloads()[process].pod["shareProcessNamespace"] is True


def test_a_pod_that_is_to_end_has_the_time_to_do_so_in_order() -> None:
    worker, api = workloads()["worker"], workloads()["api"]
    assert worker.pod["terminationGracePeriodSeconds"] > WORKER_GRACE
    until_no_proxy_sends = api.container["lifecycle"]["preStop"]["sleep"]["seconds"]
    shutdown = api.container["command"][api.container["command"].index("--timeout-graceful-shutdown") + 1]
    assert api.pod["terminationGracePeriodSeconds"] > until_no_proxy_sends + int(shutdown)


def test_no_variable_that_kubernetes_makes_of_a_service_is_taken_for_a_setting() -> None:
    for service in manifests("Service"):
        prefix = service.name.upper().replace("-", "_")
        assert SETTINGS.keys() & {f"{prefix}_PORT", f"{prefix}_SERVICE_HOST", f"{prefix}_SERVICE_PORT"} == set()
    assert all(one.pod["enableServiceLinks"] is False for one in manifests("Deployment", "Job"))


def test_what_is_no_secret_is_a_setting_and_nothing_that_is_secret_stands_in_a_config_map() -> None:
    given = config("storytailor-settings").keys()
    assert given - READ_BY_OTHERS <= SETTINGS.keys() - secret_settings()
    for process in ("dagsterDaemon", "dagsterWebserver"):
        names = {one["name"] for one in chart_values()[process]["env"]} - {"PATH", "DAGSTER_HOME"}
        assert names - READ_BY_OTHERS <= SETTINGS.keys() - secret_settings()


def test_every_secret_of_the_settings_has_its_place_in_a_secret_and_none_has_a_value() -> None:
    examples = secret_files()
    assert secret_settings() >= {"DATABASE_URL", "ALERT_URLS", "SENTRY_DSN", "AWS_SECRET_ACCESS_KEY"}
    everything = {name for example in examples.values() for name in example}
    assert everything - {"BROKER_PASSWORD"} == secret_settings()
    assert {value for example in examples.values() for value in example.values()} == {""}


@pytest.mark.parametrize("process", sorted(workloads()))
def test_each_process_is_given_the_settings_and_its_own_secrets_by_reference_only(process: str) -> None:
    container = workloads()[process].container
    assert "env" not in container
    assert {"configMapRef": {"name": "storytailor-settings"}} in container["envFrom"]
    given = from_secrets(container["envFrom"])
    withheld = WITHHELD.get(process, set()) - {"DATABASE_URL", "DATABASE_DIRECT_URL"}  # which it has of its own
    assert given == secret_settings() - withheld - {"DAGSTER_LOGIN"}


def test_the_api_s_login_is_its_own() -> None:
    sources = {
        process: [one["secretRef"]["name"] for one in workload.container["envFrom"] if "secretRef" in one]
        for process, workload in workloads().items()
    }
    having = {name for name, example in secret_files().items() if "DATABASE_URL" in example}
    assert having & set(sources.pop("api")) == {"storytailor-api"}
    assert all(having & set(source) == {"storytailor-makers"} for source in sources.values())


def test_dagster_s_ui_holds_no_key_and_no_way_to_the_stories() -> None:
    values = chart_values()["dagsterWebserver"]
    assert "envConfigMaps" not in values
    assert from_secrets([{"secretRef": one} for one in values["envSecrets"]]) == OF_THE_UI


def test_probes_ask_for_what_the_api_answers_to_everybody() -> None:
    paths = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    container = workloads()["api"].container
    asked = {container[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert asked == {"/health"}
    assert "get" in paths["/health"]


def test_whatever_selects_pods_finds_some_and_whatever_scales_names_a_deployment() -> None:
    labels = [one.spec["template"]["metadata"]["labels"] for one in manifests("Deployment", "Job")]
    selectors = [one.spec["selector"] for one in manifests("Service")]
    selectors += [
        one.spec["selector"]["matchLabels"] for one in manifests("Deployment", "PodDisruptionBudget", "PodMonitor")
    ]
    policies = manifests("NetworkPolicy")
    selectors += [one.spec["podSelector"]["matchLabels"] for one in policies if one.spec["podSelector"]]
    for selector in selectors:
        assert any(selector.items() <= found.items() for found in labels), selector
    scaled = {one.spec["scaleTargetRef"]["name"] for one in manifests("ScaledObject", "HorizontalPodAutoscaler")}
    assert scaled == {"storytailor-api", "storytailor-worker"}
    assert all("replicas" not in one.spec for one in manifests("Deployment") if one.name in scaled)


def test_the_api_reaches_neither_broker_nor_code_location_and_nobody_from_outside_reaches_more_than_the_api() -> None:
    policies = {one.process: one.spec for one in manifests("NetworkPolicy")}
    assert policies["nobody"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    reached = {port["port"] for rule in policies["api"]["egress"] for port in rule["ports"]}
    assert "Egress" in policies["api"]["policyTypes"]
    assert reached & {6379, 4000, 3000} == set()
    for process in ("code", "broker"):
        (rule,) = policies[process]["ingress"]
        assert all("namespaceSelector" not in source for source in rule["from"])
        assert {"app.kubernetes.io/name": "storytailor", "app.kubernetes.io/component": "api"} not in [
            source["podSelector"]["matchLabels"] for source in rule["from"]
        ]


def test_the_ingress_has_the_limits_of_the_proxy() -> None:
    said = {one.process: one.object["metadata"]["annotations"] for one in manifests("Ingress")}
    (rate,) = re.findall(r"zone=requests:\w+ rate=(\S+);", PROXY)
    (burst,) = re.findall(r"zone=requests burst=(\d+) nodelay;", PROXY)
    assert said["storytailor"]["nginx.org/limit-req-rate"] == rate
    assert said["storytailor"]["nginx.org/limit-req-burst"] == burst
    sizes = [said[name]["nginx.org/client-max-body-size"] for name in ("api", "pictures")]
    assert sizes == re.findall(r"client_max_body_size (\w+);", PROXY)
    times = [said[name]["nginx.org/proxy-read-timeout"] for name in ("api", "events", "realtime")]
    assert times == re.findall(r"proxy_read_timeout (\w+);", PROXY)
    assert said["events"]["nginx.org/proxy-buffering"] == "False"
    by_pattern = [
        one for one in manifests("Ingress") if "nginx.org/path-regex" in one.object["metadata"]["annotations"]
    ]
    paths = [path["path"] for one in by_pattern for rule in one.spec["rules"] for path in rule["http"]["paths"]]
    assert paths == re.findall(r"location ~ (\S+) ", PROXY)


def is_published(asked: str) -> bool:
    """Whether an ingress lets it through, by other than a pattern."""
    rules = [rule for one in manifests("Ingress") for rule in one.spec["rules"]]
    paths = [path for rule in rules for path in rule.get("http", {"paths": []})["paths"]]
    return any(
        path["path"] == asked or (path["pathType"] == "Prefix" and asked.startswith(path["path"].rstrip("/") + "/"))
        for path in paths
    )


def test_what_is_the_operator_s_is_published_by_no_ingress_and_what_families_use_is() -> None:
    assert not any(map(is_published, ("/metrics", "/ready", "/health")))
    operations = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"].keys()
    of_families = {path for path in operations if path.startswith("/api/")}
    page = {"/", "/sw.js", "/sign-in", "/sign-in/demo", "/web/index.html", "/realtime/v1/websocket"}
    assert [path for path in {*of_families, *page} if not is_published(path)] == []
