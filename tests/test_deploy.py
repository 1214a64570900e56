"""What is shipped to run wirewatch on many machines is right: the compose file, Prometheus rules, dashboard, metrics."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import compose_spec
import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from core.metrics import Metrics

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
METRIC = re.compile(r"\bnews_[a-z_]+\b")
ROLES = ("poll", "read", "story", "match", "alert", "deliver", "serve")


def scraped_names() -> set[str]:
    """Every sample name of a real exposition."""
    families = text_string_to_metric_families(generate_latest(Metrics().registry).decode())
    return {name for family in families for name in (family.name, *(sample.name for sample in family.samples))}


def test_the_compose_file_follows_the_compose_specification() -> None:
    compose = compose_spec.PyCompose.from_yaml(
        yaml.safe_dump(yaml.safe_load(COMPOSE))
    )  # with `<<` resolved, as compose itself does
    compose.validate()
    assert set(ROLES) < set(compose.service_names())


def test_a_broken_compose_file_is_refused_by_the_same_check() -> None:
    broken = yaml.safe_load(COMPOSE.replace("stop_grace_period: 15s", "stop_grace_period: soon"))
    with pytest.raises(ValueError, match="stop_grace_period"):
        compose_spec.PyCompose.from_yaml(yaml.safe_dump(broken))


def test_every_role_is_a_service_without_privileges() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    for role in ROLES:
        service = services[role]
        assert service["command"][-2:] == ["--role", role]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


def test_every_file_that_a_service_mounts_is_there() -> None:
    for service in yaml.safe_load(COMPOSE)["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (ROOT / source).exists(), source


def test_the_image_copies_only_what_is_there_and_runs_as_nobody_special() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            *sources, _ = line.split()[1:]
            assert all((ROOT / source).exists() for source in sources), line
    assert re.search(r"^USER 10001$", text, re.MULTILINE)
    assert "HEALTHCHECK" in text


def test_the_shipped_configuration_is_valid_toml_with_the_contracts_sections() -> None:
    config = tomllib.loads((DEPLOY / "wirewatch.toml").read_text(encoding="utf-8"))
    assert config["log"]["url"].startswith("kafka://")
    assert config["database"]["url"].startswith("postgresql://")


def test_prometheus_accepts_the_alert_rules_and_they_fire_when_they_should() -> None:
    promtool = shutil.which("promtool")
    assert promtool, "promtool is missing: install the package prometheus"
    for command in (
        ["check", "config", "prometheus.yml"],
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts_test.yml"],
    ):
        done = subprocess.run(
            [promtool, *command], cwd=DEPLOY / "prometheus", capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["prometheus/alerts.yml", "grafana/dashboards/wirewatch.json"])
def test_every_metric_that_rules_and_dashboard_name_is_in_a_scrape(name: str) -> None:
    used = set(METRIC.findall((DEPLOY / name).read_text(encoding="utf-8")))
    assert used
    assert used <= scraped_names()


def test_every_alert_has_a_runbook() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    runbooks = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for rule in rules:
        assert f"## {rule['alert']}" in runbooks, rule["alert"]
        assert rule["annotations"]["runbook"].endswith("#" + rule["alert"].lower())


def test_the_dashboard_asks_the_data_source_that_is_provisioned() -> None:
    dashboard = json.loads((DEPLOY / "grafana" / "dashboards" / "wirewatch.json").read_text(encoding="utf-8"))
    source = yaml.safe_load(
        (DEPLOY / "grafana" / "provisioning" / "datasources" / "prometheus.yml").read_text(encoding="utf-8")
    )
    uid = source["datasources"][0]["uid"]
    assert all(panel["datasource"]["uid"] == uid for panel in dashboard["panels"])
