"""What a reload takes over and what it names; which processes it finds."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.metrics import Metrics
from core.model.rule import RuleDraft
from tests.fakes.clock import FakeClock
from tests.fakes.running import running as run_beside
from tests.fakes.running import until
from wirewatch.config.loading import Config, load
from wirewatch.health.parts import Health
from wirewatch.processes import registered, running
from wirewatch.reload import Reloader, change, changed_channels

CHANNEL = '[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "https://chat.example/hook"\n'


def config(folder: Path, text: str) -> Config:
    path = folder / "wirewatch.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, {})


def test_what_is_made_at_the_start_stays_and_is_named(tmp_path: Path) -> None:
    old = config(tmp_path, "")
    new = config(
        tmp_path,
        'data_dir = "other"\n[server]\nlisten = "127.0.0.1:9"\nhosts = ["a.example"]\n[log]\nurl = "kafka://b:9092"\nlevel = "debug"\n'
        '[database]\nurl = "postgresql://x@db/news"\n[fetch]\nallow_networks = ["10.0.0.0/8"]\nparser_processes = 3\n'
        'max_bytes = 2048\n[retention]\nalerts_days = 3\n[[sources]]\nname = "A"\nurl = "https://a.example/"\n',
    )
    found = change(old, new)
    assert sorted(found.later) == [
        "data_dir", "database.url", "fetch.parser_processes", "log.url", "server.listen", "server.public_url"
    ]  # fmt: skip
    taken = found.config
    assert (taken.data_dir, taken.log.url, taken.database, taken.server.listen) == (
        old.data_dir,
        "sqlite:",
        old.database,
        old.server.listen,
    )
    assert (taken.log.level, taken.fetch.allow_networks, taken.fetch.max_bytes) == ("debug", ("10.0.0.0/8",), 2048)
    assert (taken.fetch.parser_processes, taken.retention.alerts) == (2, 3)
    assert "a.example" in taken.server.names
    assert [source.name for source in taken.sources] == ["A"]
    assert change(new, new).later == ()


def test_channels_that_differ_are_known(tmp_path: Path) -> None:
    old = config(tmp_path, CHANNEL)
    assert changed_channels(old, old) == set()
    assert changed_channels(old, config(tmp_path, CHANNEL + "timeout_seconds = 3\n")) == {("default", "desk")}
    (tmp_path / "hook").write_text("https://chat.example/other", encoding="utf-8")
    from_file = config(tmp_path, '[[channels]]\nname = "desk"\nkind = "slack"\nurl_file = "hook"\n')
    assert changed_channels(from_file, from_file) == {("default", "desk")}  # what stands in the file may be new


class Applied:
    """Takes changes over, or refuses them."""

    def __init__(self) -> None:
        self.configs: list[Config] = []
        self.answers: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
        self.refuse: ConfigError | None = None

    async def __call__(self, config: Config, drafts: Sequence[RuleDraft]) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.configs.append(config)
        assert len(drafts) == len(config.rules)

    def told(self, problems: tuple[str, ...], later: tuple[str, ...]) -> None:
        self.answers.append((problems, later))


async def test_a_mistake_changes_nothing_and_is_told_until_it_is_mended(tmp_path: Path) -> None:
    first = config(tmp_path, '[[rules]]\nname = "r"\nquery = "arms"\n')
    applied, health, metrics = Applied(), Health(dict), Metrics()
    health.started = True
    reloader = Reloader(first, apply=applied, told=applied.told, health=health, metrics=metrics, clock=FakeClock())

    (tmp_path / "wirewatch.toml").write_text('[[rules]]\nname = "r"\nquery = "arms AND ("\n', encoding="utf-8")
    await reloader.reload()
    assert applied.configs == []
    assert "wirewatch.toml:3" in applied.answers[-1][0][0]
    assert "the old state is in force" in health.warned["configuration"]
    readiness = await health.readiness()
    assert readiness.ready, "alerts go on, by the old state"
    assert readiness.as_json()["warned"] == ["configuration"]
    value = metrics.registry.get_sample_value
    assert value("news_config_last_reload_successful") == 0
    assert value("news_config_reloads_total", {"outcome": "refused"}) == 1

    config(tmp_path, '[[rules]]\nname = "r"\nquery = "ships"\n')
    applied.refuse = ConfigError(["channel desk: url_file: cannot read x"])
    await reloader.reload()
    assert applied.answers[-1][0] == ("channel desk: url_file: cannot read x",)

    applied.refuse = None
    await reloader.reload()
    assert [one.rules[0].query for one in applied.configs] == ["ships"]
    assert applied.answers[-1] == ((), ())
    assert (await health.readiness()).ready
    assert value("news_config_last_reload_successful") == 1


@pytest.mark.parametrize("left", ["", "\n", 'data_dir = "data"\n'])
async def test_a_file_in_which_nothing_stands_any_more_is_no_wish_to_stop_everything(tmp_path: Path, left: str) -> None:
    first = config(tmp_path, '[[rules]]\nname = "r"\nquery = "arms"\n')
    applied, health = Applied(), Health(dict)
    reloader = Reloader(first, apply=applied, told=applied.told, health=health, metrics=Metrics(), clock=FakeClock())
    config(tmp_path, left)  # as an editor leaves it while it writes, or a full disk for good
    await reloader.reload()
    assert applied.configs == []
    assert "no source, rule or channel stands in it any more" in health.warned["configuration"]
    config(tmp_path, CHANNEL)
    await reloader.reload()
    assert len(applied.configs) == 1


async def test_asks_while_a_reload_is_under_way_are_one_more(tmp_path: Path) -> None:
    first = config(tmp_path, "")
    applied, health = Applied(), Health(dict)
    reloader = Reloader(first, apply=applied, told=applied.told, health=health, metrics=Metrics(), clock=FakeClock())
    reloader.ask()
    reloader.ask()
    async with run_beside(reloader.run()):
        await until(lambda: len(applied.answers) == 1)
        reloader.ask()
        await until(lambda: len(applied.answers) == 2)
        await asyncio.sleep(0)
    assert len(applied.configs) == 2


def test_a_process_is_found_while_it_lives_and_only_then(tmp_path: Path) -> None:
    assert running(tmp_path) == []
    script = (
        "import sys, pathlib; from wirewatch.processes import registered\n"
        "with registered(pathlib.Path(sys.argv[1])) as me:\n"
        "    me.say(('a problem',), ('log.url',)); print('up', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"up\n"
        (found,) = running(tmp_path)
        assert (found.pid, found.number, found.problems, found.later) == (other.pid, 1, ("a problem",), ("log.url",))
        other.kill()
        other.wait()
    assert (tmp_path / "run" / str(other.pid)).exists()
    assert running(tmp_path) == []
    assert not (tmp_path / "run" / str(other.pid)).exists()


def test_a_file_that_another_program_s_number_stands_in_is_no_process(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / str(os.getpid())).write_bytes(b'{"pid":1,"number":0,"problems":[],"later":[]}')
    assert running(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file", encoding="utf-8")
    with registered(tmp_path) as made:
        assert made is None


@pytest.mark.parametrize(("level", "problem"), [("verbose", "expected one of debug"), ("debug", "")])
def test_the_log_s_level_is_a_setting(tmp_path: Path, level: str, problem: str) -> None:
    if problem:
        with pytest.raises(ConfigError, match=problem):
            config(tmp_path, f'[log]\nlevel = "{level}"\n')
    else:
        assert config(tmp_path, f'[log]\nlevel = "{level}"\nformat = "json"\n').log.level == level
        assert load(tmp_path / "wirewatch.toml", {"WIREWATCH_LOG__LEVEL": "error"}).log.level == "error"
