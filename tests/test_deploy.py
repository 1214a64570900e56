"""What is shipped to run wirewatch on many machines is right: the compose file, Prometheus rules, dashboard, metrics."""

import json
import os
import re
import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any, Never

import click
import compose_spec
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.services import kafka
from tests.services.process import CannotStart, free_ports
from tests.services.wirewatch import wirewatch
from wirewatch.cli.main import cli
from wirewatch.config.loading import examine
from wirewatch.config.rules import rule_problems

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
DASHBOARD = "grafana/dashboards/wirewatch.json"
METRIC = re.compile(r"\bnews_[a-z_]+\b")
ROLES = ("poll", "read", "story", "match", "alert", "deliver", "serve")


NEEDED = {"PGPASSWORD": "pass", "DESK_WEBHOOK_SECRET": "whsec_d2lyZXdhdGNoLXRlc3Qtc2VjcmV0LW9mLW91cnM="}


def missing(reason: str) -> Never:
    """What the test needs is not on this machine: a reason to skip, but not in CI."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must have this: {reason}")
    pytest.skip(reason)


def promtool(*arguments: str, text: str | None = None) -> str:
    """What promtool says; fails where it finds anything wrong."""
    found = shutil.which("promtool")
    if found is None:
        missing("promtool (Debian: the package prometheus)")
    done = subprocess.run(
        [found, *arguments], input=text, cwd=DEPLOY / "prometheus", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
    return found


@pytest.fixture(scope="module")
def scrape(tmp_path_factory: pytest.TempPathFactory) -> str:
    """/metrics of a process that runs all roles."""
    with wirewatch(tmp_path_factory.mktemp("scraped"), '[server]\nlisten = "127.0.0.1:0"\n') as running:
        status, text = running.get("/metrics")
        assert status == 200
        assert running.terminate() == 0
    return text


def names_in(text: str) -> set[str]:
    """Every sample name of an exposition."""
    families = text_string_to_metric_families(text)
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


def test_every_role_is_a_service_without_privileges_that_is_given_time_to_stop() -> None:
    for role in ROLES:
        service = services()[role]
        assert service["command"][-2:] == ["--role", role]
        assert service["read_only"] is True
        assert any(mount.startswith("/tmp") for mount in service["tmpfs"])
        assert service["cap_drop"] == ["ALL"]
        assert int(service["stop_grace_period"].removesuffix("s")) > 10
        assert set(service["depends_on"]) == {"kafka", "postgres"}


def test_services_of_others_say_when_they_are_well_and_bound_their_logs() -> None:
    for name, service in services().items():
        assert "max-size" in service["logging"]["options"], name
        assert name in ROLES or service["healthcheck"]["test"][0] == "CMD", name


@pytest.mark.kafka
def test_a_real_broker_starts_with_the_settings_that_the_compose_file_gives_its_image(tmp_path: Path) -> None:
    """The image turns `KAFKA_A_B` into the property `a.b`; host, ports and folder are this machine's."""
    given = services()["kafka"]["environment"]
    port, controller = free_ports(2)
    properties = "\n".join(
        f"{name.removeprefix('KAFKA_').lower().replace('_', '.')}={value}"
        for name, value in given.items()
        if name.startswith("KAFKA_") and name != "KAFKA_HEAP_OPTS"
    )
    for there, here in (
        ("//kafka:", "//127.0.0.1:"),
        ("@kafka:", "@127.0.0.1:"),
        ("9092", str(port)),
        ("9093", str(controller)),
        ("/var/lib/kafka/data", str(tmp_path / "data")),
    ):
        assert there in properties
        properties = properties.replace(there, here)
    try:
        with kafka.running(properties, given["CLUSTER_ID"], port, tmp_path):
            assert list((tmp_path / "data").glob("meta.properties"))
    except CannotStart as error:
        missing(str(error))


def test_the_way_to_the_first_user_is_told_and_one_that_there_is() -> None:
    """`serve` refuses to start without users on the address that it listens on in a container."""
    told = " ".join((ROOT / "docs" / "operations.md").read_text(encoding="utf-8").split())
    call = "docker compose run --rm serve users add kim --role admin --config /etc/wirewatch/wirewatch.toml"
    assert call in told
    assert call.replace("kim", "NAME") in COMPOSE
    assert services()["serve"]["restart"] == "unless-stopped"  # it comes up by itself once there is one
    assert services()["serve"]["command"][:3] == ["run", "--config", "/etc/wirewatch/wirewatch.toml"]
    users = cli.get_command(click.Context(cli), "users")
    assert isinstance(users, click.Group)
    assert "add" in users.list_commands(click.Context(users))


def test_ports_are_open_on_this_machine_only() -> None:
    for service in services().values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_no_secret_has_a_default() -> None:
    assert re.findall(r"\$\{(\w+)(:\?)?", COMPOSE) == re.findall(r"\$\{(\w+)(:\?)", COMPOSE)


def test_every_file_that_a_service_mounts_is_there() -> None:
    for service in services().values():
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


def test_what_the_image_calls_at_its_build_and_start_is_there() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    calls = re.findall(r'python -c "from ([\w.]+) import (\w+); \2\(\)"', text)
    assert calls
    for module, name in calls:
        assert callable(getattr(import_module(module), name))
    assert 'ENTRYPOINT ["wirewatch"]' in text
    assert 'CMD ["run", ' in text


def test_the_shipped_configuration_is_one_that_check_accepts() -> None:
    config, problems = examine(DEPLOY / "wirewatch.toml", NEEDED)
    assert config is not None
    assert [*problems, *rule_problems(config)] == []
    assert config.log.url.startswith("kafka://")
    assert config.database.url.startswith("postgresql://")
    assert config.server.listen == ("0.0.0.0", 8080)


def test_a_role_is_given_every_variable_that_its_configuration_asks_for() -> None:
    texts = [
        path.read_text(encoding="utf-8") for path in (DEPLOY / "wirewatch.toml", *(DEPLOY / "rules").glob("*.toml"))
    ]
    asked = set(re.findall(r"\$\{(\w+)\}", "".join(texts)))
    assert asked
    for role in ROLES:
        assert asked <= set(services()[role]["environment"])


def test_every_role_is_scraped() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = config["scrape_configs"]
    assert job["static_configs"][0]["targets"] == [f"{role}:8080" for role in ROLES]


@pytest.mark.parametrize(
    "arguments",
    [("check", "config", "prometheus.yml"), ("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml")],
    ids=" ".join,
)
def test_prometheus_accepts_the_alert_rules_and_they_fire_when_they_should(arguments: tuple[str, ...]) -> None:
    promtool(*arguments)


def test_every_alert_has_a_test_that_it_fires() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    tests = (DEPLOY / "prometheus" / "alerts_test.yml").read_text(encoding="utf-8")
    for rule in rules:
        assert f'alertname="{rule["alert"]}"' in tests, rule["alert"]


def test_prometheus_finds_nothing_to_mend_in_what_a_process_exposes(scrape: str) -> None:
    assert promtool("check", "metrics", text=scrape).strip() == ""


@pytest.mark.parametrize("name", ["prometheus/alerts.yml", DASHBOARD])
def test_every_metric_that_rules_and_dashboard_name_is_in_a_scrape(name: str, scrape: str) -> None:
    used = set(METRIC.findall((DEPLOY / name).read_text(encoding="utf-8")))
    assert used
    assert used <= names_in(scrape)


def test_every_label_value_that_rules_and_dashboard_ask_for_is_in_a_scrape(scrape: str) -> None:
    text = "".join((DEPLOY / name).read_text(encoding="utf-8") for name in ("prometheus/alerts.yml", DASHBOARD))
    asked = re.findall(r"\b(news_[a-z_]+)\{([a-z]+)=~?\\?\"([^\"\\]+)", text)
    assert asked
    for name, label, values in asked:
        for value in values.split("|"):
            assert re.search(rf'^{name}\{{[^}}]*{label}="{value}"', scrape, re.MULTILINE), (name, label, value)


def test_every_alert_has_a_runbook() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    runbooks = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for rule in rules:
        assert f"## {rule['alert']}" in runbooks, rule["alert"]
        assert rule["annotations"]["runbook"].endswith("#" + rule["alert"].lower())


def test_the_dashboard_asks_the_data_source_that_is_provisioned() -> None:
    dashboard = json.loads((DEPLOY / DASHBOARD).read_text(encoding="utf-8"))
    source = yaml.safe_load(
        (DEPLOY / "grafana" / "provisioning" / "datasources" / "prometheus.yml").read_text(encoding="utf-8")
    )
    uid = source["datasources"][0]["uid"]
    assert all(panel["datasource"]["uid"] == uid for panel in dashboard["panels"])
