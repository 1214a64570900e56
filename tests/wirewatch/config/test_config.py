"""Configuration as in the contract; every problem is told at once, with its place, and no secret is ever shown."""

import tomllib
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.registry import KINDS
from alerts.rules.aliases import AliasSet
from alerts.rules.parser import Parsed, parse
from core.config import key_lines
from core.errors import ConfigError
from core.model.outcome import Priority
from core.model.sending import Digest, QuietHours, Throttle
from core.model.source import SourceKind
from wirewatch import __version__
from wirewatch.config.channels import channel_drafts
from wirewatch.config.loading import Config, load
from wirewatch.config.other_channels import other_channel_problems, stored_channels
from wirewatch.config.rules import load_with_rules, rule_drafts, rule_problems
from wirewatch.config.sections import DatabaseConfig

ROOT = Path(__file__).resolve().parents[3]

FULL = """
data_dir = "data"
include = ["rules/*.toml"]

[server]
listen = "127.0.0.1:8080"

[log]
url = "kafka://host:9092,host2:9092"
[log.kafka]
security_protocol = "SASL_SSL"
sasl_username = "wirewatch"
sasl_password = "${KAFKA_PASSWORD}"

[database]
url = "postgresql://user:${PG_PASSWORD}@host/name"

[fetch]
allow_networks = ["127.0.0.0/8"]
min_interval_seconds = 60
max_interval_seconds = 86400
max_bytes = 10485760
user_agent = "me/1.0"

[[sources]]
name = "Example World"
url = "https://news.example/world.xml"
kind = "auto"
interval_seconds = 300
full_text = true
country = "IN"
lang = "en"
time_zone = "Asia/Kolkata"

[[aliases]]
name = "dprk"
terms = ["North Korea", "북한"]

[[rules]]
name = "dprk-russia-arms"
query = '"North Korea" AND Russia AND arms'
channels = ["desk"]
priority = "flash"
group_wait_seconds = 30
throttle = { max = 5, per_seconds = 3600 }
quiet_hours = { start = 22:00:00, end = "07:00", time_zone = "Europe/Berlin" }

[[channels]]
name = "desk"
kind = "webhook"
url = "https://chat.example/hook"
secret_file = "desk.secret"
"""
ENVIRONMENT = {"KAFKA_PASSWORD": "kafka-pass-1", "PG_PASSWORD": "pg-pass-1"}
SECRET = "whsec_d2lyZXdhdGNoLXRlc3Qtc2VjcmV0LW9mLW91cnM="


def written(folder: Path, text: str, **files: str) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_toml", ".toml").replace("_secret", ".secret")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    path = folder / "wirewatch.toml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str, environ: dict[str, str] | None = None, **files: str) -> Config:
    return load(written(folder, text, **files), environ or {})


def problems(folder: Path, text: str, environ: dict[str, str] | None = None, **files: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(folder, text, environ, **files)
    return list(caught.value.problems)


def test_the_contracts_example_is_read_in_full(tmp_path: Path) -> None:
    more = '[[sources]]\nname = "Other"\nurl = "https://other.example/feed"\n'
    config = read(tmp_path, FULL, ENVIRONMENT, desk_secret=SECRET, rules__more_toml=more)
    assert config.data_dir == tmp_path / "data"
    assert config.server.listen == ("127.0.0.1", 8080)
    assert config.log.kafka.sasl_password == "kafka-pass-1"
    assert config.database.url == "postgresql://user:pg-pass-1@host/name"
    assert [s.name for s in config.sources] == ["Example World", "Other"]
    assert config.sources[0].kind is SourceKind.AUTO
    assert config.sources[0].time_zone == "Asia/Kolkata"
    rule = config.rules[0]
    assert rule.settings.priority is Priority.FLASH
    assert rule.settings.throttle == Throttle(5, 3600)
    assert rule.settings.quiet_hours == QuietHours(start=time(22), end=time(7), time_zone="Europe/Berlin")
    assert config.channels[0].settings.name == "desk"


def test_an_empty_file_is_the_embedded_default(tmp_path: Path) -> None:
    config = read(tmp_path, "")
    assert config.log.url == config.database.url == "sqlite:"
    assert config.fetch.user_agent == f"wirewatch/{__version__}"
    assert config.server.listen == ("127.0.0.1", 8080)


def test_the_version_is_that_of_the_distribution() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == __version__


def test_secrets_show_in_no_repr(tmp_path: Path) -> None:
    config = read(tmp_path, FULL, ENVIRONMENT, desk_secret=SECRET)
    shown = repr(config)
    for secret in (SECRET, "kafka-pass-1", "pg-pass-1"):
        assert secret not in shown
        assert secret in config.secrets


def test_all_problems_are_told_at_once_with_line_path_and_the_nearest_key(tmp_path: Path) -> None:
    text = """
[server]
listne = "127.0.0.1:8080"
[fetch]
max_bytes = "10"
allow_networks = ["nonsense"]
[[sources]]
name = "A"
url = "ftp://a.example/feed"
kind = "fead"
[[channels]]
name = "desk"
kind = "webhok"
"""
    assert problems(tmp_path, text) == [
        'wirewatch.toml:3: server.listne: unknown key; did you mean "listen"?',
        "wirewatch.toml:5: fetch.max_bytes: expected a whole number, got text; write 10, without quotes",
        "wirewatch.toml:6: fetch.allow_networks: 'nonsense' does not appear to be an IPv4 or IPv6 network",
        "wirewatch.toml:9: sources[0].url: expected an http:// or https:// URL: " + _reason("ftp://a.example/feed"),
        'wirewatch.toml:10: sources[0].kind: expected one of auto, feed, sitemap, page; did you mean "feed"?',
        (
            f'wirewatch.toml:13: channels[0].kind: unknown kind "webhok"; expected one of {", ".join(KINDS)}; '
            'did you mean "webhook"?'
        ),
    ]


def _reason(url: str) -> str:
    from core.net.url import BadUrl, web_url  # noqa: PLC0415 - the reason is the URL module's own

    with pytest.raises(BadUrl) as caught:
        web_url(url)
    return str(caught.value)


def test_a_channel_of_an_unknown_kind_names_its_line_and_the_known_ones(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, '[[channels]]\nname = "desk"\nkind = "webhok"\n')
    assert problem.startswith('wirewatch.toml:3: channels[0].kind: unknown kind "webhok"')
    assert 'did you mean "webhook"?' in problem


def test_a_channels_secret_does_not_show_in_its_problem(tmp_path: Path) -> None:
    text = (
        '[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "hxxp://secret-token.example"\nsecret = "not-base64!!"\n'
    )
    told = "\n".join(problems(tmp_path, text))
    assert "secret-token" not in told
    assert "not-base64" not in told
    assert "wirewatch.toml:4" in told


def test_toml_that_cannot_be_read_names_its_line(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "[server]\nlisten = \n")
    assert problem.startswith("wirewatch.toml:2: no TOML: ")


def test_a_missing_file_is_a_problem_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml: there is no such file"):
        load(tmp_path / "absent.toml", {})


def test_names_and_addresses_are_used_once(tmp_path: Path) -> None:
    source = '[[sources]]\nname = "{}"\nurl = "https://a.example/feed{}"\n'
    text = source.format("A", "") + source.format("A", "2") + source.format("B", "#x")
    told = problems(tmp_path, text)
    assert told == [
        "wirewatch.toml:5: sources[1].name: 'A' is named twice; the first stands at wirewatch.toml:2",
        "wirewatch.toml:9: sources[2].url: the source 'A' has the same address",
    ]


def test_an_unset_variable_is_a_problem_of_its_key(tmp_path: Path) -> None:
    assert problems(tmp_path, '[database]\nurl = "postgresql://u:${NOPE}@h/d"\n') == [
        "wirewatch.toml:2: database.url: the environment variable NOPE is not set"
    ]


def test_variables_have_defaults_and_can_be_written_as_they_are(tmp_path: Path) -> None:
    text = '[fetch]\nuser_agent = "${AGENT:-me} $${AGENT}"\n'
    assert read(tmp_path, text).fetch.user_agent == "me ${AGENT}"
    assert read(tmp_path, text, {"AGENT": "you"}).fetch.user_agent == "you ${AGENT}"


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("WIREWATCH_SERVER__LISTEN", "0.0.0.0:9", lambda c: c.server.listen == ("0.0.0.0", 9)),
        ("WIREWATCH_FETCH__MAX_BYTES", "2048", lambda c: c.fetch.max_bytes == 2048),
        ("WIREWATCH_FETCH__ALLOW_NETWORKS", '["10.0.0.0/8"]', lambda c: c.fetch.allow_networks == ("10.0.0.0/8",)),
        ("WIREWATCH_FETCH__USER_AGENT", "007", lambda c: c.fetch.user_agent == "007"),
        ("WIREWATCH_LOG__KAFKA__REPLICATION_FACTOR", "3", lambda c: c.log.kafka.replication_factor == 3),
        ("WIREWATCH_DATA_DIR", "elsewhere", lambda c: c.data_dir.name == "elsewhere"),
        ("WIREWATCH_SOURCES__0__FULL_TEXT", "false", lambda c: c.sources[0].full_text is False),
        ("WIREWATCH_SOURCES__A_NEWS__LANG", "de", lambda c: c.sources[0].lang == "de"),
        ("WIREWATCH_CHANNELS__DESK__TIMEOUT_SECONDS", "3", lambda c: c.channels[0].settings.timeout_seconds == 3),
    ],
)
def test_the_environment_overrides_the_file(tmp_path: Path, variable: str, value: str, expected: Any) -> None:
    text = '[[sources]]\nname = "A news"\nurl = "https://a.example/feed"\n'
    text += '[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "https://c.example/h"\n'
    assert expected(read(tmp_path, text, {variable: value, "WIREWATCH_FAULT": "ignored"}))


def test_a_wrong_variable_is_named_as_the_place(tmp_path: Path) -> None:
    told = problems(tmp_path, "", {"WIREWATCH_FETCH__MAX_BYTES": "many", "WIREWATCH_SERVR__LISTEN": "x:1"})
    assert told == [
        "environment WIREWATCH_FETCH__MAX_BYTES: fetch.max_bytes: expected a whole number, got text",
        "environment WIREWATCH_SERVR__LISTEN: there is no section 'servr'; did you mean \"server\"?",
    ]


def test_an_included_file_may_not_set_the_server(tmp_path: Path) -> None:
    told = problems(tmp_path, 'include = ["more.toml"]\n', more_toml='[server]\nlisten = "x:1"\n')
    assert told == ["more.toml:1: server: unknown key; known here: sources, aliases, rules, channels, routes"]


def test_an_include_without_a_file_is_named_and_a_pattern_may_match_nothing(tmp_path: Path) -> None:
    assert problems(tmp_path, 'include = ["a.toml", "x/*.toml"]\n') == [
        "wirewatch.toml:1: include[0]: there is no file a.toml"
    ]


def test_lines_are_found_in_tables_lists_of_tables_and_after_long_strings() -> None:
    text = 'a = """\nb = 1\n"""\nc.d = 2\n[x]\ny = 1\n[[z]]\nq = 1\n[[z]]\nq = 2\n[z.sub]\n"k e" = 1\n'
    lines = key_lines(text)
    assert lines["a",] == 1
    assert ("b",) not in lines
    assert lines["c", "d"] == 4
    assert lines["x", "y"] == 6
    assert lines["z", 1, "q"] == 10
    assert lines["z", 1, "sub", "k e"] == 12


@given(st.text(alphabet="abc.=[]\"'#\n {}1", max_size=80))
def test_no_text_breaks_the_search_for_lines(text: str) -> None:
    assert all(1 <= line <= len(text.splitlines()) for line in key_lines(text).values())


def test_a_channel_that_is_not_there_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    text = '[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "https://c.example/h"\n'
    text += '[[rules]]\nname = "r"\nquery = "a"\nchannels = ["desk", "dsk"]\n'
    text += '[[rules]]\nname = "s"\nquery = "a"\nchannels = ["elsewhere"]\n'
    config = read(tmp_path, text)  # it may be one that was added by command
    assert [str(problem) for problem in other_channel_problems(config, ())] == [
        "wirewatch.toml:8: rules[0].channels[1]: there is no channel 'dsk'; did you mean \"desk\"?",
        "wirewatch.toml:12: rules[1].channels[0]: there is no channel 'elsewhere'; there are desk",
    ]
    assert [
        str(problem) for problem in other_channel_problems(config, [("default", "elsewhere"), ("default", "dusk")])
    ] == [
        "wirewatch.toml:8: rules[0].channels[1]: there is no channel 'dsk'; did you mean \"dusk\"?",
    ]
    assert other_channel_problems(config, None) == [], "nobody knows"


def test_the_database_is_asked_for_a_channel_that_no_file_has_and_is_not_made_for_it(tmp_path: Path) -> None:
    config = read(tmp_path, '[[rules]]\nname = "r"\nquery = "a"\nchannels = ["desk"]\n')
    assert stored_channels(config) == frozenset()
    assert not config.data_dir.exists()
    away = replace(config, database=DatabaseConfig("postgresql://nobody@127.0.0.1:9/none"))
    assert stored_channels(away) is None
    assert stored_channels(replace(away, other_channels=())) == frozenset(), "not even asked"


def test_a_channel_that_is_broken_is_not_also_called_missing(tmp_path: Path) -> None:
    text = '[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "no address"\n'
    (problem,) = problems(tmp_path, text + '[[rules]]\nname = "r"\nquery = "a"\nchannels = ["desk"]\n')
    assert "channels[0].url" in problem


def test_local_times_and_times_as_text_are_the_same(tmp_path: Path) -> None:
    text = '[[rules]]\nname = "r"\nquery = "a"\ndigest = { at = [08:00:00, "18:30"], time_zone = "UTC" }\n'
    assert read(tmp_path, text).rules[0].settings.digest == Digest(at=(time(8), time(18, 30)), time_zone="UTC")


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (
            '{ kind = "frequenzy" }',
            'standing: kind: expected one of frequency, spike, new_term, flatline; did you mean "frequency"?',
        ),
        ("{ stories = 5 }", "standing: `kind` is missing; expected one of frequency, spike, new_term, flatline"),
        ('{ kind = "silence" }', "standing.window_seconds: missing"),
        (
            '{ kind = "frequency", stories = 5, windw_seconds = 60, window_seconds = 60 }',
            'standing.windw_seconds: unknown key; did you mean "window_seconds"?',
        ),
        (
            '{ kind = "frequency", stories = 1, window_seconds = 60 }',
            "standing.stories: expected greater than or equal to 2",
        ),
        (
            '{ kind = "silence", window_seconds = 60, source = "A" }',
            'query: a rule that watches a source for silence has no query; leave it out, or leave out the source and write AND source:"NAME" in the query',
        ),
    ],
)
def test_a_standing_condition_that_cannot_be_meant_is_told_with_its_place(
    tmp_path: Path, table: str, told: str
) -> None:
    text = f'[[rules]]\nname = "r"\nquery = "a"\nstanding = {table}\n'
    assert [problem.partition(": rules[0].")[2] for problem in problems(tmp_path, text)] == [told]


def test_only_a_rule_that_watches_a_source_goes_without_a_query(tmp_path: Path) -> None:
    silence = 'standing = { kind = "silence", window_seconds = 3600, source = "A" }\n'
    (rule,) = read(tmp_path, f'[[rules]]\nname = "r"\n{silence}').rules
    assert rule.query == ""
    assert rule.settings.watched_source == "A"
    assert problems(tmp_path, '[[rules]]\nname = "r"\n') == ["wirewatch.toml:1: rules[0].query: missing"]


def test_a_mistake_in_quiet_hours_or_a_digest_is_told(tmp_path: Path) -> None:
    text = '[[rules]]\nname = "r"\nquery = "a"\nquiet_hours = { start = "22:00", end = "25:00", time_zone = "Mars/Olympus" }\n'
    text += 'digest = { at = [], time_zone = "UTC" }\n'
    told = problems(tmp_path, text)
    assert [problem.split(": ")[1] for problem in told] == [
        "rules[0].quiet_hours.end",
        "rules[0].quiet_hours.time_zone",
        "rules[0].digest",
    ]


def test_teams_may_use_the_same_names_and_addresses(tmp_path: Path) -> None:
    one = '[[sources]]\nname = "A"\nurl = "https://a.example/"\n[[aliases]]\nname = "x"\nterms = ["a"]\n'
    one += '[[rules]]\nname = "r"\nquery = "@x"\n'
    two = one.replace("[[sources]]", '[[sources]]\nteam = "sport"').replace("[[rules]]", '[[rules]]\nteam = "sport"')
    two = two.replace("[[aliases]]", '[[aliases]]\nteam = "sport"')
    config = read(tmp_path, one + two)
    assert [rule.team for rule in config.rules] == ["default", "sport"]
    assert [alias.team for alias in config.aliases] == ["default", "sport"]
    assert len(config.sources) == 1
    assert {(one.team, one.name) for one in config.subscriptions} == {("default", "A"), ("sport", "A")}
    (_, twice, *_) = problems(tmp_path, one + two + two)
    assert "named twice" in twice


CHANNELS_OF_TWO = """
[[channels]]
name = "desk"
kind = "webhook"
url = "https://a.example/"
[[channels]]
name = "desk"
team = "sport"
kind = "webhook"
url = "https://b.example/"
"""


def test_two_teams_may_have_a_channel_of_the_same_name(tmp_path: Path) -> None:
    config = read(tmp_path, CHANNELS_OF_TWO)
    assert [(one.team, one.settings.name) for one in config.channels] == [("default", "desk"), ("sport", "desk")]
    assert [draft.team for draft in channel_drafts(config)] == ["default", "sport"]
    (problem,) = problems(
        tmp_path, CHANNELS_OF_TWO.replace("[[channels]]\nname", '[[channels]]\nteam="sport"\nname', 1)
    )
    assert "named twice" in problem
    (problem,) = problems(tmp_path, CHANNELS_OF_TWO.replace('"sport"', "5"))
    assert "channels[1].team: expected a name" in problem


def test_a_rule_names_channels_of_its_team(tmp_path: Path) -> None:
    rule = '[[rules]]\nname = "r"\nteam = "sport"\nquery = "a"\nchannels = ["desk", "chat"]\n'
    chat = '[[channels]]\nname = "chat"\nkind = "webhook"\nurl = "https://c.example/"\n'
    config = read(tmp_path, CHANNELS_OF_TWO + chat + rule)
    (problem,) = other_channel_problems(config, {("default", "chat")})
    assert "there is no channel 'chat' in the team 'sport'; there are desk" in str(problem)
    assert other_channel_problems(config, {("sport", "chat")}) == []


def test_an_id_names_one_rule(tmp_path: Path) -> None:
    text = '[[rules]]\nid = "1"\nname = "a"\nquery = "a"\n[[rules]]\nid = "1"\nname = "b"\nquery = "b"\n'
    (problem,) = problems(tmp_path, text)
    assert "rules[1].id: the rule 'a' has the same id" in problem
    assert read(tmp_path, text.replace('id = "1"\nname = "b"', 'id = "2"\nname = "b"')).rules[1].key == "2"


def test_an_alias_of_another_team_is_unknown(tmp_path: Path) -> None:
    text = '[[aliases]]\nname = "x"\nterms = ["a"]\nteam = "sport"\n[[rules]]\nname = "r"\nquery = "@x AND b"\n'
    config = read(tmp_path, text)
    assert "unknown" in str(rule_problems(config)[0])


def test_a_start_reads_each_rule_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its problems are told before anything is opened, and its canonical form is stored after that."""
    read: list[str] = []

    def counted(text: str, aliases: AliasSet) -> Parsed:
        read.append(text)
        return parse(text, aliases=aliases)

    monkeypatch.setattr("wirewatch.config.rules.parse_once", counted)
    path = tmp_path / "wirewatch.toml"
    path.write_text('[[rules]]\nname = "a"\nquery = "arms  AND oil"\n[[rules]]\nname = "b"\nquery = "oil"\n', "utf-8")
    drafts = rule_drafts(load_with_rules(path))
    assert [draft.canonical for draft in drafts] == ["arms AND oil", "oil"]
    assert read == ["arms  AND oil", "oil"]
