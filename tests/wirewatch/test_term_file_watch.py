"""Lists of terms that change under a running process."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.metrics import Metrics
from core.model.rule import RuleDraft
from tests.fakes.clock import FakeClock
from wirewatch.config.loading import Config
from wirewatch.config.rules import load_with_rules
from wirewatch.health.parts import Health
from wirewatch.reload import Reloader
from wirewatch.term_file_watch import PART, TermFileWatch

FILE = "[[aliases]]\nname = 'names'\nterms_file = 'names.txt'\n[[rules]]\nname = 'r'\nquery = '@names'\n"


async def nothing(_config: Config, _drafts: Sequence[RuleDraft]) -> None:
    """Takes over nothing."""


@dataclass
class Running:
    """A process that follows the files of a folder. `taken`: the terms of each list that it has taken over."""

    folder: Path
    first: str = "Kim\nLee\n"
    column: str = ""
    taken: list[tuple[str, ...]] = field(default_factory=list)
    health: Health = field(default_factory=lambda: Health(dict))
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        (self.folder / "wirewatch.toml").write_text(FILE.replace("'names.txt'", f"'names.txt'{self.column}"))
        self.write(self.first)
        self.reloader = Reloader(
            load_with_rules(self.folder / "wirewatch.toml"),
            apply=nothing,
            told=lambda _problems, _later: None,
            health=self.health,
            metrics=self.metrics,
            clock=FakeClock(),
        )
        self.watch = TermFileWatch(
            self.reloader, apply=self.take, health=self.health, metrics=self.metrics, clock=FakeClock()
        )

    def write(self, text: str) -> None:
        """By a rename, as most programs save."""
        (self.folder / "new").write_text(text)
        (self.folder / "new").replace(self.folder / "names.txt")

    async def take(self, config: Config) -> None:
        self.taken.append(config.aliases[0].terms)

    async def look(self) -> None:
        """Until nobody is writing any more."""
        await self.watch.look()
        await self.watch.look()

    @property
    def refused(self) -> float | None:
        value: float | None = self.metrics.registry.get_sample_value("news_term_files_refused")
        return value


@pytest.fixture
def running(tmp_path: Path) -> Running:
    return Running(tmp_path)


async def test_a_list_that_is_the_same_changes_nothing(running: Running) -> None:
    await running.look()
    os.utime(running.folder / "names.txt", (1, 1))  # the same bytes, saved again
    await running.look()
    assert running.taken in ([], [("Kim", "Lee")])
    assert running.health.warned == {}


async def test_a_changed_list_is_taken_over_once_nobody_writes_any_more(running: Running) -> None:
    running.write("Kim\n")
    await running.watch.look()
    assert running.taken == []
    running.write("Kim\nPark\n")
    await running.watch.look()
    assert running.taken == []
    await running.watch.look()
    await running.look()
    assert running.taken == [("Kim", "Park")]
    assert running.reloader.config.aliases[0].terms == ("Kim", "Park")


@pytest.mark.parametrize(("text", "said"), [("", "no term stands"), ("Kim\nab*\n", "names.txt:2")])
async def test_the_last_good_list_stays_while_the_file_is_wrong(running: Running, text: str, said: str) -> None:
    running.write(text)
    await running.look()
    await running.look()
    assert running.taken == []
    assert said in running.health.warned[PART]
    assert running.refused == 1
    running.write("Kim\nLee\nPark\n")
    await running.look()
    assert running.taken == [("Kim", "Lee", "Park")]
    assert (running.health.warned, running.refused) == ({}, 0)


async def test_a_row_with_a_comma_too_many_leaves_the_last_good_list_in_force(tmp_path: Path) -> None:
    running = Running(tmp_path, "name,score\nKim,5\n", "\ncolumn = 'name'")
    running.write("name,score\nKim,5\nDOE, John,5\n")
    await running.look()
    assert "names.txt:3: @names: the row has 3 cells and the header 2" in running.health.warned[PART]
    assert running.taken == []
    running.write('name,score\nKim,5\n"DOE, John",5\n')
    await running.look()
    assert running.taken == [("Kim", "DOE, John")]


async def test_a_file_that_is_gone_for_a_moment_is_told_and_comes_back(running: Running) -> None:
    (running.folder / "names.txt").rename(running.folder / "away")
    await running.look()
    assert "there is no such file" in running.health.warned[PART]
    (running.folder / "away").rename(running.folder / "names.txt")
    await running.look()
    assert running.taken == []
    assert running.health.warned == {}


async def test_a_pipe_in_the_place_of_a_list_holds_up_nothing(running: Running) -> None:
    (running.folder / "names.txt").unlink()
    os.mkfifo(running.folder / "names.txt")
    await running.look()
    assert "it is a pipe or a device" in running.health.warned[PART]
    assert (running.taken, running.refused) == ([], 1)


async def test_a_list_that_makes_a_rule_unreadable_is_refused(running: Running) -> None:
    running.write("@ghost\n")
    await running.look()
    assert "unknown-alias" in running.health.warned[PART]
    assert running.taken == []
