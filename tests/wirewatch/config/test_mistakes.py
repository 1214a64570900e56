"""Mistakes in the configuration that people make: each is told with its place, what was expected and how to mend it, and hides
no other."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from core.config import read_document
from core.toml_mistakes import decoded, parse
from wirewatch.cli.main import cli
from wirewatch.config.hints import address_hint, country_hint, language_hint, time_hint, zone_hint
from wirewatch.config.loading import examine

SOURCE = '[[sources]]\nname = "A"\nurl = "https://a.example/"\n'
RULE = '[[rules]]\nname = "r"\nquery = "arms"\n'


def problems(folder: Path, text: str | bytes, environ: dict[str, str] | None = None) -> list[str]:
    path = folder / "wirewatch.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [str(problem) for problem in examine(path, environ or {})[1]]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('[[rules]]\nname = "r"\nquery = "North Korea" AND Russia\n',
         [":3:", 'query = "North Korea" AND Russia', "single quotes", "query = '\"North Korea\" AND Russia'"]),
        ("[[rules]]\nname = 'r'\nquery = arms AND Russia\n", [":3:", "query = 'arms AND Russia'"]),
        ('[[rules]]\nname = "r"\nquery = ""North Korea" AND Russia"\n', [":3:", "query = '\"North Korea\" AND Russia'"]),
        ("[[rules]]\nname = 'r'\nquery = arms AND l'arme\n", ["query = '''arms AND l'arme'''"]),
        ('[[sources]]\nname = A\nurl = "https://a.example/"\n', [":2:", 'name = "A"']),
        ('[server]\nlisten: "127.0.0.1:0"\n', [":2:", "parted by ="]),
        ("[[sources]]\nname = “A”\nurl = 'https://a.example/'\n", [":2:", 'name = "A"']),
        ('data_dir = "C:\\data"\n', [":1:", "data_dir = 'C:\\data'"]),
        (f"{SOURCE}full_text = True\n", [":4:", "full_text = true"]),
        ('[[sources]]\nname = "A\nurl = "https://a.example/"\n', [":2:", "has no end in this line"]),
        ("[[sources]\nname = 'A'\n", [":1:", "[[sources]]"]),
        ('[server]\nlisten="127.0.0.1:0"\nlisten="127.0.0.1:1"\n', [":3:", "listen stands twice"]),
        (f"{RULE}quiet_hours = {{ start = 22:00, end = \"07:00\", time_zone = 'UTC' }}\n", [":4:", '"22:00"']),
        (f"{RULE}digest = {{ at = [8:00], time_zone = 'UTC' }}\n", [":4:", '"08:00"']),
    ],
)  # fmt: skip
def test_what_is_no_toml_is_shown_with_what_to_write(tmp_path: Path, text: str, parts: list[str]) -> None:
    (told,) = problems(tmp_path, text)
    assert told.startswith("wirewatch.toml")
    assert [part for part in parts if part not in told] == []


@pytest.mark.parametrize(
    ("text", "path", "parts"),
    [
        ("[sources]\nname = 'A'\nurl = 'https://a.example/'\n", "sources", ["[[sources]]", ":1:"]),
        ("[rules]\nname = 'r'\nquery = 'arms'\n", "rules", ["[[rules]]"]),
        ("[aliases]\nname = 'x'\nterms = ['y']\n", "aliases", ["[[aliases]]"]),
        ("[channels]\nname = 'd'\nkind = 'slack'\nurl = 'https://x.example/'\n", "channels", ["[[channels]]"]),
        ("[[server]]\nlisten = ''\n", "server", ["[server]", ":1:"]),
        ("[[fetch]]\n", "fetch", ["[fetch]"]),
        (f'{SOURCE}country = "India"\n', "sources[0].country", ['"IN" (India)']),
        (f'{SOURCE}country = "IND"\n', "sources[0].country", ["ISO 3166-1"]),
        (f'{SOURCE}country = "UK"\nlang = "english"\n', "sources[0].lang", ['"en"']),
        (f'{SOURCE}time_zone = "Berlin"\n', "sources[0].time_zone", ['"Europe/Berlin"']),
        (f'{SOURCE}interval_seconds = "5m"\n', "sources[0].interval_seconds", ["write 300"]),
        (f'{SOURCE}full_text = "yes"\n', "sources[0].full_text", ["write true"]),
        ('[[sources]]\nname = "A"\nurl = "a.example/feed"\n', "sources[0].url", ['"https://a.example/feed"']),
        ('[server]\npublic_url = "news.example"\n', "server.public_url", ['"https://news.example"']),
        ('[server]\nlisten = "8080"\n', "server.listen", ['"127.0.0.1:8080"']),
        ('[[channels]]\nname = "d"\nkind = "webhook"\nurl = "chat.example/h"\n', "channels[0].url", ["begin it with https://"]),
        ('[log]\nurl = "broker:9092"\n', "log.url", ['"kafka://broker:9092"']),
        ('[log]\nurl = "kafka://my host:9092"\n', "log.url", ["'my host:9092'"]),
        ('[log]\nurl = "kafka://a:9092,b:99999"\n', "log.url", ["'b:99999'"]),
        ('[log]\nurl = "kafka://a:9092,,b:1"\n', "log.url", ["a comma too many"]),
        (f'{RULE}escalate = [{{ after_seconds = 0, channels = ["d"] }}]\n', "rules[0].escalate[0].after_seconds", ["greater than 0"]),
        (f"{RULE}escalate = [{{ after_seconds = 60, channels = [] }}]\n", "rules[0].escalate[0].channels", ["at least 1"]),
        (f'{RULE}escalate = [{{ after_secs = 60, channels = ["d"] }}]\n', "rules[0].escalate[0].after_secs", ['"after_seconds"']),
        (f'{RULE}escalate = [{{ after_seconds = 60, channels = ["d"] }}, {{ after_seconds = 60, channels = ["d"] }}]\n',
         "rules[0].escalate", ["larger after_seconds"]),
        (f'{RULE}escalate = {{ after_seconds = 60, channels = ["d"] }}\n', "rules[0].escalate", ["list"]),
        (f'{RULE}quiet_hours = {{ start = "10pm", end = "07:00", time_zone = "UTC" }}\n', "rules[0].quiet_hours.start", ['"22:00"']),
        (f'{RULE}quiet_hours = {{ start = "22:00", end = "7:00", time_zone = "UTC", days = ["monday"] }}\n',
         "rules[0].quiet_hours.days[0]", ['"mon"']),
        (f'{RULE}digest = {{ at = "08:00", time_zone = "UTC" }}\n', "rules[0].digest.at", ['["08:00", "18:00"]']),
        (f'{RULE}throttle = "10/h"\n', "rules[0].throttle", ["{ max = 10, per_seconds = 3600 }"]),
        (f'{RULE}group_wait_seconds = "30s"\n', "rules[0].group_wait_seconds", ["write 30"]),
        (f'{RULE}channels = "desk"\n', "rules[0].channels", ["in brackets"]),
        ('[fetch]\nmax_bytes = "10MB"\n', "fetch.max_bytes", ["write 10485760"]),
        ('include = ["sub"]\n', "include[0]", ["sub/*.toml"]),
        ('include = ["sub/on.toml"]\n', "include[0]", ["sub/one.toml"]),
    ],
)  # fmt: skip
def test_a_value_that_is_not_meant_so_is_told_with_what_was(
    tmp_path: Path, text: str, path: str, parts: list[str]
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "one.toml").write_text("", encoding="utf-8")
    told = [problem for problem in problems(tmp_path, text) if f" {path}" in problem]
    assert len(told) == 1
    assert [part for part in parts if part not in told[0]] == []


def test_every_mistake_is_told_at_once_and_none_twice(tmp_path: Path) -> None:
    text = (
        "[[rules]]\nname = 'r'\nquery = \"North Korea\" AND Russia\npriority = 'hgh'\nchannels = ['dsk']\n"
        "[[rules]]\nname = 's'\nquery = 'arms AND ('\nprioriti = 'low'\n"
        "[[rules]]\nname = 5\nquery = 'ships AND ('\n"
        "[[channels]]\nname = 'desk'\nkind = 'webhook'\nurl = '${HOOK}'\nsecret = '${SECRET}'\n"
        "[[sources]]\nname = 'A'\nurl = '${FEED}'\n[[sources]]\nname = 'B'\nurl = 'ftp://b.example/'\ncountry = 'India'\n"
        "[server]\nlistne = ''\n[fetch]\nmax_bytes = '5'\n"
    )
    (tmp_path / "wirewatch.toml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli, ["check", "--offline", "--config", str(tmp_path / "wirewatch.toml")])
    assert done.exit_code == 1
    places = [line.split(": ")[0] for line in done.stderr.splitlines() if line.startswith("wirewatch.toml:")]
    lines = [int(place.split(":")[1]) for place in places]
    assert lines == sorted(lines)
    assert sorted(set(lines)) == [3, 4, 5, 8, 9, 11, 12, 16, 17, 20, 23, 24, 26, 28]
    assert [
        line for line in lines if lines.count(line) > 1 and line not in (8, 12)
    ] == []  # a rule's text may have several


def test_an_unset_variable_is_told_once(tmp_path: Path) -> None:
    text = '[[sources]]\nname = "A"\nurl = "${FEED}"\ncountry = "${COUNTRY}"\n[log]\nurl = "${LOG}"\n'
    told = problems(tmp_path, text)
    assert len(told) == 3
    assert all("is not set" in one for one in told)


def test_a_rule_whose_variable_is_not_set_is_not_called_empty_as_well(tmp_path: Path) -> None:
    (told,) = said(tmp_path, "[[rules]]\nname = 'r'\nquery = '${NOPE}'\n", "--offline")
    assert told == "wirewatch.toml:3: rules[0].query: the environment variable NOPE is not set"


@pytest.mark.parametrize("number", ["inf", "nan", "1e26", "99999999999999999999999999"])
@pytest.mark.parametrize(
    "text",
    [f"{SOURCE}interval_seconds = ", f"{RULE}group_wait_seconds = ", "[fetch]\ntimeout_seconds = ",
     "[fetch]\nhost_interval_seconds = ", "[retention]\narticles_days = ", f"{RULE}throttle.max = 1\nthrottle.per_seconds = ",
     "[[channels]]\nname = 'c'\nkind = 'webhook'\nurl = 'https://a.example/'\ntimeout_seconds = "],
)  # fmt: skip
def test_a_number_that_makes_no_time_is_refused(tmp_path: Path, text: str, number: str) -> None:
    (told,) = problems(tmp_path, f"{text}{number}\n")
    expected = ("at most a century", "a finite number", "less than or equal to", "greater than", "expected a number")
    assert any(words in told for words in expected), told


def test_an_address_of_the_log_that_is_none_is_told_once(tmp_path: Path) -> None:
    for url in ("kafka://h1,h2:port", "kafka://bad host:9092,x:99999", "kafka://[::1", "kafka://:"):
        (told,) = said(tmp_path, f"[log]\nurl = '{url}'\n")
        assert told.startswith("wirewatch.toml:2: log.url: ")


def test_a_table_of_an_unknown_name_is_told_with_its_line(tmp_path: Path) -> None:
    assert problems(tmp_path, "\n[[source]]\nname = 'A'\n") == [
        'wirewatch.toml:2: source: unknown key; did you mean "sources"?'
    ]


def test_a_channels_value_of_a_wrong_type_is_told_in_toml_s_words(tmp_path: Path) -> None:
    channel = "[[channels]]\nname = 'c'\nkind = 'webhook'\nurl = 'https://a.example/'\n"
    assert problems(tmp_path, f"{channel}secret = 5\n") == [
        "wirewatch.toml:5: channels[0].secret: expected text in quotes"
    ]
    assert problems(tmp_path, f"{channel}timeout_seconds = 'long'\n") == [
        "wirewatch.toml:5: channels[0].timeout_seconds: expected a number"
    ]


def said(folder: Path, text: str, *options: str) -> list[str]:
    """The problems that `check` tells, its last line left out."""
    (folder / "wirewatch.toml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli, ["check", *options, "--config", str(folder / "wirewatch.toml")])
    assert done.exit_code == 1, done.exception
    return done.stderr.splitlines()[:-1]


@pytest.mark.parametrize("place", ["²", "9" * 5000, "٣", "1"])
def test_a_variable_that_names_no_item_is_told(tmp_path: Path, place: str) -> None:
    variable = f"WIREWATCH_SOURCES__{place}__URL"
    assert problems(tmp_path, SOURCE, {variable: "https://b.example/"}) == [
        f"environment {variable}: there is nothing of that name to override"
    ]


def test_a_secret_is_not_repeated(tmp_path: Path) -> None:
    text = (
        '[[channels]]\nname = "d"\nkind = "webhook"\nurl = https://chat.example/T0k3n\nsecret = whsec_S3cret\n'
        '[[channels]]\nname = "e"\nkind = "slack"\nurl = "chat.example/T0k3n"\n'
        '[[sources]]\nname = "A"\nurl = "a.example/feed?apikey=T0k3n"\npassword = S3cret\n'
    )
    told = "\n".join(problems(tmp_path, text))
    assert "T0k3n" not in told
    assert "S3cret" not in told
    assert told.count("wirewatch.toml:") >= 5


@pytest.mark.parametrize(
    ("raw", "line", "told"),
    [
        (b"[server]\n# caf\xe9\nlisten = ''\n", 2, "not UTF-8: # caf\xe9"),
        (b"[server]\r\nlisten = '\xff'\r\n", 2, "not UTF-8"),
        ("[server]\n".encode("utf-16"), 1, "UTF-16"),
        ("[server]\n".encode("utf-16-be"), 1, "UTF-16"),
        ("[server]\n".encode("utf-16-le"), 1, "UTF-16"),
    ],
)
def test_a_file_that_is_not_utf_8_is_told_with_its_line(tmp_path: Path, raw: bytes, line: int, told: str) -> None:
    found = problems(tmp_path, raw)
    assert f"wirewatch.toml:{line}: " in found[0]
    assert told in found[0]


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert problems(tmp_path, b"\xef\xbb\xbf" + RULE.encode()) == []


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert [str(one) for one in examine(tmp_path, {})[1]] == [f"{tmp_path.name}: it is a folder; expected a file"]


def test_nothing_is_said_of_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["check", "--config", str(tmp_path / "none.toml")])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_pattern_that_finds_no_file_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "wirewatch.toml").write_text('include = ["rulse/*.toml"]\n', encoding="utf-8")
    done = CliRunner().invoke(cli, ["check", "--offline", "--config", str(tmp_path / "wirewatch.toml")])
    assert done.exit_code == 0
    assert "warning: wirewatch.toml:1: include[0]: no file is like rulse/*.toml" in done.stderr


@pytest.mark.parametrize(
    ("words", "meant"),
    [(["ruls"], "'rules'"), (["chekc"], "'check'"), (["try", "ruel"], "'rule'"), (["rules", "lst"], "'list'"), (["rules", "list", "--confg", "x"], "--config"), (["zzz"], "there are run, check")],
)  # fmt: skip
def test_a_command_with_a_slip_is_told_with_the_nearest(words: list[str], meant: str) -> None:
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 2
    assert meant in done.stderr


def test_a_fact_of_a_source_is_checked_by_the_command_too(tmp_path: Path) -> None:
    (tmp_path / "wirewatch.toml").write_text("", encoding="utf-8")
    call = ["sources", "add", "https://a.example/", "--name", "A", "--config", str(tmp_path / "wirewatch.toml")]
    for option, value, meant in (
        ("--country", "India", '"IN"'),
        ("--lang", "english", '"en"'),
        ("--time-zone", "Berlin", '"Europe/Berlin"'),
    ):
        done = CliRunner().invoke(cli, [*call, option, value])
        assert done.exit_code == 2, option
        assert meant in done.stderr
    assert CliRunner().invoke(cli, ["sources", "add", "a.example/feed", *call[3:]]).exit_code == 2


@given(st.text())
def test_any_text_is_toml_or_is_told(text: str) -> None:
    found = parse(text)
    assert found.data is not None or found.mistakes
    for hint in (country_hint, language_hint, time_hint, address_hint):
        hint(text)


@given(st.binary())
def test_any_bytes_are_text_or_are_told(raw: bytes) -> None:
    found = decoded(raw)
    lines = found.text.split("\n")
    assert found.mistake is None or 1 <= found.mistake.line <= len(lines)
    assert all(1 <= mistake.line <= len(lines) for mistake in parse(found.text).mistakes)


def test_hints_are_quiet_where_nothing_is_near() -> None:
    assert (
        country_hint("Atlantis") == language_hint("klingon") == zone_hint("Narnia/Lantern") == time_hint("noon") == ""
    )


def test_a_document_remembers_what_it_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("[server]\nlisten = bad\nhosts = []\n", encoding="utf-8")
    document, found = read_document(path, "a.toml")
    assert document.data == {"server": {"hosts": []}}
    assert document.is_told(("server", "listen"))
    assert len(found) == 1
