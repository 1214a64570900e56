"""The documentation says what the code does: what is new and undocumented, or documented and gone, fails here.

Each check is a function in tests/docs_checks.py, and the tests at the end show that each one fires. Not here, since they
stand beside their subject: outcomes and channels of alerting.md, the page on rules, the commands on stored data.
"""

import re
import subprocess
from enum import StrEnum
from functools import cache
from importlib import import_module
from inspect import getmembers
from pathlib import Path

import click
import pytest
import yaml
from pydantic import TypeAdapter

from alerts.channels.registry import KINDS
from alerts.channels.settings import ChannelSettings
from core.faults import FaultPoint
from core.metrics import Metrics
from core.model import metric_rule, outcome
from core.model.escalation import EscalationStep
from core.model.metric_rule import Flatline, Frequency, NewTerm, Spike
from core.model.sending import ALL_DAYS, Cooldown, Digest, QuietHours
from ingest.poll.health import FeedState
from tests import api_reference
from tests import docs_checks as checks
from tests.docs_checks import JsonSchema, Metric, Row
from wirewatch import __version__
from wirewatch.cli.main import COMMANDS, cli
from wirewatch.config.loading import examine
from wirewatch.config.other_channels import other_channel_problems
from wirewatch.config.rules import rule_problems
from wirewatch.config.schema import MainFile, RuleTable
from wirewatch.roles import Role

ROOT = Path(__file__).resolve().parents[1]
SECRETS = {
    "url_file": "https://chat.example/hook",
    "secret_file": "whsec_d2lyZXdhdGNoLXRlc3Qtc2VjcmV0LW9mLW91cnM=",
    "sasl_password_file": "password",
    "client_secret_file": "password",
}
DEFAULTS = {"none": None, "every day": list(ALL_DAYS), "VERSION": __version__}
# Where each closed set of outcomes is told: page, and the section whose table holds its words.
TOLD: dict[type[StrEnum], tuple[str, str]] = {
    outcome.EscalationOutcome: ("alerting.md", "Escalation"),
    outcome.Stage: ("operations.md", "Roles"),
    outcome.PollOutcome: ("collecting.md", "How a poll can end"),
    outcome.ArticleOutcome: ("collecting.md", "How an entry can end"),
    outcome.WorkerEnd: ("metrics.md", "Members of the labels"),
    outcome.StoryVerdict: ("metrics.md", "Members of the labels"),
    outcome.EditOutcome: ("metrics.md", "Members of the labels"),
    outcome.LookupOutcome: ("metrics.md", "Members of the labels"),
    outcome.MatchOutcome: ("metrics.md", "Members of the labels"),
    outcome.ReloadOutcome: ("metrics.md", "Members of the labels"),
    outcome.SignInOutcome: ("metrics.md", "Members of the labels"),
    outcome.DeadLetterReason: ("log.md", "What a stage does with it"),
    outcome.Priority: ("configuration.md", "[[rules]]"),
}
TOLD_BESIDE_THEIR_SUBJECT = {outcome.AlertOutcome, outcome.FailureReason, outcome.Reason, outcome.Event}
TOLD_IN_WORDS = {outcome.AlertStatus: "alerting.md", outcome.NotificationState: "commands.md"}


@cache
def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@cache
def pages() -> tuple[Path, ...]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    return tuple(sorted(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()))


def read(path: Path) -> str | None:
    return (path.read_text(encoding="utf-8") if path.suffix == ".md" else "") if path.exists() else None


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def first_words(text: str) -> list[str]:
    """What stands in backticks in the first column of the tables."""
    return [word for _, rows in checks.tables(text) for row in rows for word in checks.code_words(row[0])]


# --- settings and the environment


def settings_of_the_code() -> dict[str, JsonSchema]:
    found = checks.settings_of(MainFile, "Top of the file")
    top = found["Top of the file"]
    plain = {key: value for key, value in top["properties"].items() if key != "channels"}  # each kind has its own
    found["Top of the file"] = {**top, "properties": plain}
    found["quiet_hours"] = {"$defs": {}, **TypeAdapter(QuietHours).json_schema()}
    found["digest"] = {"$defs": {}, **TypeAdapter(Digest).json_schema()}
    found["escalate"] = {"$defs": {}, **TypeAdapter(EscalationStep).json_schema()}
    found["cooldown"] = {"$defs": {}, **TypeAdapter(Cooldown).json_schema()}
    found["standing"] = standing_settings()
    return found


def settings_of_channels() -> dict[str, JsonSchema]:
    """Those of all kinds, and of each kind its own."""
    common = ChannelSettings.model_json_schema()
    team = RuleTable.model_json_schema()["properties"]["team"]  # of the table, whatever its kind
    found: dict[str, JsonSchema] = {}
    found["What all kinds share"] = {"$defs": {}, **common, "properties": {**common["properties"], "team": team}}
    for name, kind in KINDS.items():
        schema = kind.settings.model_json_schema()
        own = {key: value for key, value in schema["properties"].items() if key not in common["properties"]}
        found[f'kind = "{name}"'] = {"$defs": {}, **schema, "properties": own}
    return found


def standing_settings() -> JsonSchema:
    """The keys of all kinds of standing conditions in one table, as the page has them."""
    schemas = [TypeAdapter(kind).json_schema() for kind in (Flatline, NewTerm, Frequency, Spike)]
    properties: dict[str, object] = {key: value for one in schemas for key, value in one["properties"].items()}
    return {
        "$defs": {},
        "properties": {**properties, "kind": {"enum": [*metric_rule.KINDS]}},
        "required": ["kind", "window_seconds"],
    }


def test_every_setting_is_documented_with_its_default_and_bounds_and_no_other() -> None:
    documented = checks.documented_settings(page("configuration.md"))
    assert checks.wrong_settings(documented, settings_of_the_code(), DEFAULTS) == []


def test_every_setting_of_a_channel_is_documented_with_its_default_and_bounds_and_no_other() -> None:
    documented = checks.documented_settings(page("channels.md"))
    assert checks.wrong_settings(documented, settings_of_channels(), DEFAULTS) == []


def test_what_each_kind_of_channel_can_do_is_told_as_it_is() -> None:
    (rows,) = [
        rows for header, rows in checks.tables(checks.sections(page("channels.md"))["Channels"]) if header[0] == "kind"
    ]
    assert [tuple(row) for row in rows] == [told_of(name) for name in KINDS]


def told_of(name: str) -> tuple[str, ...]:
    """A kind's row in the table of channels.md, as its own file describes it."""
    kind = KINDS[name]
    can = kind.capabilities
    repeat = (
        "the receiver drops it"
        if can.idempotent
        else "is looked for first"
        if can.asks
        else "is sent again and says so"
    )
    yes_no = ["yes" if able else "no" for able in (can.edit, can.thread)]
    return (f"`{name}`", kind.what, *yes_no, repeat, can.confirms.value)


def test_every_kind_of_channel_is_named() -> None:
    named = checks.code_words(checks.sections(page("configuration.md"))["[[channels]]"])
    assert named == [*KINDS]


@pytest.mark.parametrize(
    ("path", "text"),
    [pytest.param(path, text, id=name_of(path)) for path in pages() for text in checks.toml_blocks(read(path) or "")],
)
def test_an_example_is_a_valid_configuration(path: Path, text: str, tmp_path: Path) -> None:
    environ = dict.fromkeys(re.findall(r"\$\{(\w+)\}", text), SECRETS["secret_file"])
    for key, name in re.findall(r'^(\w+_file) = "([^"]+)"', text, re.MULTILINE):
        (tmp_path / name).write_text(SECRETS[key], encoding="utf-8")
    (tmp_path / "wirewatch.toml").write_text(text, encoding="utf-8")
    config, problems = examine(tmp_path / "wirewatch.toml", environ)
    assert problems == []
    assert config is not None
    assert rule_problems(config) == []


def test_the_sample_of_problems_is_what_the_code_says(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    channel = '[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "https://chat.example/hook"\n'
    rule = '[[rules]]\nname = "r"\nquery = "arms"\n\nchannels = ["dsk"]\n'
    (tmp_path / "rules" / "desk.toml").write_text(channel + rule, encoding="utf-8")
    main = tmp_path / "wirewatch.toml"
    main.write_text(
        'include = ["rules/*.toml"]\n[server]\nlistne = "x:1"\n[fetch]\nmax_bytes = "10485760"\n', encoding="utf-8"
    )
    config, problems = examine(main, {"WIREWATCH_SERVR__LISTEN": "x:1"})
    assert config is not None
    problems = [*problems, *other_channel_problems(config, ())]
    body = checks.sections(page("configuration.md"))["Problems are reported all at once"]
    shown = [line.strip() for line in body.splitlines() if line.startswith("    ")]
    assert sorted(shown) == sorted(map(str, problems))


# --- metrics and closed sets


def metrics_of_the_code() -> dict[str, Metric]:
    metrics = Metrics()
    metrics.build.info({"version": __version__})
    endings = {"counter": "_total", "info": "_info"}
    found = {}
    for family in metrics.registry.collect():
        labels: dict[str, set[str]] = {}
        for sample in family.samples:
            for label, value in sample.labels.items():
                labels.setdefault(label, set()).add("" if family.type == "info" else value)
        labels.pop("le", None)
        kept = {label: members - {""} for label, members in labels.items()}
        if family.name.startswith("news_"):
            found[family.name + endings.get(family.type, "")] = Metric(family.type, kept)
    return found


def test_every_metric_is_documented_with_its_labels_and_their_members_and_no_other() -> None:
    assert checks.wrong_metrics(checks.documented_metrics(page("metrics.md"), page), metrics_of_the_code()) == []


def closed_sets() -> list[type[StrEnum]]:
    return [kind for _, kind in getmembers(outcome, lambda value: isinstance(value, type)) if kind is not StrEnum]


@pytest.mark.parametrize("words", closed_sets(), ids=lambda kind: str(kind.__name__))
def test_every_outcome_is_told_on_the_page_of_its_subject(words: type[StrEnum]) -> None:
    if words in TOLD_BESIDE_THEIR_SUBJECT:
        return
    if words in TOLD_IN_WORDS:
        assert all(re.search(rf"\b{word}\b", page(TOLD_IN_WORDS[words])) for word in words)
        return
    name, section = TOLD[words]
    rows = [line for line in checks.sections(page(name))[section].splitlines() if line.startswith("|")]
    assert [word for word in words if not any(f"`{word}`" in row for row in rows)] == []


def test_every_state_of_a_source_is_told() -> None:
    assert all(f"**{state}**" in page("collecting.md") for state in FeedState)


def test_roles_and_fault_points_are_told_and_no_other() -> None:
    assert first_words(checks.sections(page("operations.md"))["Roles"]) == list(Role)
    (table,) = checks.tables(checks.sections(page("architecture.md"))["Fault points"])
    assert [word for row in table[1] for word in checks.code_words(row[1])] == list(FaultPoint)


def test_the_reference_of_the_api_is_that_of_the_code() -> None:
    assert page("api.md") == api_reference.whole(page("api.md")), "run `make api-docs`"


# --- commands, targets, links


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_on_the_page_of_commands(name: str) -> None:
    calls = checks.calls_in(page("commands.md"), "wirewatch")
    mine = [call for call in calls if call[:1] == [name]]
    assert mine
    command = import_module(f"wirewatch.cli.commands.{COMMANDS[name][0]}").command
    if isinstance(command, click.Group):
        assert {call[1] for call in mine if len(call) > 1} >= set(command.list_commands(click.Context(command)))
    else:
        told = " ".join(word for call in mine for word in call)
        options = [
            option.opts[0] for option in command.params if isinstance(option, click.Option) and not option.hidden
        ]
        assert [option for option in options if option not in told and option not in ("--config", "--json")] == []


@pytest.mark.parametrize("path", pages(), ids=name_of)
def test_a_page_names_only_commands_options_and_targets_that_are_there(path: Path) -> None:
    text = read(path) or ""
    assert checks.wrong_calls(checks.calls_in(text, "wirewatch"), cli) == []
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {call[0] for call in checks.calls_in(text, "make") if call} <= set(targets)


@pytest.mark.parametrize("path", pages(), ids=name_of)
def test_every_link_of_a_page_leads_somewhere(path: Path) -> None:
    assert checks.broken_links(path, read(path) or "", read) == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    linked = re.compile(r"\]\(([^()#\s]+\.md)")
    reached, left = {ROOT / "README.md"}, [ROOT / "README.md"]
    while left:
        here = left.pop()
        found = {(here.parent / name).resolve() for name in linked.findall(read(here) or "")} - reached
        reached |= found
        left += found
    others = {"CONTRIBUTING.md", ".github/PULL_REQUEST_TEMPLATE.md"}  # shown by the platform itself
    assert {name_of(path) for path in pages() if path not in reached} - others - decisions() == set()


def decisions() -> set[str]:
    return {name_of(path) for path in pages() if path.parent.name == "decisions"}  # linked as a folder


def test_every_runbook_that_an_alert_names_is_there() -> None:
    rules = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]
    for rule in rules["rules"]:
        name, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert anchor in checks.slugs((ROOT / name).read_text(encoding="utf-8"))


# --- the checkers fire


def test_a_setting_that_is_missing_gone_or_different_is_found() -> None:
    text = page("configuration.md")
    code = settings_of_the_code()

    def found(page_text: str) -> list[str]:
        return checks.wrong_settings(checks.documented_settings(page_text), code, DEFAULTS)

    def wrong(old: str, new: str) -> list[str]:
        """What is found after the change and was not before it."""
        assert old in text
        return [problem for problem in found(text.replace(old, new)) if problem not in found(text)]

    row = "| `full_text` | `true` | fetch the article's page where the feed does not carry the whole text |\n"
    assert wrong(row, "") == ["[[sources]] key full_text is not documented"]
    assert wrong(row, row.replace("full_text", "all_text")) == [
        "[[sources]] key all_text is documented and not there",
        "[[sources]] key full_text is not documented",
    ]
    assert wrong(row, row.replace("`true`", "`false`")) == ["[[sources]] full_text: default `false`, in the code True"]
    assert wrong("`sitemap` or `page`, for people", "`page`, for people") == ["[[sources]] kind: 'sitemap' is not said"]
    assert wrong("## [log.kafka]", "## [log.kafak]")[:1] == ["section [log.kafak] is documented and not there"]
    assert wrong("| `name` | required | what rules write", "| `name` | none | what rules write") == [
        "[[aliases]] name: default 'none', but it is required"
    ]


def test_a_metric_that_is_missing_gone_or_different_is_found() -> None:
    text, code = page("metrics.md"), metrics_of_the_code()

    def found(page_text: str) -> list[str]:
        return checks.wrong_metrics(checks.documented_metrics(page_text, page), code)

    def wrong(old: str, new: str) -> list[str]:
        """What is found after the change and was not before it."""
        assert old in text
        return [problem for problem in found(text.replace(old, new)) if problem not in found(text)]

    row = next(line for line in text.splitlines(keepends=True) if line.startswith("| **`news_feeds`**"))
    assert wrong(row, "")[:1] == ["metric news_feeds is not documented"]
    assert wrong(row, row + row.replace("news_feeds", "news_moods")) == [
        "metric news_moods is documented and not there"
    ]
    assert wrong(row, row.replace("gauge", "counter")) == ["news_feeds is a gauge, documented as a counter"]
    assert wrong(row, row.replace("`state`", "")) == [
        "metric news_feeds (in the members of state only) is documented and not there",
        "news_feeds label state is not documented",
    ]
    assert wrong("`stale`, `paused` |", "`paused`, `gone` |") == [
        "news_feeds state member stale is not documented",
        "news_feeds state member gone is documented and not there",
    ]
    assert wrong("collecting.md#how-a-poll-can-end) |", "collecting.md#polling) |")[:1] == [
        "news_feed_polls_total outcome member bad_encoding is not documented"
    ]


def test_a_link_that_leads_nowhere_is_found() -> None:
    files = {Path("/d/b.md"): "# Other\n\n## Two words: `code`\n\n## Two words: `code`\n"}
    text = "# Here\n[a](b.md) [b](b.md#two-words-code-1) [c](#here) [d](https://x.example/y)\n`[e](no.md)`\n\n    [f](no.md)\n"
    assert checks.broken_links(Path("/d/a.md"), text, files.get) == []
    text = "[a](c.md) [b](b.md#three) [c](#there)\n```\n[d](no.md)\n```\n"
    assert checks.broken_links(Path("/d/a.md"), text, files.get) == [
        "a.md: c.md: there is no such file",
        "a.md: b.md#three: there is no such heading",
        "a.md: #there: there is no such heading",
    ]


def test_a_command_or_an_option_that_is_not_there_is_found() -> None:
    text = "`wirewatch rules lits`\n\n    .venv/bin/wirewatch check --ofline   # comment\n    wirewatch check --offline\n    wirewatch zap\n"
    assert checks.wrong_calls(checks.calls_in(text, "wirewatch"), cli) == [
        "rules lits: there is no command cli rules lits",
        "check --ofline: cli check has no option --ofline",
        "zap: there is no command cli zap",
    ]
    assert checks.calls_in("    make clean\nmake no code\n", "make") == [["clean"]]


def test_a_row_without_its_default_is_no_literal() -> None:
    schema = {"properties": {"a": {"default": 1, "maximum": 5}}, "$defs": {}}
    assert checks.wrong_settings({"s": {"a": Row("`1`", "up to 5", "")}}, {"s": schema}, {}) == []
    assert checks.wrong_settings({"s": {"a": Row("`2`", "up to 50", "")}}, {"s": schema}, {}) == [
        "s a: '5' is not said",
        "s a: default `2`, in the code 1",
    ]
