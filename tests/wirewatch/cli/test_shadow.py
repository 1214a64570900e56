"""A replay that is cut short goes on where it stopped, and its shadow ends as if it had not been."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.management.replay import Place, Replayed, Span, replay
from alerts.match.words import words_of_article
from alerts.rules.ruleset import RuleCompiler
from core.db.engine import Database
from core.errors import UserError
from core.model.match import Match
from core.model.rule import RuleDraft, RuleRow
from core.store import articles, rules
from core.store.articles import StoredArticle
from tests.alerts.making import NOW, story_article
from wirewatch.cli.shadow import Shadow

COUNT = 450  # three pages
SPAN = Span(NOW - timedelta(days=1), NOW)


class CutShort(Exception):
    """The process died."""


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open("sqlite:", tmp_path) as db:
        stories = [
            story_article(number, text="arms" if number % 3 else "rain", title="News") for number in range(COUNT)
        ]
        async with db.transaction() as conn:
            await articles.put_many(conn, [StoredArticle(one, words_of_article(one.article)) for one in stories])
            await rules.put(conn, RuleDraft(name="arms", query="arms", canonical="arms"), NOW)
        yield db


async def run(db: Database, path: Path, *, dies_at: int = 0, torn: bytes = b"") -> Replayed:
    """`dies_at`: the page at which the process dies, once it has written `torn` of its lines."""
    async with db.connection() as conn:
        row = await rules.get(conn, "arms")
        assert isinstance(row, RuleRow)
        compiled = RuleCompiler().empty().updated([row], (), {})
        shadow = Shadow.open(path, "key", SPAN)
        pages = 0

        def step(place: Place, fresh: Sequence[Match]) -> None:
            nonlocal pages
            pages += 1
            if pages == dies_at:
                with path.open("ab") as file:
                    file.write(torn)
                raise CutShort
            shadow.step(place, fresh)

        found = await replay(conn, compiled, row, shadow.span, shadow.place, step)
        shadow.done()
        return found


def left_over(folder: Path) -> list[Path]:
    return list(folder.glob("*.progress*"))


@pytest.mark.parametrize("dies_at", [1, 2, 3])
async def test_a_run_that_died_anywhere_ends_as_one_that_did_not(db: Database, tmp_path: Path, dies_at: int) -> None:
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    expected = await run(db, whole)
    assert len(whole.read_bytes().splitlines()) == 300
    with pytest.raises(CutShort):
        await run(db, cut, dies_at=dies_at, torn=b'{"v": 1, "t": "mat')
    assert await run(db, cut) == expected
    assert cut.read_bytes() == whole.read_bytes()
    assert not left_over(tmp_path)


async def test_a_run_goes_on_from_the_page_after_the_last_one_kept(db: Database, tmp_path: Path) -> None:
    with pytest.raises(CutShort):
        await run(db, tmp_path / "cut.jsonl", dies_at=3)
    resumed = Shadow.open(tmp_path / "cut.jsonl", "key", Span(SPAN.since, NOW + timedelta(days=9)))
    assert resumed.place.read == 400
    assert resumed.span == SPAN, "the range as it was when the run began"


async def test_the_beginning_of_another_replay_is_not_written_over(db: Database, tmp_path: Path) -> None:
    with pytest.raises(CutShort):
        await run(db, tmp_path / "cut.jsonl", dies_at=2)
    with pytest.raises(UserError, match="the beginning of another replay"):
        Shadow.open(tmp_path / "cut.jsonl", "other", SPAN)


async def test_a_place_without_its_lines_begins_anew(db: Database, tmp_path: Path) -> None:
    with pytest.raises(CutShort):
        await run(db, tmp_path / "cut.jsonl", dies_at=3)
    (tmp_path / "cut.jsonl").unlink()
    assert Shadow.open(tmp_path / "cut.jsonl", "key", SPAN).place == Place()


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        Shadow.open(tmp_path / "nowhere" / "shadow.jsonl", "key", SPAN)
